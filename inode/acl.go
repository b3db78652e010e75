package inode

import (
	"encoding/binary"
	"syscall"
)

// Names of the extended attributes that hold the POSIX ACLs of an inode
// (acl(5)): who may do what with it, and what is made in a directory begins
// with.
const (
	aclAccess  = "system.posix_acl_access"
	aclDefault = "system.posix_acl_default"
)

func isACL(name string) bool { return name == aclAccess || name == aclDefault }

// acl is an ACL. Those that are stored are valid.
type acl []aclEntry

type aclEntry struct {
	tag  aclTag
	perm uint16 // as three permission bits of st_mode
	id   uint32 // of a user or group, aclNoID for the others
}

type aclTag uint16

const (
	aclUserObj  aclTag = 0x01 // the owner
	aclUser     aclTag = 0x02
	aclGroupObj aclTag = 0x04 // the owning group
	aclGroup    aclTag = 0x08
	aclMask     aclTag = 0x10 // what users, groups and the owning group have at most
	aclOther    aclTag = 0x20
)

const (
	aclNoID = 1<<32 - 1

	// The attributes begin with a version, and have so many bytes an entry.
	aclVersion   = 2
	aclHeader    = 4
	aclEntrySize = 8
)

// parseACL reads the value of an attribute: EINVAL, or EOPNOTSUPP for another
// version. It returns nil for an ACL without entries, which stands for none
// (posix_acl_from_xattr, fs/posix_acl.c).
func parseACL(value []byte) (acl, syscall.Errno) {
	switch {
	case len(value) == 0:
		return nil, 0
	case len(value) < aclHeader:
		return nil, syscall.EINVAL
	case binary.LittleEndian.Uint32(value) != aclVersion:
		return nil, syscall.EOPNOTSUPP
	case (len(value)-aclHeader)%aclEntrySize != 0:
		return nil, syscall.EINVAL
	}
	var a acl
	for b := value[aclHeader:]; len(b) > 0; b = b[aclEntrySize:] {
		e := aclEntry{
			aclTag(binary.LittleEndian.Uint16(b)),
			binary.LittleEndian.Uint16(b[2:]),
			binary.LittleEndian.Uint32(b[4:]),
		}
		switch e.tag {
		case aclUserObj, aclGroupObj, aclMask, aclOther:
			e.id = aclNoID
		case aclUser, aclGroup:
			if e.id == aclNoID {
				return nil, syscall.EINVAL
			}
		default:
			return nil, syscall.EINVAL
		}
		a = append(a, e)
	}
	return a, 0
}

// value is the inverse of parseACL.
func (a acl) value() []byte {
	b := make([]byte, 0, aclHeader+len(a)*aclEntrySize)
	b = binary.LittleEndian.AppendUint32(b, aclVersion)
	for _, e := range a {
		b = binary.LittleEndian.AppendUint16(b, uint16(e.tag))
		b = binary.LittleEndian.AppendUint16(b, e.perm)
		b = binary.LittleEndian.AppendUint32(b, e.id)
	}
	return b
}

// valid reports whether the entries stand in the order of their tags, each of
// those without an id there once, the mask only if need be (posix_acl_valid,
// fs/posix_acl.c). Of users and groups there may be any number, in any order.
func (a acl) valid() bool {
	seen, last := aclTag(0), aclTag(0)
	for _, e := range a {
		several := e.tag == aclUser || e.tag == aclGroup
		if e.perm > 7 || e.tag < last || e.tag == last && !several {
			return false
		}
		seen, last = seen|e.tag, e.tag
	}
	const needed = aclUserObj | aclGroupObj | aclOther
	return seen&needed == needed && (seen&(aclUser|aclGroup) == 0 || seen&aclMask != 0)
}

// mode returns the permission bits that an access ACL stands for, and whether
// they say all that it does (posix_acl_equiv_mode).
func (a acl) mode() (perm uint16, all bool) {
	group, all := uint16(0), true
	for _, e := range a {
		switch e.tag {
		case aclUserObj:
			perm |= e.perm << 6
		case aclGroupObj:
			group = e.perm
		case aclMask: // comes after the group
			group, all = e.perm, false
		case aclUser, aclGroup:
			all = false
		case aclOther:
			perm |= e.perm
		}
	}
	return perm | group<<3, all
}

// withMode returns a copy of a with the permissions of perm: of the group, the
// mask has them if there is one (posix_acl_chmod).
func (a acl) withMode(perm uint16) acl {
	b := make(acl, len(a))
	copy(b, a)
	group := -1
	for k := range b {
		switch b[k].tag {
		case aclUserObj:
			b[k].perm = perm >> 6 & 7
		case aclGroupObj, aclMask: // the mask comes after
			group = k
		case aclOther:
			b[k].perm = perm & 7
		}
	}
	b[group].perm = perm >> 3 & 7
	return b
}
