package memfs

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// handler answers the requests of our own transport, each with one operation of
// the store. What it does for an opcode is in the files named opcode_*.
type handler struct {
	// Dependencies.
	conn     *fusedev.Conn
	store    *inode.Store
	contents contents // the store, unless Options.NoData
	locks    *locks   // nil where the kernel keeps them

	// Constant data.
	skips     skips
	openFlags uint32 // of each open file
	noXattr   bool
	directIO  bool
	writeback bool
	kernel    bool                                 // at the other end, not a program
	later     func(*fusedev.Request) syscall.Errno // answerLong

	// Mutable state.
	forgets forgets
}

var _ fusedev.Handler = (*handler)(nil)

// newHandler returns what answers the requests of a connection.
func newHandler(conn *fusedev.Conn, store *inode.Store, o *Options) *handler {
	flags := conn.Flags()
	h := &handler{
		conn:      conn,
		forgets:   forgets{device: -1},
		store:     store,
		contents:  contentsOf(store, o),
		noXattr:   o.NoXattr,
		directIO:  o.DirectIO,
		writeback: o.Writeback,
		openFlags: fusedev.FopenKeepCache,
		skips: skips{
			open:    flags&fusedev.NoOpenSupport != 0,
			opendir: flags&fusedev.NoOpendirSupport != 0,
			flush:   true,
		},
	}
	if o.DirectIO {
		h.openFlags = fusedev.FopenDirectIO | fusedev.FopenParallelDirectWrites
		h.skips.open = false
	}
	if o.ServerLocks {
		// Locks end with the open file, so the server must hear of that.
		h.locks = newLocks()
		h.skips.open, h.skips.flush = false, false
	}
	h.later = h.answerLong
	return h
}

// Serve implements fusedev.Handler. The thread that reads requests must not be
// held up by one that takes long.
func (h *handler) Serve(r *fusedev.Request) syscall.Errno {
	if h.takesLong(r) {
		if isForget(r) {
			h.forgets.running.Add(1)
		}
		return r.Go(h.later)
	}
	errno := h.answer(r)
	if errno == syscall.ENOSPC && h.kernel {
		return r.Go(h.again)
	}
	return errno
}

// answer answers a request. With ENOSYS the kernel does without from then on.
func (h *handler) answer(r *fusedev.Request) syscall.Errno {
	switch r.Opcode {
	// Names.
	case fusedev.OpLookup:
		return h.lookup(r)
	case fusedev.OpMknod:
		return h.mknod(r)
	case fusedev.OpMkdir:
		return h.mkdir(r)
	case fusedev.OpSymlink:
		return h.symlink(r)
	case fusedev.OpLink:
		return h.link(r)
	case fusedev.OpTmpfile:
		return h.tmpfile(r)
	case fusedev.OpUnlink:
		return h.store.Unlink(node(r), r.Name())
	case fusedev.OpRmdir:
		return h.store.Rmdir(node(r), r.Name())
	case fusedev.OpRename:
		return h.rename(r, r.RenameIn().NewDir, 0)
	case fusedev.OpRename2:
		return h.rename(r, r.Rename2In().NewDir, r.Rename2In().Flags)
	case fusedev.OpForget:
		h.store.Forget(node(r), r.ForgetIn().Nlookup)
		return 0
	case fusedev.OpBatchForget:
		for _, f := range r.Forgets() {
			h.store.Forget(inode.ID(f.NodeID), f.Nlookup)
		}
		return 0

	// Attributes.
	case fusedev.OpGetattr:
		return h.getattr(r)
	case fusedev.OpStatx:
		return h.statx(r)
	case fusedev.OpSetattr:
		return h.setattr(r)
	case fusedev.OpAccess:
		return h.access(r)
	case fusedev.OpReadlink:
		return h.readlink(r)
	case fusedev.OpIoctl:
		return h.ioctl(r)

	// Data.
	case fusedev.OpRead:
		return h.read(r)
	case fusedev.OpWrite:
		return h.write(r)
	case fusedev.OpFallocate:
		return h.fallocate(r)
	case fusedev.OpLseek:
		return h.lseek(r)
	case fusedev.OpCopyFileRange, fusedev.OpCopyFileRange64:
		return h.copyFileRange(r)

	// Directories.
	case fusedev.OpReaddir:
		return h.readdir(r)
	case fusedev.OpReaddirplus:
		return h.readdirplus(r)

	// Extended attributes.
	case fusedev.OpGetxattr:
		return h.getxattr(r)
	case fusedev.OpListxattr:
		return h.listxattr(r)
	case fusedev.OpSetxattr:
		return h.setxattr(r)
	case fusedev.OpRemovexattr:
		return h.removexattr(r)

	// Open files.
	case fusedev.OpOpen:
		return h.open(r)
	case fusedev.OpOpendir:
		return h.opendir(r)
	case fusedev.OpFlush:
		return h.flush(r)
	case fusedev.OpRelease, fusedev.OpReleasedir:
		return h.release(r)
	case fusedev.OpGetlk:
		return h.getlk(r)
	case fusedev.OpSetlk, fusedev.OpSetlkw:
		return h.setlk(r)

	// The filesystem.
	case fusedev.OpStatfs:
		return h.statfs(r)
	case fusedev.OpSyncfs, fusedev.OpDestroy:
		return 0 // there is nothing to write anywhere
	}
	// CREATE: MKNOD comes instead. FSYNC, FSYNCDIR: what was written is as safe as it
	// gets. POLL: files are always ready, as the kernel says by itself then. BMAP:
	// there is no device, as on tmpfs.
	return syscall.ENOSYS
}

// node is the inode that a request is for.
func node(r *fusedev.Request) inode.ID { return inode.ID(r.NodeID) }

// requester is on whose behalf a request came.
func requester(r *fusedev.Request) inode.Caller { return inode.Caller{UID: r.UID, GID: r.GID} }

// maker is the requester of something that is made with a mode. The kernel has
// applied the umask already, unless there are ACLs.
func maker(r *fusedev.Request, umask uint32) inode.Caller {
	return inode.Caller{UID: r.UID, GID: r.GID, Umask: umask}
}
