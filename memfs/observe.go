package memfs

import (
	"time"

	"github.com/jacobsa/fuse"
	"github.com/jacobsa/fuse/fuseops"
)

// An Observation is how long the stages of a request took.
type Observation struct {
	// Request is the opcode as in fuse.h, without FUSE_: "LOOKUP".
	Request string

	// Read is the time to read the message from the kernel. It begins when there
	// is a message: waiting for one does not count. With LoopURing it is 0 where
	// the system call that brought the message has sent replies too, whose time
	// it is then, or has waited.
	Read time.Duration

	// Decode is the time to decode it; 0 with the loops of jacobsa/fuse, where
	// Read includes it.
	Decode time.Duration

	// Operation is the time to run it, waiting for locks included.
	Operation time.Duration

	// Reply is the time to encode the reply and to hand it to the kernel, which
	// wakes the one that waits for it. With LoopURing that is at the same time
	// for all requests that came at the same time.
	Reply time.Duration
}

// runObserved is run with a look at the clock between stages.
func (fs *fileSystem) runObserved(c *fuse.Connection, r request) {
	start := time.Since(started)
	err := fs.contain(r)
	ran := time.Since(started)
	r.reply(c, err)
	end := time.Since(started)
	fs.observe(Observation{Request: requestName(r.op), Read: r.read, Operation: ran - start, Reply: end - ran})
}

// requestName returns the name of the opcode that an operation was decoded from.
func requestName(op any) string {
	switch op.(type) {
	case *fuseops.LookUpInodeOp:
		return "LOOKUP"
	case *fuseops.GetInodeAttributesOp:
		return "GETATTR"
	case *fuseops.SetInodeAttributesOp:
		return "SETATTR"
	case *fuseops.ForgetInodeOp:
		return "FORGET"
	case *fuseops.BatchForgetOp:
		return "BATCH_FORGET"
	case *fuseops.ReadFileOp:
		return "READ"
	case *fuseops.WriteFileOp:
		return "WRITE"
	case *fuseops.MkNodeOp:
		return "MKNOD"
	case *fuseops.CreateFileOp:
		return "CREATE"
	case *fuseops.MkDirOp:
		return "MKDIR"
	case *fuseops.CreateSymlinkOp:
		return "SYMLINK"
	case *fuseops.CreateLinkOp:
		return "LINK"
	case *fuseops.UnlinkOp:
		return "UNLINK"
	case *fuseops.RmDirOp:
		return "RMDIR"
	case *fuseops.RenameOp:
		return "RENAME"
	case *fuseops.ReadDirOp:
		return "READDIR"
	case *fuseops.ReadDirPlusOp:
		return "READDIRPLUS"
	case *fuseops.ReadSymlinkOp:
		return "READLINK"
	case *fuseops.GetXattrOp:
		return "GETXATTR"
	case *fuseops.ListXattrOp:
		return "LISTXATTR"
	case *fuseops.SetXattrOp:
		return "SETXATTR"
	case *fuseops.RemoveXattrOp:
		return "REMOVEXATTR"
	case *fuseops.FallocateOp:
		return "FALLOCATE"
	case *fuseops.StatFSOp:
		return "STATFS"
	case *fuseops.SyncFSOp:
		return "SYNCFS"
	case *fuseops.SyncFileOp:
		return "FSYNC"
	case *fuseops.FlushFileOp:
		return "FLUSH"
	case *fuseops.OpenFileOp:
		return "OPEN"
	case *fuseops.OpenDirOp:
		return "OPENDIR"
	case *fuseops.ReleaseFileHandleOp:
		return "RELEASE"
	case *fuseops.ReleaseDirHandleOp:
		return "RELEASEDIR"
	}
	return "other" // the library does not tell what it cannot decode
}
