package inode

import (
	"slices"
	"strings"
	"syscall"
)

// Limits of xattr(7), in bytes.
const (
	XattrNameMax = 255
	XattrSizeMax = 65536
)

// Flags of SetXattr (setxattr(2)).
const (
	XattrCreate  = 1
	XattrReplace = 2
	// XattrKillSetGID, of an access ACL, clears the set-group-ID bit: who sets it
	// is not in the group (FUSE_SETXATTR_ACL_KILL_SGID, Linux 5.13).
	XattrKillSetGID = 1 << 16
)

// xattr is an extended attribute.
type xattr struct {
	name  string
	value []byte
}

// space is what the attribute takes of the inodes' space, in bytes, as
// simple_xattr_space in the kernel has it. ACLs take none.
func (x xattr) space() int64 {
	if isACL(x.name) {
		return 0
	}
	return int64(40 + len(x.name) + len(x.value))
}

func compareXattr(x xattr, name string) int { return strings.Compare(x.name, name) }

// checkXattrName reports why name cannot be that of an attribute here.
func (s *Store) checkXattrName(name string) syscall.Errno {
	if s.acl && isACL(name) {
		return 0
	}
	if len(name) > XattrNameMax {
		return syscall.ERANGE
	}
	for _, space := range [...]string{"user.", "trusted.", "security."} {
		if rest, ok := strings.CutPrefix(name, space); ok {
			if rest == "" || strings.IndexByte(rest, 0) >= 0 { // ListXattr could not list it
				return syscall.EINVAL
			}
			return 0
		}
	}
	return syscall.EOPNOTSUPP
}

// xattrLocked returns the place of the attribute name and whether it is there.
func (i *inode) xattrLocked(name string) (int, bool) {
	if i.xattrs == nil {
		return 0, false
	}
	return slices.BinarySearchFunc(*i.xattrs, name, compareXattr)
}

// SetXattr sets an extended attribute (setxattr(2)). With XattrCreate it must
// not be there (EEXIST), with XattrReplace it must (ENODATA). E2BIG for a value
// over XattrSizeMax, EOPNOTSUPP for a name outside user., trusted. and security.,
// EPERM if the file is immutable or append-only, ENOSPC if the inodes' space is
// used up.
//
// An ACL must be well-formed, or it is EINVAL; EOPNOTSUPP for a symlink, EACCES
// for the default ACL of a file. XattrCreate and XattrReplace do not count, and
// an ACL without entries removes it. The access ACL sets the permission bits, and
// is not kept if they say it all.
func (s *Store) SetXattr(id ID, name string, value []byte, flags uint32) syscall.Errno {
	if errno := s.checkXattrName(name); errno != 0 {
		return errno
	}
	if len(value) > XattrSizeMax {
		return syscall.E2BIG
	}
	if flags&^(XattrCreate|XattrReplace|XattrKillSetGID) != 0 {
		return syscall.EINVAL
	}
	if isACL(name) {
		return s.setACL(id, name, value, flags)
	}
	i, errno := s.lock(id)
	if errno != 0 {
		return errno
	}
	defer i.mu.Unlock()
	if i.protectedLocked() {
		return syscall.EPERM
	}
	x := xattr{strings.Clone(name), slices.Clone(value)}
	if !s.limits.takeSpace(x.space()) { // beside an old value, as on tmpfs
		return syscall.ENOSPC
	}
	at, there := i.xattrLocked(name)
	switch {
	case there && flags&XattrCreate != 0:
		s.limits.giveSpace(x.space())
		return syscall.EEXIST
	case !there && flags&XattrReplace != 0:
		s.limits.giveSpace(x.space())
		return syscall.ENODATA
	case there:
		s.limits.giveSpace((*i.xattrs)[at].space())
		(*i.xattrs)[at] = x
	default:
		i.insertXattrLocked(at, x)
	}
	i.ctime = s.clock.now()
	return 0
}

// GetXattr copies the value of an extended attribute to dst and returns its
// length in bytes; for an empty dst it returns the length alone (getxattr(2)).
// ENODATA if the attribute is not there, ERANGE if dst is too short.
func (s *Store) GetXattr(id ID, name string, dst []byte) (int, syscall.Errno) {
	if errno := s.checkXattrName(name); errno != 0 {
		return 0, errno
	}
	i, errno := s.rlock(id)
	if errno != 0 {
		return 0, errno
	}
	defer i.mu.RUnlock()
	if isACL(name) && i.kind == typeSymlink {
		return 0, syscall.EOPNOTSUPP
	}
	at, there := i.xattrLocked(name)
	if !there {
		return 0, syscall.ENODATA
	}
	value := (*i.xattrs)[at].value
	if len(dst) > 0 && len(dst) < len(value) {
		return 0, syscall.ERANGE
	}
	copy(dst, value)
	return len(value), 0
}

// ListXattr copies the names of the extended attributes, each with a NUL
// behind it, to dst and returns their length in bytes; for an empty dst it
// returns the length alone (listxattr(2)). Only the superuser sees trusted.
// names. ERANGE if dst is too short.
func (s *Store) ListXattr(id ID, dst []byte, c Caller) (int, syscall.Errno) {
	i, errno := s.rlock(id)
	if errno != 0 {
		return 0, errno
	}
	defer i.mu.RUnlock()
	if i.xattrs == nil {
		return 0, 0
	}
	n := 0
	for _, x := range *i.xattrs {
		if c.UID != 0 && strings.HasPrefix(x.name, "trusted.") {
			continue
		}
		if len(dst) > 0 {
			if n+len(x.name)+1 > len(dst) {
				return 0, syscall.ERANGE
			}
			copy(dst[n:], x.name)
			dst[n+len(x.name)] = 0
		}
		n += len(x.name) + 1
	}
	return n, 0
}

// RemoveXattr removes an extended attribute (removexattr(2)); EPERM if the file is
// immutable or append-only, ENODATA if the attribute is not there and no ACL.
// Capabilities may be removed from what is append-only: the kernel does so before it
// writes to a file (cap_inode_killpriv).
func (s *Store) RemoveXattr(id ID, name string) syscall.Errno {
	if errno := s.checkXattrName(name); errno != 0 {
		return errno
	}
	if isACL(name) {
		return s.setACL(id, name, nil, 0)
	}
	i, errno := s.lock(id)
	if errno != 0 {
		return errno
	}
	defer i.mu.Unlock()
	if i.immutableLocked() || i.appendOnlyLocked() && name != capability {
		return syscall.EPERM
	}
	at, there := i.xattrLocked(name)
	if !there {
		return syscall.ENODATA
	}
	s.dropXattrLocked(i, at)
	i.ctime = s.clock.now()
	return 0
}

// dropXattrLocked removes the attribute at a place.
func (s *Store) dropXattrLocked(i *inode, at int) {
	s.limits.giveSpace((*i.xattrs)[at].space())
	*i.xattrs = slices.Delete(*i.xattrs, at, at+1)
	if len(*i.xattrs) == 0 {
		i.xattrs = nil
	}
}
