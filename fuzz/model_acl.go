package fuzz

import (
	"encoding/binary"
	"math/bits"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// The model keeps an ACL as text, an entry after another: "u6 U7/100 g4 m5 o1".
// The letters are for the owner, a user, the owning group, a group, the mask and
// the others.

const (
	aclAccess  = "system.posix_acl_access"
	aclDefault = "system.posix_acl_default"
)

func isACL(name string) bool { return name == aclAccess || name == aclDefault }

// The letter of each tag of an ACL (posix_acl_xattr.h), which are bits.
const aclLetters = "uUgGmo"

// aclValue returns the attribute for a text.
func aclValue(text string) []byte {
	b := []byte{2, 0, 0, 0}
	for _, word := range strings.Fields(text) {
		tag := uint16(1) << strings.Index(aclLetters, word[:1])
		perm := uint16(word[1] - '0')
		id := uint32(1<<32 - 1)
		if _, number, ok := strings.Cut(word, "/"); ok {
			n, _ := strconv.ParseUint(number, 10, 32)
			id = uint32(n)
		}
		b = binary.LittleEndian.AppendUint16(b, tag)
		b = binary.LittleEndian.AppendUint16(b, perm)
		b = binary.LittleEndian.AppendUint32(b, id)
	}
	return b
}

// aclText is the inverse of aclValue.
func aclText(value []byte) (string, syscall.Errno) {
	switch {
	case len(value) == 0:
		return "", 0
	case len(value) < 4:
		return "", syscall.EINVAL
	case binary.LittleEndian.Uint32(value) != 2:
		return "", syscall.EOPNOTSUPP
	case len(value)%8 != 4:
		return "", syscall.EINVAL
	}
	var words []string
	for b := value[4:]; len(b) > 0; b = b[8:] {
		tag, perm, id := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:]), binary.LittleEndian.Uint32(b[4:])
		if bits.OnesCount16(tag) != 1 || tag >= 1<<len(aclLetters) {
			return "", syscall.EINVAL
		}
		letter := aclLetters[bits.TrailingZeros16(tag):][:1]
		word := letter + strconv.Itoa(int(perm))
		if letter == "U" || letter == "G" {
			if id == 1<<32-1 {
				return "", syscall.EINVAL
			}
			word += "/" + strconv.FormatUint(uint64(id), 10)
		}
		words = append(words, word)
	}
	return strings.Join(words, " "), 0
}

// Users and groups need a mask.
var (
	aclValid    = regexp.MustCompile(`^u[0-7]( U[0-7]/\d+)* g[0-7]( G[0-7]/\d+)*( m[0-7])? o[0-7]$`)
	aclNeedMask = regexp.MustCompile(`[UG]`)
)

func validACL(text string) bool {
	return aclValid.MatchString(text) && (!aclNeedMask.MatchString(text) || strings.Contains(text, "m"))
}

// aclMode returns the permission bits that an ACL stands for.
func aclMode(text string) uint32 {
	perms := map[byte]uint32{}
	for _, word := range strings.Fields(text) {
		perms[word[0]] = uint32(word[1] - '0')
	}
	group, masked := perms['m']
	if !masked {
		group = perms['g']
	}
	return perms['u']<<6 | group<<3 | perms['o']
}

// aclWithMode returns the ACL with other permission bits.
func aclWithMode(text string, mode uint32) string {
	group := byte('g')
	if saysMore(text) {
		group = 'm'
	}
	words := strings.Fields(text)
	for k, word := range words {
		switch word[0] {
		case 'u':
			words[k] = "u" + digit(mode>>6)
		case group:
			words[k] = word[:1] + digit(mode>>3)
		case 'o':
			words[k] = "o" + digit(mode)
		}
	}
	return strings.Join(words, " ")
}

func digit(perm uint32) string { return string(rune('0' + perm&7)) }

// saysMore reports whether an ACL says more than permission bits.
func saysMore(text string) bool { return strings.Contains(text, "m") }

func (m *model) setACL(id uint64, name string, value []byte, killSetGID bool) syscall.Errno {
	text, errno := aclText(value)
	if errno != 0 {
		return errno
	}
	n, errno := m.get(id)
	switch {
	case errno != 0:
		return errno
	case n.kind() == typeSymlink:
		return syscall.EOPNOTSUPP
	case n.protected():
		return syscall.EPERM
	case name == aclDefault && !n.isDir() && text != "":
		return syscall.EACCES
	case name == aclDefault && !n.isDir():
		return 0
	case text != "" && !validACL(text):
		return syscall.EINVAL
	}
	if name == aclAccess {
		if text != "" {
			n.mode = n.mode&^0o777 | aclMode(text)
		}
		if !saysMore(text) {
			text = ""
		}
		if killSetGID {
			n.mode &^= setgidBit
		}
	}
	n.putACL(name, text)
	n.ctime = m.now()
	return 0
}

func (n *node) putACL(name, text string) {
	delete(n.xattrs, name)
	if text == "" {
		return
	}
	if n.xattrs == nil {
		n.xattrs = map[string][]byte{}
	}
	n.xattrs[name] = aclValue(text)
}

// chmod sets the permission bits.
func (n *node) chmod(mode uint32) {
	n.mode = n.kind() | mode&permissions
	if text, _ := aclText(n.xattrs[aclAccess]); text != "" {
		n.putACL(aclAccess, aclWithMode(text, mode))
	}
}

// inheritACL gives a new inode in the directory d its mode and ACLs.
func (n *node) inheritACL(d *node, umask uint32) {
	text, _ := aclText(d.xattrs[aclDefault])
	switch {
	case n.kind() == typeSymlink:
		return
	case text == "":
		n.mode &^= umask & 0o777
		return
	}
	n.mode &= aclMode(text) | ^uint32(0o777)
	if saysMore(text) {
		n.putACL(aclAccess, aclWithMode(text, n.mode))
	}
	if n.isDir() {
		n.putACL(aclDefault, text)
	}
}
