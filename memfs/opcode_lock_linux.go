package memfs

import (
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fusedev"
)

// The kernel sends these with ServerLocks only.

// getlk answers F_GETLK of fcntl(2).
func (h *handler) getlk(r *fusedev.Request) syscall.Errno {
	if h.locks == nil {
		return syscall.ENOSYS
	}
	in := r.LkIn()
	l, found := h.locks.find(lockedFileOf(r), lockOf(in))
	out := &r.LkOut().Lk
	if !found {
		out.Type = unix.F_UNLCK
		return 0
	}
	*out = fusedev.FileLock{Start: l.start, End: l.end, Type: l.kind, PID: l.pid}
	return 0
}

// setlk answers F_SETLK, F_SETLKW and flock(2).
func (h *handler) setlk(r *fusedev.Request) syscall.Errno {
	if h.locks == nil {
		return syscall.ENOSYS
	}
	f, l := lockedFileOf(r), lockOf(r.LkIn())
	switch {
	case l.kind == unix.F_UNLCK:
		h.locks.unlock(f, l)
		return 0
	case r.Opcode == fusedev.OpSetlk:
		return h.locks.try(f, l)
	}
	return h.locks.wait(f, l, r.Interrupted())
}

func lockedFileOf(r *fusedev.Request) lockedFile {
	return lockedFile{r.NodeID, r.LkIn().Flags&fusedev.LkFlock != 0}
}

func lockOf(in *fusedev.LkIn) lock {
	return lock{start: in.Lk.Start, end: in.Lk.End, kind: in.Lk.Type, pid: in.Lk.PID, owner: in.Owner, file: in.FH}
}
