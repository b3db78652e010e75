package memfs

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// lookup finds a name. That it is absent is an answer with inode 0, which the
// kernel caches as it does others; an error it would not. "." and ".." are asked
// for when a file is opened by its handle after the kernel has forgotten it.
func (h *handler) lookup(r *fusedev.Request) syscall.Errno {
	var e inode.Entry
	var errno syscall.Errno
	switch name := r.Name(); name {
	case ".":
		e, errno = h.store.LookupID(node(r))
	case "..":
		e, errno = h.store.LookupParent(node(r))
	default:
		e, errno = h.store.Lookup(node(r), name)
		if errno == syscall.ENOENT {
			r.EntryOut().EntryValid = foreverSeconds
			return 0
		}
	}
	return replyEntry(r, &e, errno)
}

func replyEntry(r *fusedev.Request, e *inode.Entry, errno syscall.Errno) syscall.Errno {
	if errno == 0 {
		setEntry(r.EntryOut(), e)
	}
	return errno
}

// mknod answers mknod(2), and open(2) with O_CREAT since the kernel does without
// CREATE.
func (h *handler) mknod(r *fusedev.Request) syscall.Errno {
	in := r.MknodIn()
	e, errno := h.store.Mknod(node(r), r.Name(), in.Mode, in.Rdev, maker(r, in.Umask))
	return replyEntry(r, &e, errno)
}

// tmpfile answers open(2) with O_TMPFILE.
func (h *handler) tmpfile(r *fusedev.Request) syscall.Errno {
	in := r.CreateIn()
	e, errno := h.store.Tmpfile(node(r), in.Mode, maker(r, in.Umask))
	if errno == 0 {
		out := r.CreateOut()
		setEntry(&out.Entry, &e)
		h.setOpen(&out.Open)
	}
	return errno
}

func (h *handler) mkdir(r *fusedev.Request) syscall.Errno {
	in := r.MkdirIn()
	e, errno := h.store.Mkdir(node(r), r.Name(), in.Mode, maker(r, in.Umask))
	return replyEntry(r, &e, errno)
}

func (h *handler) symlink(r *fusedev.Request) syscall.Errno {
	e, errno := h.store.Symlink(node(r), r.Name(), r.NewName(), requester(r))
	return replyEntry(r, &e, errno)
}

func (h *handler) link(r *fusedev.Request) syscall.Errno {
	e, errno := h.store.Link(inode.ID(r.LinkIn().OldNodeID), node(r), r.Name())
	return replyEntry(r, &e, errno)
}

// rename answers rename(2) and, with flags, renameat2(2).
func (h *handler) rename(r *fusedev.Request, newDir uint64, flags uint32) syscall.Errno {
	return h.store.Rename(node(r), r.Name(), inode.ID(newDir), r.NewName(), flags, requester(r))
}
