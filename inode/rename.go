package inode

import "syscall"

// Rename moves the dentry oldName of oldParent to newName of newParent; a
// file that is there is replaced, and at no time is the name missing
// (rename(2)). Two names of one inode: nothing is done. EINVAL into its own
// subtree, ENOTEMPTY over a directory that is not empty, EISDIR and ENOTDIR
// over the other kind.
func (s *Store) Rename(oldParent ID, oldName string, newParent ID, newName string) syscall.Errno {
	if errno := checkName(oldName); errno != 0 {
		return errno
	}
	if errno := checkName(newName); errno != 0 {
		return errno
	}
	from, to := s.get(oldParent), s.get(newParent)
	if from == nil || to == nil {
		return syscall.ESTALE
	}
	if !from.isDir() || !to.isDir() {
		return syscall.ENOTDIR
	}
	defer s.lockParents(from, to)()
	return s.renameLocked(from, oldName, to, newName)
}

func (s *Store) renameLocked(from *inode, oldName string, to *inode, newName string) syscall.Errno {
	if from.freed() || to.freed() {
		return syscall.ESTALE
	}
	fromDir, toDir := from.content.(*directory), to.content.(*directory)
	source := s.find(fromDir, oldName)
	if source.child == nil || to.nlink == 0 {
		return syscall.ENOENT
	}
	target := s.find(toDir, newName)
	moved, replaced := source.child, target.child
	if moved == replaced {
		return 0
	}
	if from != to { // else neither can be in the other
		if moved == to || moved.isDir() && isAncestor(moved, to) {
			return syscall.EINVAL
		}
		if replaced == from || replaced != nil && replaced.isDir() && isAncestor(replaced, from) {
			return syscall.ENOTEMPTY
		}
	}
	// Before their locks are taken, since a file's does not go above a
	// directory's: the directory may have a dentry of the file.
	switch {
	case replaced == nil || replaced.isDir() == moved.isDir():
	case replaced.isDir():
		return syscall.EISDIR
	default:
		return syscall.ENOTDIR
	}
	defer lockChildren(moved, replaced)()

	if replaced != nil && replaced.isDir() {
		if errno := replaced.emptyDirLocked(); errno != 0 {
			return errno
		}
	} else if replaced == nil && moved.isDir() && from != to && to.nlink == linksMax {
		return syscall.EMLINK
	}

	// Nothing below fails but the first step, which leaves no trace if it does.
	if replaced != nil {
		toDir.replace(target, moved)
	} else if errno := s.add(toDir, newName, moved); errno != 0 {
		return errno
	}
	s.drop(fromDir, source)
	now := s.clock.now()
	if moved.isDir() && from != to {
		moved.content.(*directory).parent = to
		from.nlink--
		to.nlink++
	}
	if replaced != nil {
		s.unlinkLocked(to, replaced, now)
	}
	moved.ctime = now
	from.mtime, from.ctime = now, now
	to.mtime, to.ctime = now, now
	return 0
}
