package inode

import "syscall"

// Flags of a file or directory (FS_IOC_SETFLAGS, ioctl_iflags(2)): those that
// tmpfs has. In statx(2) the same bits stand for them, FlagNoATime excepted.
//
// The FUSE client of the kernel does not know them, so the store sees to them
// where the kernel would (may_delete, may_create, vfs_link, may_setattr,
// xattr_permission, vfs_fallocate): each operation says EPERM for what they
// forbid. What differs from tmpfs is what goes by how a file was opened:
//
//   - open(2) for writing succeeds; it is the write that fails.
//   - On tmpfs a file stays writable through a descriptor that was open before,
//     if it becomes immutable; here it does not, but for [Store.WriteBack].
//   - A file that is append-only can be opened without O_APPEND; a write fails
//     unless it begins at the end or behind it.
//
// That only a capable process may change the first two, and only the owner any,
// the kernel checks before it asks (vfs_fileattr_set).
const (
	// FlagImmutable forbids every change; of a directory, to make and to remove
	// names.
	FlagImmutable = 0x10
	// FlagAppend lets a file only grow, and only at its end, and a directory only
	// gain names.
	FlagAppend = 0x20
	// FlagNoDump means something to backup programs only.
	FlagNoDump = 0x40
	// FlagNoATime has the time of last access stay.
	FlagNoATime = 0x80

	flagsAll = FlagImmutable | FlagAppend | FlagNoDump | FlagNoATime
	// What is made in a directory has these from it (SHMEM_FL_INHERITED).
	flagsInherited = FlagNoDump | FlagNoATime
)

// SetFlags sets the flags of a file or directory; Attr has them. ENOTTY for
// another file, EOPNOTSUPP for flags that there are none of.
func (s *Store) SetFlags(id ID, flags uint32) syscall.Errno {
	i, errno := s.lock(id)
	if errno != 0 {
		return errno
	}
	defer i.mu.Unlock()
	switch {
	case i.kind != typeRegular && i.kind != typeDir:
		return syscall.ENOTTY
	case flags&^flagsAll != 0:
		return syscall.EOPNOTSUPP
	}
	i.state = i.state&^flagsAll | inodeState(flags)
	i.ctime = s.clock.now() // even if they are what they were
	return 0
}

// immutableLocked reports whether nothing of i may be changed.
func (i *inode) immutableLocked() bool { return i.state&FlagImmutable != 0 }

// appendOnlyLocked reports whether i may only grow.
func (i *inode) appendOnlyLocked() bool { return i.state&FlagAppend != 0 }

// protectedLocked reports whether i is one or the other: nobody may remove or
// link it, nor change its attributes, nor remove names in it.
func (i *inode) protectedLocked() bool { return i.state&(FlagImmutable|FlagAppend) != 0 }
