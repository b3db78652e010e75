package fuzz

import (
	"sort"
	"strings"
	"syscall"
)

// setattr sets what o.Set says. Of the times, Now has become a time before.
func (m *model) setattr(id uint64, o *Op) (*node, syscall.Errno) {
	n, errno := m.get(id)
	if errno != 0 {
		return nil, errno
	}
	if !n.maySet(o.Set) {
		return nil, syscall.EPERM
	}
	if o.Set&SetSize != 0 {
		if errno := m.truncate(n, o.Size); errno != 0 {
			return nil, errno
		}
	}
	taken := o.Set&(SetSize|SetUID|SetGID) != 0 && m.takePriv(n, o.Set&KillSetID != 0)
	if o.Set&SetMode != 0 {
		n.chmod(o.Mode)
	}
	if o.Set&SetUID != 0 {
		n.uid = o.UID
	}
	if o.Set&SetGID != 0 {
		n.gid = o.GID
	}
	if o.Set&SetATime != 0 {
		n.atime = exactly(o.ATime)
	}
	if o.Set&SetMTime != 0 {
		n.mtime = exactly(o.MTime)
	}
	switch {
	case o.Set&SetCTime != 0:
		n.ctime = exactly(o.CTime)
	case taken, o.Set&setAll&^KillSetID != SetSize:
		n.ctime = m.now()
	}
	return n, 0
}

// The policies for the time of last access: see Limits.ATime.
const (
	relatime = iota
	noatime
	strictatime
)

// accessed changes the time of last access as mount(8) says. What is known of
// the times may not be enough to say whether it changes.
func (m *model) accessed(n *node) {
	const day = 24 * 60 * 60 * 1e9
	now := m.now()
	if n.flags&flagNoATime != 0 {
		return
	}
	switch m.limits.ATime {
	case noatime:
		return
	case strictatime:
		n.atime = now
		return
	}
	a := n.atime
	switch {
	case a.to <= n.mtime.from, a.to <= n.ctime.from, now.from-day >= a.to:
		n.atime = now
	case a.from > n.mtime.to && a.from > n.ctime.to:
	default:
		n.atime = stamp{min(a.from, now.from), now.to}
	}
}

func (m *model) readlink(id uint64) (string, syscall.Errno) {
	n, errno := m.get(id)
	if errno != 0 {
		return "", errno
	}
	if n.kind() != typeSymlink {
		return "", syscall.EINVAL
	}
	m.accessed(n)
	return n.target, 0
}

// spaceOf is what an extended attribute takes of the inodes' space.
func spaceOf(name string, value []byte) int64 {
	if isACL(name) {
		return 0
	}
	return int64(xattrSpace + len(name) + len(value))
}

func checkXattrName(name string) syscall.Errno {
	if len(name) > xattrNameMax {
		return syscall.ERANGE
	}
	if isACL(name) {
		return 0
	}
	for _, space := range [...]string{"user.", "trusted.", "security."} {
		switch {
		case !strings.HasPrefix(name, space):
		case name == space, strings.Contains(name, "\x00"):
			return syscall.EINVAL
		default:
			return 0
		}
	}
	return syscall.EOPNOTSUPP
}

// Flags of setxattr(2).
const (
	xattrCreate  = 1
	xattrReplace = 2

	xattrKillSetGID = 1 << 16 // the store's own
)

func (m *model) setxattr(id uint64, name string, value []byte, flags uint32) syscall.Errno {
	if errno := checkXattrName(name); errno != 0 {
		return errno
	}
	if len(value) > xattrValueMax {
		return syscall.E2BIG
	}
	if flags&^(xattrCreate|xattrReplace|xattrKillSetGID) != 0 {
		return syscall.EINVAL
	}
	if isACL(name) {
		return m.setACL(id, name, value, flags&xattrKillSetGID != 0)
	}
	n, errno := m.get(id)
	if errno != 0 {
		return errno
	}
	old, there := n.xattrs[name]
	switch {
	case n.protected():
		return syscall.EPERM
	case spaceOf(name, value) > m.freeSpace(): // also to replace another one
		return syscall.ENOSPC
	case there && flags&xattrCreate != 0:
		return syscall.EEXIST
	case !there && flags&xattrReplace != 0:
		return syscall.ENODATA
	}
	m.usedSpace += spaceOf(name, value)
	if there {
		m.usedSpace -= spaceOf(name, old)
	}
	if n.xattrs == nil {
		n.xattrs = map[string][]byte{}
	}
	n.xattrs[name] = append([]byte(nil), value...)
	n.ctime = m.now()
	return 0
}

// getxattr returns a value that is to be copied to size bytes, or none if only
// its length is asked for.
func (m *model) getxattr(id uint64, name string, size int) ([]byte, syscall.Errno) {
	if errno := checkXattrName(name); errno != 0 {
		return nil, errno
	}
	n, errno := m.get(id)
	if errno != 0 {
		return nil, errno
	}
	value, there := n.xattrs[name]
	switch {
	case isACL(name) && n.kind() == typeSymlink:
		return nil, syscall.EOPNOTSUPP
	case !there:
		return nil, syscall.ENODATA
	case size > 0 && size < len(value):
		return nil, syscall.ERANGE
	}
	return value, 0
}

// listxattr returns the names that uid sees, sorted.
func (m *model) listxattr(id uint64, uid uint32, size int) ([]string, syscall.Errno) {
	n, errno := m.get(id)
	if errno != 0 {
		return nil, errno
	}
	var names []string
	length := 0
	for name := range n.xattrs {
		if uid == 0 || !strings.HasPrefix(name, "trusted.") {
			names = append(names, name)
			length += len(name) + 1
		}
	}
	if size > 0 && size < length {
		return nil, syscall.ERANGE
	}
	sort.Strings(names)
	return names, 0
}

func (m *model) removexattr(id uint64, name string) syscall.Errno {
	if errno := checkXattrName(name); errno != 0 {
		return errno
	}
	if isACL(name) {
		return m.setACL(id, name, nil, false)
	}
	n, errno := m.get(id)
	if errno != 0 {
		return errno
	}
	if n.immutable() || n.appendOnly() && name != "security.capability" {
		return syscall.EPERM
	}
	value, there := n.xattrs[name]
	if !there {
		return syscall.ENODATA
	}
	m.usedSpace -= spaceOf(name, value)
	delete(n.xattrs, name)
	n.ctime = m.now()
	return 0
}
