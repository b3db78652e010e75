package memfs

import (
	"context"

	"github.com/jacobsa/fuse/fuseops"

	"github.com/scratchfs/memfs/inode"
)

// GetInodeAttributes answers stat(2) of what is not cached.
func (fs *fileSystem) GetInodeAttributes(_ context.Context, op *fuseops.GetInodeAttributesOp) error {
	a, errno := fs.store.GetAttr(inode.ID(op.Inode))
	if errno != 0 {
		return errno
	}
	op.Attributes, op.AttributesExpiration = attributes(a), forever
	return nil
}

// SetInodeAttributes answers chmod(2), chown(2), truncate(2), utimensat(2) and
// open(2) with O_TRUNC.
func (fs *fileSystem) SetInodeAttributes(_ context.Context, op *fuseops.SetInodeAttributesOp) error {
	set := inode.SetAttr{UID: op.Uid, GID: op.Gid}
	if op.Mode != nil {
		set.Mode = new(permissions(*op.Mode))
	}
	if op.Size != nil {
		set.Size = new(int64(*op.Size)) // negative if too large, which the store refuses
		// ftruncate(2) and O_TRUNC mark a file whatever its size was, but the kernel
		// does not say so (update_mtime in fs/fuse/dir.c), nor whether it is O_TRUNC or
		// truncate(2) to 0.
		set.MTimeNow = op.Mtime == nil && (op.Handle != nil || *op.Size == 0)
	}
	if op.Atime != nil {
		set.ATime = new(fromTime(uint64(op.Atime.Unix()), uint32(op.Atime.Nanosecond())))
	}
	if op.Mtime != nil {
		set.MTime = new(fromTime(uint64(op.Mtime.Unix()), uint32(op.Mtime.Nanosecond())))
	}
	a, errno := fs.store.SetAttr(inode.ID(op.Inode), set)
	if errno != 0 {
		return errno
	}
	op.Attributes, op.AttributesExpiration = attributes(a), forever
	return nil
}

// ForgetInode takes back lookups; the kernel has dropped the inode from its
// cache.
func (fs *fileSystem) ForgetInode(_ context.Context, op *fuseops.ForgetInodeOp) error {
	fs.store.Forget(inode.ID(op.Inode), op.N)
	return nil
}

// BatchForget is ForgetInode for many.
func (fs *fileSystem) BatchForget(_ context.Context, op *fuseops.BatchForgetOp) error {
	for _, e := range op.Entries {
		fs.store.Forget(inode.ID(e.Inode), e.N)
	}
	return nil
}

// ReadSymlink answers readlink(2) and the walk of a path; the kernel caches
// the target.
func (fs *fileSystem) ReadSymlink(_ context.Context, op *fuseops.ReadSymlinkOp) error {
	target, errno := fs.store.Readlink(inode.ID(op.Inode))
	op.Target = target
	return result(errno)
}
