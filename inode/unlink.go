package inode

import "syscall"

// Unlink removes a name and, unless there are other names or lookups, the
// file (unlink(2)). ENOENT if it is not there, EPERM if it or the directory is
// immutable or append-only, EISDIR for a directory.
func (s *Store) Unlink(parent ID, name string) syscall.Errno {
	return s.remove(parent, name, func(i *inode) syscall.Errno {
		if i.isDir() {
			return syscall.EISDIR
		}
		return 0
	})
}

// Rmdir removes an empty directory (rmdir(2)). ENOENT and EPERM as Unlink,
// ENOTDIR for another file, ENOTEMPTY for a directory with names in it.
func (s *Store) Rmdir(parent ID, name string) syscall.Errno {
	return s.remove(parent, name, (*inode).emptyDirLocked)
}

// emptyDirLocked reports why i cannot go as an empty directory.
func (i *inode) emptyDirLocked() syscall.Errno {
	d, ok := i.content.(*directory)
	switch {
	case !ok:
		return syscall.ENOTDIR
	case d.len() > 0:
		return syscall.ENOTEMPTY
	}
	return 0
}

// remove removes the dentry of a child that check has nothing against.
func (s *Store) remove(parent ID, name string, check func(*inode) syscall.Errno) syscall.Errno {
	if errno := checkName(name); errno != 0 {
		return errno
	}
	p, d, errno := s.lockDir(parent)
	if errno != 0 {
		return errno
	}
	defer p.mu.Unlock()
	e := s.find(d, name)
	if e.child == nil {
		return syscall.ENOENT
	}
	e.child.mu.Lock()
	defer e.child.mu.Unlock()
	if p.protectedLocked() || e.child.protectedLocked() {
		return syscall.EPERM
	}
	if errno := check(e.child); errno != 0 {
		return errno
	}
	s.drop(d, e)
	now := s.clock.now()
	p.mtime, p.ctime = now, now
	s.unlinkLocked(p, e.child, now)
	return 0
}

// unlinkLocked takes a link off i, whose dentry in the directory p is gone or
// names another inode now. Both locks are held.
func (s *Store) unlinkLocked(p, i *inode, now int64) {
	i.ctime = now
	switch {
	case i.isDir():
		i.nlink = 0 // with its "."
		p.nlink--   // its ".."
	default:
		i.nlink--
		if i.nlink > 0 {
			s.limits.giveInode(shardOf(i)) // a further hard link's
		}
	}
	s.freeLocked(i)
}
