package inode

import "syscall"

const capability = "security.capability"

// KillPriv takes from the file id what it must not keep when somebody changes
// it: its capabilities, and with setID the set-user-ID bit, and the
// set-group-ID bit if the group may execute it (file_remove_privs, fs/inode.c).
// A directory keeps all. EPERM if there is something to take and the file is
// immutable.
//
// A server that leaves this to the store (FUSE_HANDLE_KILLPRIV_V2, Linux 5.11)
// calls it ahead of Write, unless cached pages are written back, with setID if the
// request says so (FUSE_WRITE_KILL_SUIDGID); and ahead of Fallocate and CopyRange,
// which have no flag, with setID. If what follows fails the privileges are gone all
// the same, as in Linux. SetAttr needs no such call. Without that the kernel asks
// for the attribute and for the mode before each write, and changes them itself.
func (s *Store) KillPriv(id ID, setID bool) syscall.Errno {
	i, errno := s.rlock(id)
	if errno != 0 {
		return errno
	}
	any := i.privilegesLocked(setID).any()
	i.mu.RUnlock()
	if !any { // nearly always
		return 0
	}
	if i, errno = s.lock(id); errno != 0 {
		return errno
	}
	defer i.mu.Unlock()
	p := i.privilegesLocked(setID)
	switch {
	case !p.any():
		return 0
	case i.immutableLocked():
		return syscall.EPERM
	}
	s.killPrivLocked(i, p)
	i.ctime = s.clock.now()
	return 0
}

func (s *Store) killPrivLocked(i *inode, p privileges) {
	if p.capability {
		at, _ := i.xattrLocked(capability)
		s.dropXattrLocked(i, at)
	}
	i.perm &^= p.bits
}

// privileges are what KillPriv and SetAttr take.
type privileges struct {
	bits       uint16 // of st_mode
	capability bool
}

func (p privileges) any() bool { return p != privileges{} }

func (i *inode) privilegesLocked(setID bool) (p privileges) {
	if i.isDir() {
		return p
	}
	if setID {
		p.bits = i.perm & setuid
		if i.perm&groupExecute != 0 {
			p.bits |= i.perm & setgid
		}
	}
	// Empty it is none (cap_inode_need_killpriv).
	at, there := i.xattrLocked(capability)
	p.capability = there && len((*i.xattrs)[at].value) > 0
	return p
}
