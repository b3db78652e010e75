package memfs

import (
	"context"
	"syscall"

	"github.com/jacobsa/fuse/fuseops"

	"github.com/scratchfs/memfs/inode"
)

// OpenFile answers open(2) where the kernel asks at all.
func (fs *fileSystem) OpenFile(_ context.Context, op *fuseops.OpenFileOp) error {
	if fs.skips.open {
		return syscall.ENOSYS
	}
	op.KeepPageCache = true
	return nil
}

// ReadFile answers read(2) of what is not in the page cache.
func (fs *fileSystem) ReadFile(_ context.Context, op *fuseops.ReadFileOp) error {
	if int64(len(op.Dst)) < op.Size { // the library's buffer was too small to lend
		op.Dst = make([]byte, op.Size)
	}
	n, errno := fs.contents.Read(inode.ID(op.Inode), op.Dst, op.Offset)
	op.BytesRead = n
	return result(errno)
}

// WriteFile answers write(2). At the limit it writes less than it was given,
// and says so by the length of Data, which the library reports.
//
// Pages that are written back (after a store to a shared mapping, and with
// Writeback) come on nobody's behalf: there the kernel looks for an error, but
// not for a short count (fuse_writepage_end).
func (fs *fileSystem) WriteFile(_ context.Context, op *fuseops.WriteFileOp) error {
	n, errno := fs.contents.Write(inode.ID(op.Inode), op.Data, op.Offset)
	if errno == 0 && n < len(op.Data) && op.OpContext.Pid == 0 {
		errno = syscall.ENOSPC
	}
	op.Data = op.Data[:n]
	return result(errno)
}

// Fallocate answers fallocate(2).
func (fs *fileSystem) Fallocate(_ context.Context, op *fuseops.FallocateOp) error {
	return result(fs.store.Fallocate(inode.ID(op.Inode), op.Mode, int64(op.Offset), int64(op.Length)))
}

// SyncFile answers fsync(2) and fdatasync(2). What was written is as safe as
// it gets, so the kernel need not ask again.
func (fs *fileSystem) SyncFile(context.Context, *fuseops.SyncFileOp) error { return syscall.ENOSYS }

// FlushFile answers close(2) where the kernel asks at all.
func (fs *fileSystem) FlushFile(context.Context, *fuseops.FlushFileOp) error {
	if fs.skips.flush {
		return syscall.ENOSYS
	}
	return nil
}

// ReleaseFileHandle answers the last close(2); there is nothing to release.
func (fs *fileSystem) ReleaseFileHandle(context.Context, *fuseops.ReleaseFileHandleOp) error {
	return nil
}
