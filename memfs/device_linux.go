package memfs

import "golang.org/x/sys/unix"

// device is the descriptor of a connection to the kernel, which the library
// reads from and writes to. It is used here for what the library does not do:
// to look whether there is a request.
type device int

// setNonblock makes reading fail with EAGAIN when there is no request. It
// comes after the library has made an os.File of the descriptor: that would
// otherwise wait by itself, in the poller of the Go runtime.
func (d device) setNonblock() error { return unix.SetNonblock(int(d), true) }

// wait returns when there is a request, or none will come any more, or a signal
// came in between.
func (d device) wait() { unix.Poll([]unix.PollFd{{Fd: int32(d), Events: unix.POLLIN}}, -1) }

// hungUp reports whether nobody is at the other end of a socket any more.
func (d device) hungUp() bool {
	p := []unix.PollFd{{Fd: int32(d), Events: unix.POLLRDHUP}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1
}

// yield lets others run on this processor (sched_yield(2)).
func yield() { unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
