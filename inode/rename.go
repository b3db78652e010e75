package inode

import "syscall"

// Flags of Rename (renameat2(2)).
const (
	RenameNoReplace = 1
	RenameExchange  = 2
	RenameWhiteout  = 4
)

// Rename moves the dentry oldName of oldParent to newName of newParent; a
// file that is there is replaced, and at no time is the name missing
// (rename(2)). With RenameNoReplace nothing is replaced: EEXIST. With
// RenameExchange the two names change places, whatever they are; both must be
// there. RenameWhiteout leaves a whiteout at the old name, a character device
// 0:0 that the caller owns, as overlay filesystems use it: ENOSPC at the limit
// of inodes.
//
// EINVAL first of all for other flags, and for RenameExchange with any other.
// Two names of one inode: nothing is done. EINVAL into its own subtree. EPERM if
// what is moved or replaced, or the directory of either, is immutable or
// append-only; to a new name in an append-only directory may be moved. ENOTEMPTY
// over a directory that is not empty, EISDIR and ENOTDIR over the other kind.
func (s *Store) Rename(oldParent ID, oldName string, newParent ID, newName string, flags uint32, c Caller) syscall.Errno {
	if flags&^(RenameNoReplace|RenameExchange|RenameWhiteout) != 0 || flags&RenameExchange != 0 && flags != RenameExchange {
		return syscall.EINVAL
	}
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
	unlock := s.lockParents(from, to)
	defer func() { unlock() }()
	r := rename{Store: s, from: from, to: to}
	r.findLocked(oldName, newName)
	if from == to && r.ofTwoDirs() {
		// These are locked under Store.renaming only, which comes first. When it is
		// held the names may be others': then it does no harm.
		unlock()
		unlock = s.lockParentOfDirs(from)
		r.findLocked(oldName, newName)
	}
	if from.freed() || to.freed() {
		return syscall.ESTALE
	}
	moved, there := r.source.child, r.target.child
	exchange := flags&RenameExchange != 0
	switch {
	case moved == nil || to.nlink == 0:
		return syscall.ENOENT
	case there != nil && flags&RenameNoReplace != 0:
		return syscall.EEXIST
	case there == nil && exchange:
		return syscall.ENOENT
	case moved == there:
		return 0
	}
	if from != to { // else neither can be in the other
		if moved == to || moved.isDir() && isAncestor(moved, to) {
			return syscall.EINVAL
		}
		if there == from || there != nil && there.isDir() && isAncestor(there, from) {
			if exchange {
				return syscall.EINVAL
			}
			return syscall.ENOTEMPTY
		}
	}
	defer lockChildren(moved, there)()
	if from.protectedLocked() || moved.protectedLocked() {
		return syscall.EPERM
	}
	if to.immutableLocked() || there != nil && (to.protectedLocked() || there.protectedLocked()) {
		return syscall.EPERM
	}
	if exchange {
		return r.exchangeLocked()
	}
	return r.moveLocked(newName, flags&RenameWhiteout != 0, c)
}

// rename is one that is under way: its directories, and the dentries in them
// that it is about. There may be no target. All are locked.
type rename struct {
	*Store
	from, to       *inode
	source, target dirent
}

// findLocked finds both dentries; none are in a directory that is freed.
func (r *rename) findLocked(oldName, newName string) {
	r.source = r.find(r.from.content.(*directory), oldName)
	r.target = r.find(r.to.content.(*directory), newName)
}

// ofTwoDirs reports whether both names are there, and of different directories.
func (r *rename) ofTwoDirs() bool {
	a, b := r.source.child, r.target.child
	return a != nil && b != nil && a != b && a.isDir() && b.isDir()
}

func (r *rename) moveLocked(newName string, leaveWhiteout bool, c Caller) syscall.Errno {
	from, to, moved, replaced := r.from, r.to, r.source.child, r.target.child
	fromDir, toDir := from.content.(*directory), to.content.(*directory)
	switch {
	case replaced != nil && replaced.isDir() && !moved.isDir():
		return syscall.EISDIR
	case replaced != nil && !replaced.isDir() && moved.isDir():
		return syscall.ENOTDIR
	case replaced != nil && replaced.isDir():
		if errno := replaced.emptyDirLocked(); errno != 0 {
			return errno
		}
	case replaced == nil && moved.isDir() && from != to && to.nlink == linksMax:
		return syscall.EMLINK
	}
	if leaveWhiteout && !r.limits.takeInode(shardFor(from.id)) {
		return syscall.ENOSPC
	}

	// Nothing below fails but the first step, which leaves no trace if it does.
	if replaced != nil {
		toDir.replace(r.target, moved)
	} else if errno := r.add(toDir, newName, moved); errno != 0 {
		if leaveWhiteout {
			r.limits.giveInode(shardFor(from.id))
		}
		return errno
	}
	if leaveWhiteout {
		fromDir.replace(r.source, r.whiteout(c))
	} else {
		r.drop(fromDir, r.source)
	}
	now := r.clock.now()
	moved.reparentLocked(from, to)
	if replaced != nil {
		r.unlinkLocked(to, replaced, now)
	}
	moved.ctime = now
	from.mtime, from.ctime = now, now
	to.mtime, to.ctime = now, now
	return 0
}

// exchangeLocked has the two dentries change their inodes.
func (r *rename) exchangeLocked() syscall.Errno {
	from, to, a, b := r.from, r.to, r.source.child, r.target.child
	if from != to && a.isDir() != b.isDir() {
		if a.isDir() && to.nlink == linksMax || b.isDir() && from.nlink == linksMax {
			return syscall.EMLINK
		}
	}
	from.content.(*directory).replace(r.source, b)
	to.content.(*directory).replace(r.target, a)
	a.reparentLocked(from, to)
	b.reparentLocked(to, from)
	now := r.clock.now()
	a.ctime, b.ctime = now, now
	from.mtime, from.ctime = now, now
	to.mtime, to.ctime = now, now
	return 0
}

// reparentLocked notes that i, if it is a directory, has another parent; all
// three are locked.
func (i *inode) reparentLocked(from, to *inode) {
	if i.isDir() && from != to {
		i.content.(*directory).parent = to
		from.nlink--
		to.nlink++
	}
}

// whiteout makes one for the directory from. Nobody has looked it up.
func (r *rename) whiteout(c Caller) *inode {
	i := r.newInodeIn(r.from, modeChar, 0, c)
	i.lookups.Store(0)
	r.table.insert(i, r.from.id)
	return i
}
