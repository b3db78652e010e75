package memfs

import (
	"context"
	"syscall"
	"time"

	"github.com/jacobsa/fuse"
	"github.com/jacobsa/fuse/fuseops"

	"github.com/scratchfs/memfs/inode"
)

// LookUpInode finds a name. That it is absent is an answer with inode 0, which
// the kernel caches as it does others; an error it would not.
func (fs *fileSystem) LookUpInode(_ context.Context, op *fuseops.LookUpInodeOp) error {
	e, errno := fs.store.Lookup(inode.ID(op.Parent), op.Name)
	switch errno {
	case 0:
		entry(&op.Entry, e)
		return nil
	case syscall.ENOENT:
		op.Entry = absent
		return nil
	}
	return errno
}

// absent is the entry of a name that is not there. The library converts the
// times of it, too.
var absent = fuseops.ChildInodeEntry{
	EntryExpiration: forever,
	Attributes: fuseops.InodeAttributes{
		Atime: time.Unix(0, 0), Mtime: time.Unix(0, 0), Ctime: time.Unix(0, 0), Crtime: time.Unix(0, 0),
	},
}

// MkNode answers mknod(2), and open(2) with O_CREAT where the kernel does
// without CREATE.
func (fs *fileSystem) MkNode(ctx context.Context, op *fuseops.MkNodeOp) error {
	e, errno := fs.store.Mknod(inode.ID(op.Parent), op.Name, fuse.ConvertGoMode(op.Mode), op.Rdev, caller(ctx))
	if errno != 0 {
		return errno
	}
	entry(&op.Entry, e)
	return nil
}

// CreateFile answers open(2) with O_CREAT.
func (fs *fileSystem) CreateFile(ctx context.Context, op *fuseops.CreateFileOp) error {
	if fs.skips.create {
		return syscall.ENOSYS
	}
	e, errno := fs.store.Mknod(inode.ID(op.Parent), op.Name, fuse.ConvertGoMode(op.Mode), 0, inode.Caller{})
	if errno != 0 {
		return errno
	}
	entry(&op.Entry, e)
	return nil
}

// MkDir answers mkdir(2).
func (fs *fileSystem) MkDir(ctx context.Context, op *fuseops.MkDirOp) error {
	e, errno := fs.store.Mkdir(inode.ID(op.Parent), op.Name, permissions(op.Mode), caller(ctx))
	if errno != 0 {
		return errno
	}
	entry(&op.Entry, e)
	return nil
}

// CreateSymlink answers symlink(2).
func (fs *fileSystem) CreateSymlink(ctx context.Context, op *fuseops.CreateSymlinkOp) error {
	e, errno := fs.store.Symlink(inode.ID(op.Parent), op.Name, op.Target, caller(ctx))
	if errno != 0 {
		return errno
	}
	entry(&op.Entry, e)
	return nil
}

// CreateLink answers link(2).
func (fs *fileSystem) CreateLink(_ context.Context, op *fuseops.CreateLinkOp) error {
	e, errno := fs.store.Link(inode.ID(op.Target), inode.ID(op.Parent), op.Name)
	if errno != 0 {
		return errno
	}
	entry(&op.Entry, e)
	return nil
}

// Rename answers rename(2). The library knows no flags.
func (fs *fileSystem) Rename(_ context.Context, op *fuseops.RenameOp) error {
	return result(fs.store.Rename(inode.ID(op.OldParent), op.OldName, inode.ID(op.NewParent), op.NewName, 0, inode.Caller{}))
}

// Unlink answers unlink(2).
func (fs *fileSystem) Unlink(_ context.Context, op *fuseops.UnlinkOp) error {
	return result(fs.store.Unlink(inode.ID(op.Parent), op.Name))
}

// RmDir answers rmdir(2).
func (fs *fileSystem) RmDir(_ context.Context, op *fuseops.RmDirOp) error {
	return result(fs.store.Rmdir(inode.ID(op.Parent), op.Name))
}
