package memfs

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// With NoXattr each of these is answered with ENOSYS once, and the kernel does
// not ask again: not even for security.capability ahead of a write.

func (h *handler) getxattr(r *fusedev.Request) syscall.Errno {
	if h.noXattr {
		return syscall.ENOSYS
	}
	b := r.Buffer(int(r.GetxattrIn().Size))
	n, errno := h.store.GetXattr(node(r), r.Name(), b)
	return replyXattr(r, b, n, errno)
}

func (h *handler) listxattr(r *fusedev.Request) syscall.Errno {
	if h.noXattr {
		return syscall.ENOSYS
	}
	b := r.Buffer(int(r.GetxattrIn().Size))
	c := requester(r)
	if c.UID == fusedev.InvalidID && h.hasTrusted(node(r)) && mayAdminister(r.PID) {
		c.UID = 0
	}
	n, errno := h.store.ListXattr(node(r), b, c)
	return replyXattr(r, b, n, errno)
}

// hasTrusted reports whether there are attributes that only root sees.
func (h *handler) hasTrusted(id inode.ID) bool {
	all, _ := h.store.ListXattr(id, nil, inode.Caller{})
	some, _ := h.store.ListXattr(id, nil, inode.Caller{UID: fusedev.InvalidID})
	return all != some
}

// replyXattr replies with the n bytes in b, or with their number alone if that is
// what was asked for.
func replyXattr(r *fusedev.Request, b []byte, n int, errno syscall.Errno) syscall.Errno {
	switch {
	case errno != 0:
	case r.GetxattrIn().Size == 0:
		r.GetxattrOut().Size = uint32(n)
	default:
		r.BytesOut(b[:n])
	}
	return errno
}

func (h *handler) setxattr(r *fusedev.Request) syscall.Errno {
	if h.noXattr {
		return syscall.ENOSYS
	}
	in := r.SetxattrIn()
	flags := in.Flags
	if in.SetxattrFlags&fusedev.SetxattrACLKillSGID != 0 {
		flags |= inode.XattrKillSetGID
	}
	return h.store.SetXattr(node(r), r.Name(), r.Bytes(), flags)
}

func (h *handler) removexattr(r *fusedev.Request) syscall.Errno {
	if h.noXattr {
		return syscall.ENOSYS
	}
	return h.store.RemoveXattr(node(r), r.Name())
}
