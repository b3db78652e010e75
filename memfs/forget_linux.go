package memfs

import (
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fusedev"
)

// forgets knows of files that are about to be freed.
//
// When the kernel has removed a file and closed it, it sends FORGET, and goes on
// before that is served. What the file held may still be in use when the next
// request finds nothing free: it takes long to empty a large file, another thread
// may have read FORGET and not run it, and with uring it is for a thread that
// serves nothing else and may be late. So who runs out of space waits while there
// are such files, and a little more, since not all of that can be seen; and tries
// again. That an error comes late where there really is no space does no harm.
type forgets struct {
	device  device       // where FORGET comes, and nothing else; -1 if nowhere
	running atomic.Int32 // those that goroutines have
}

const (
	forgetPause = 200 * time.Microsecond
	forgetTries = 2500

	// The first and the last pause before another try; each is twice as long as
	// the one before.
	firstPause = time.Millisecond
	lastPause  = 8 * time.Millisecond
)

// pending reports whether there are any.
func (f *forgets) pending() bool {
	if f.running.Load() > 0 {
		return true
	}
	if f.device < 0 {
		return false
	}
	p := []unix.PollFd{{Fd: int32(f.device), Events: unix.POLLIN}}
	n, err := unix.Poll(p, 0)
	return n == 1 && err == nil && p[0].Revents == unix.POLLIN
}

// wait returns when there are none, or when that takes very long.
func (f *forgets) wait() {
	for range forgetTries {
		if !f.pending() {
			return
		}
		time.Sleep(forgetPause)
	}
}

// again answers a request that has failed for want of space, or would have been
// answered in part.
func (h *handler) again(r *fusedev.Request) syscall.Errno {
	errno := syscall.ENOSPC
	for pause := firstPause; pause <= lastPause && errno == syscall.ENOSPC; pause *= 2 {
		h.forgets.wait()
		time.Sleep(pause)
		errno = h.answer(r)
	}
	if errno != 0 && wroteSome(r) {
		r.WriteOut().Size = uint32(r.Done)
		errno = 0
	}
	return errno
}

// answerLong answers a request on a goroutine of its own.
func (h *handler) answerLong(r *fusedev.Request) syscall.Errno {
	if isForget(r) {
		defer h.forgets.running.Add(-1)
	}
	errno := h.answer(r)
	if errno == syscall.ENOSPC && h.kernel {
		return h.again(r)
	}
	return errno
}

func isForget(r *fusedev.Request) bool {
	return r.Opcode == fusedev.OpForget || r.Opcode == fusedev.OpBatchForget
}
