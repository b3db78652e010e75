package inode

import (
	"slices"
	"strings"
	"syscall"
)

// aclLocked returns an ACL of i, nil if there is none.
func (i *inode) aclLocked(name string) acl {
	at, there := i.xattrLocked(name)
	if !there {
		return nil
	}
	a, _ := parseACL((*i.xattrs)[at].value)
	return a
}

// setACL is SetXattr for an ACL. The order of its checks is that of
// vfs_set_acl (fs/posix_acl.c), which takes no notice of XattrCreate and
// XattrReplace.
func (s *Store) setACL(id ID, name string, value []byte, flags uint32) syscall.Errno {
	a, errno := parseACL(value)
	if errno != 0 {
		return errno
	}
	i, errno := s.lock(id)
	if errno != 0 {
		return errno
	}
	defer i.mu.Unlock()
	switch {
	case i.kind == typeSymlink:
		return syscall.EOPNOTSUPP
	case i.protectedLocked():
		return syscall.EPERM
	case name == aclDefault && !i.isDir():
		if a != nil {
			return syscall.EACCES
		}
		return 0
	case a != nil && !a.valid():
		return syscall.EINVAL
	}
	if name == aclAccess {
		if a != nil {
			perm, all := a.mode()
			i.perm = i.perm&^rwxMask | perm
			if all {
				a = nil
			}
		}
		if flags&XattrKillSetGID != 0 {
			i.perm &^= setgid
		}
	}
	s.putACLLocked(i, name, a)
	i.ctime = s.clock.now()
	return 0
}

// putACLLocked stores an ACL, or removes it if a is nil.
func (s *Store) putACLLocked(i *inode, name string, a acl) {
	at, there := i.xattrLocked(name)
	switch {
	case a == nil && there:
		s.dropXattrLocked(i, at)
	case a == nil:
	case there:
		(*i.xattrs)[at].value = a.value()
	default:
		i.insertXattrLocked(at, xattr{strings.Clone(name), a.value()})
	}
}

// insertXattrLocked adds an attribute at its place.
func (i *inode) insertXattrLocked(at int, x xattr) {
	if i.xattrs == nil {
		i.xattrs = &[]xattr{x}
		return
	}
	*i.xattrs = slices.Insert(*i.xattrs, at, x)
}

// chmodLocked sets the permission bits, and in the access ACL what stands for
// them.
func (s *Store) chmodLocked(i *inode, perm uint16) {
	i.perm = perm
	if a := i.aclLocked(aclAccess); a != nil {
		s.putACLLocked(i, aclAccess, a.withMode(perm))
	}
}

// inheritLocked gives i, which is new in the directory p, its ACLs: the default
// ACL of p, less what the mode does not have; and its mode: less what the ACL
// does not have, or less umask if there is none (posix_acl_create).
func (i *inode) inheritLocked(p *inode, umask uint32) {
	if i.kind == typeSymlink {
		return
	}
	at, there := p.xattrLocked(aclDefault)
	if !there {
		i.perm &^= uint16(umask & rwxMask)
		return
	}
	inherited := (*p.xattrs)[at] // values never change
	a, _ := parseACL(inherited.value)
	most, all := a.mode()
	i.perm &= most | ^uint16(rwxMask)
	var xattrs []xattr
	if !all {
		xattrs = append(xattrs, xattr{aclAccess, a.withMode(i.perm).value()})
	}
	if i.isDir() {
		xattrs = append(xattrs, inherited)
	}
	if xattrs != nil {
		i.xattrs = &xattrs
	}
}
