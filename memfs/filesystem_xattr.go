package memfs

import (
	"context"
	"syscall"

	"github.com/jacobsa/fuse/fuseops"

	"github.com/scratchfs/memfs/inode"
)

// With NoXattr each of these is answered with ENOSYS once, and the kernel does
// not ask again: not even for security.capability ahead of a write.

// GetXattr answers getxattr(2).
func (fs *fileSystem) GetXattr(_ context.Context, op *fuseops.GetXattrOp) error {
	if fs.noXattr {
		return syscall.ENOSYS
	}
	n, errno := fs.store.GetXattr(inode.ID(op.Inode), op.Name, op.Dst)
	op.BytesRead = n
	return result(errno)
}

// ListXattr answers listxattr(2).
func (fs *fileSystem) ListXattr(ctx context.Context, op *fuseops.ListXattrOp) error {
	if fs.noXattr {
		return syscall.ENOSYS
	}
	n, errno := fs.store.ListXattr(inode.ID(op.Inode), op.Dst, caller(ctx))
	op.BytesRead = n
	return result(errno)
}

// SetXattr answers setxattr(2).
func (fs *fileSystem) SetXattr(_ context.Context, op *fuseops.SetXattrOp) error {
	if fs.noXattr {
		return syscall.ENOSYS
	}
	return result(fs.store.SetXattr(inode.ID(op.Inode), op.Name, op.Value, op.Flags))
}

// RemoveXattr answers removexattr(2).
func (fs *fileSystem) RemoveXattr(_ context.Context, op *fuseops.RemoveXattrOp) error {
	if fs.noXattr {
		return syscall.ENOSYS
	}
	return result(fs.store.RemoveXattr(inode.ID(op.Inode), op.Name))
}
