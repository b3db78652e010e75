package memfs

import (
	"syscall"

	"github.com/scratchfs/memfs/internal/fusedev"
)

// open answers open(2) where the kernel asks at all.
func (h *handler) open(r *fusedev.Request) syscall.Errno {
	if h.skips.open {
		return syscall.ENOSYS
	}
	h.setOpen(r.OpenOut())
	return 0
}

// setOpen fills in what the kernel learns of an open file. It has a number only
// where locks end with it.
func (h *handler) setOpen(out *fusedev.OpenOut) {
	out.OpenFlags = h.openFlags
	if h.locks != nil {
		out.FH = h.locks.open()
	}
}

// opendir answers opendir(3) where the kernel asks at all.
func (h *handler) opendir(r *fusedev.Request) syscall.Errno {
	if h.skips.opendir {
		return syscall.ENOSYS
	}
	r.OpenOut().OpenFlags = fusedev.FopenCacheDir | fusedev.FopenKeepCache
	return 0
}

// flush answers close(2) where the kernel asks at all. It ends the locks of
// fcntl(2) that the process has on the file.
func (h *handler) flush(r *fusedev.Request) syscall.Errno {
	if h.skips.flush {
		return syscall.ENOSYS
	}
	if h.locks != nil {
		h.locks.flush(r.NodeID, r.FlushIn().LockOwner)
	}
	return 0
}

// release answers the last close(2) of an open file, which ends the locks that are
// its own; else there is nothing to release.
func (h *handler) release(r *fusedev.Request) syscall.Errno {
	if h.locks != nil {
		h.locks.release(r.NodeID, r.ReleaseIn().FH)
	}
	return 0
}
