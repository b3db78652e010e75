package memfs

import (
	"context"
	"log"
	"runtime/debug"
	"syscall"

	"github.com/jacobsa/fuse"
	"github.com/jacobsa/fuse/fuseops"
)

// run runs a request and replies to it. A panic in it is logged with its stack
// and answered with EIO; the mount lives on.
func (fs *fileSystem) run(c *fuse.Connection, r request) {
	if fs.observe != nil {
		fs.runObserved(c, r)
		return
	}
	r.reply(c, fs.contain(r))
}

func (r request) reply(c *fuse.Connection, err error) {
	defer logPanic(r.op) // of the library, on a request that no kernel sends
	// An error means that nobody waits for the reply: the request was
	// interrupted, or the connection is gone.
	_ = c.Reply(r.ctx, err)
}

func (fs *fileSystem) contain(r request) (err error) {
	err = syscall.EIO // unless dispatch returns
	defer logPanic(r.op)
	return fs.dispatch(r.ctx, r.op)
}

// logPanic, deferred, ends a panic.
func logPanic(op any) {
	if p := recover(); p != nil {
		log.Printf("memfs: panic in %T: %v\n%s", op, p, debug.Stack())
	}
}

// dispatch calls the method for a request; ENOSYS for one the library cannot
// decode.
func (fs *fileSystem) dispatch(ctx context.Context, op any) error {
	switch op := op.(type) {
	case *fuseops.LookUpInodeOp:
		return fs.LookUpInode(ctx, op)
	case *fuseops.GetInodeAttributesOp:
		return fs.GetInodeAttributes(ctx, op)
	case *fuseops.SetInodeAttributesOp:
		return fs.SetInodeAttributes(ctx, op)
	case *fuseops.ForgetInodeOp:
		return fs.ForgetInode(ctx, op)
	case *fuseops.BatchForgetOp:
		return fs.BatchForget(ctx, op)
	case *fuseops.ReadFileOp:
		return fs.ReadFile(ctx, op)
	case *fuseops.WriteFileOp:
		return fs.WriteFile(ctx, op)
	case *fuseops.MkNodeOp:
		return fs.MkNode(ctx, op)
	case *fuseops.CreateFileOp:
		return fs.CreateFile(ctx, op)
	case *fuseops.MkDirOp:
		return fs.MkDir(ctx, op)
	case *fuseops.CreateSymlinkOp:
		return fs.CreateSymlink(ctx, op)
	case *fuseops.CreateLinkOp:
		return fs.CreateLink(ctx, op)
	case *fuseops.UnlinkOp:
		return fs.Unlink(ctx, op)
	case *fuseops.RmDirOp:
		return fs.RmDir(ctx, op)
	case *fuseops.RenameOp:
		return fs.Rename(ctx, op)
	case *fuseops.ReadDirOp:
		return fs.ReadDir(ctx, op)
	case *fuseops.ReadDirPlusOp:
		return fs.ReadDirPlus(ctx, op)
	case *fuseops.ReadSymlinkOp:
		return fs.ReadSymlink(ctx, op)
	case *fuseops.GetXattrOp:
		return fs.GetXattr(ctx, op)
	case *fuseops.ListXattrOp:
		return fs.ListXattr(ctx, op)
	case *fuseops.SetXattrOp:
		return fs.SetXattr(ctx, op)
	case *fuseops.RemoveXattrOp:
		return fs.RemoveXattr(ctx, op)
	case *fuseops.FallocateOp:
		return fs.Fallocate(ctx, op)
	case *fuseops.StatFSOp:
		return fs.StatFS(ctx, op)
	case *fuseops.SyncFSOp:
		return fs.SyncFS(ctx, op)
	case *fuseops.SyncFileOp:
		return fs.SyncFile(ctx, op)
	case *fuseops.FlushFileOp:
		return fs.FlushFile(ctx, op)
	case *fuseops.OpenFileOp:
		return fs.OpenFile(ctx, op)
	case *fuseops.OpenDirOp:
		return fs.OpenDir(ctx, op)
	case *fuseops.ReleaseFileHandleOp:
		return fs.ReleaseFileHandle(ctx, op)
	case *fuseops.ReleaseDirHandleOp:
		return fs.ReleaseDirHandle(ctx, op)
	}
	return syscall.ENOSYS
}
