//go:build linux

package fusedev

import (
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A device is a thread's way to /dev/fuse: a descriptor, which may be that of
// others as well, and which does not block.
//
// One thread, the watcher, waits for requests. The others help when there are more
// than it can do: it calls one of them when it has found requests without waiting,
// again and again, and each of them does the same. Who helps and finds nothing for
// the time of a spin waits to be called again. If all waited in the kernel each
// request would wake another one of them, even while the last one looks for it: that
// took twice the time of the processor.
type device struct {
	c      *Conn
	fd     int
	helper bool
	r      *Request // to read to, at the beginning
	spin   spinner
	streak int // requests that were found without waiting, one after the other
}

// manyWaiting is how many requests must be found without waiting before another
// thread is called. What one client makes is never that many.
const manyWaiting = 3

// gatherForgets is how long a thread of URing that has read FORGET waits before it reads
// again. It reads nothing that anybody waits for, and the kernel gives it all FORGETs
// that have gathered with one BATCH_FORGET (fuse_read_batch_forget): so it need not be
// woken for each. rm -r of a source tree took 0.6 to 0.8 of the time.
const gatherForgets = time.Millisecond

func newDevice(c *Conn, fd int, helper bool) *device {
	return &device{c: c, fd: fd, helper: helper, spin: spinner{limit: c.opts.Spin}}
}

func (d *device) close() {
	if d.r != nil {
		d.r.free()
	}
	if d.fd != d.c.fd {
		unix.Close(d.fd)
	}
}

// FUSE_DEV_IOC_CLONE is _IOR(229, 0, uint32_t). How that is encoded depends on the
// machine, so it is made of an ioctl that is _IOR('R', 0, int).
const ioctlClone = unix.RNDGETENTCNT&^0xffff | 229<<8

// cloneDevice returns another descriptor of the connection.
func cloneDevice(fd int) (int, error) {
	clone, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return -1, os.NewSyscallError("open /dev/fuse", err)
	}
	if err := unix.IoctlSetPointerInt(clone, ioctlClone, fd); err != nil {
		unix.Close(clone)
		return -1, os.NewSyscallError("cannot clone the descriptor of /dev/fuse: ioctl", err)
	}
	return clone, nil
}

// loop reads requests, runs them and replies, until the connection is gone.
func (d *device) loop() error {
	runtime.LockOSThread() // for good: the thread ends with the goroutine
	c := d.c
	r := d.r
	d.r = nil
	defer func() { c.give(r) }()
	if d.helper && !d.called() {
		return nil
	}
	gather := false
	for {
		if gather {
			time.Sleep(gatherForgets)
		}
		c.awaitReader()
		n, err := d.read(r)
		if err != nil || n == 0 {
			c.end()
			return err
		}
		errno, ok := r.decode(r.message[:n], &c.proto)
		if !ok {
			c.opts.Logger.Printf("fusedev: a message of %d bytes is no request", n)
			continue
		}
		if errno == syscall.EINVAL {
			d.refuse(r)
			continue
		}
		c.decoded(r)
		gather = c.loop == URing && (r.Opcode == OpForget || r.Opcode == OpBatchForget)
		if errno == 0 && r.Opcode == OpInterrupt {
			d.interrupt(r)
			continue
		}
		errno = c.run(r, errno)
		if r.later != nil {
			if next, err := c.take(d); err == nil {
				c.launch(r)
				r = next
				continue
			}
			errno = c.contain(r.later, r) // no memory for another one
		}
		d.reply(r, errno)
	}
}

// read reads the message of a request. It returns 0 if the connection is gone by
// unmounting, or the other end of a socket closed.
func (d *device) read(r *Request) (int, error) {
	b := r.message
	for {
		d.c.restart(r)
		n, _, e := syscall.RawSyscall(syscall.SYS_READ, uintptr(d.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		switch e {
		case 0:
			if n == 0 && !d.hungUp() {
				continue // an empty message, on a socket
			}
			d.c.lap(r, &r.watch.took.Read)
			d.spin.done()
			if d.streak++; d.streak >= manyWaiting {
				d.streak = 0
				d.c.callHelper()
			}
			return int(n), nil
		case syscall.EAGAIN:
			d.streak = 0
			if !d.spin.again() && !d.sleep() {
				return 0, nil
			}
		case syscall.EINTR, syscall.ENOENT: // ENOENT: interrupted before it was read
		case syscall.ENODEV, syscall.ECONNRESET:
			return 0, nil
		default:
			return 0, os.NewSyscallError("read /dev/fuse", e)
		}
	}
}

// hungUp reports whether the other end of a socket is closed. If a signal comes in
// between that is not known, and who reads again will see.
func (d *device) hungUp() bool {
	p := []unix.PollFd{{Fd: int32(d.fd), Events: unix.POLLRDHUP}}
	n, err := unix.Poll(p, 0)
	return err == nil && n != 0
}

// sleep waits until there may be something to read. It returns false if that will
// never be.
func (d *device) sleep() bool {
	if d.helper {
		return d.called()
	}
	unix.Poll([]unix.PollFd{{Fd: int32(d.fd), Events: unix.POLLIN}}, -1)
	return true
}

// called waits until the thread is called for help. It returns false if the
// connection is gone.
func (d *device) called() bool {
	select {
	case <-d.c.help:
		return true
	case <-d.c.gone:
		return false
	}
}

// callHelper calls a thread that waits to be called, if there is one.
func (c *Conn) callHelper() {
	select {
	case c.help <- struct{}{}:
	default:
	}
}

// end ends all that waits. The connection is gone.
func (c *Conn) end() {
	c.ended.Do(func() {
		close(c.gone)
		unix.Shutdown(c.fd, unix.SHUT_RD) // for awaitRoom; not a socket: there is nothing to end
	})
	c.interrupts.all()
}

func (d *device) interrupt(r *Request) {
	if again := d.c.interrupts.interrupt(in[InterruptIn](r).Unique, r.Unique); again != 0 {
		r.Unique = again
		d.send(r, syscall.EAGAIN)
	}
}

// refuse answers a message with a header that is not well formed. As no request it is
// not observed.
func (d *device) refuse(r *Request) {
	if !r.format.silent {
		d.answer(r, syscall.EINVAL)
	}
}

// finish replies to a request that was taken by a goroutine.
func (d *device) finish(r *Request, errno syscall.Errno) {
	d.reply(r, errno)
	d.c.give(r)
}

// reply replies to a request, unless it has no reply.
func (d *device) reply(r *Request, errno syscall.Errno) {
	r.end()
	if r.format == nil || !r.format.silent {
		d.answer(r, errno)
		d.c.lap(r, &r.watch.took.Reply)
	}
	if observe := d.c.opts.Observe; observe != nil {
		observe(r.watch.took)
	}
}

// answer sends a reply, and logs why it cannot be sent if that is odd.
func (d *device) answer(r *Request, errno syscall.Errno) {
	switch err := d.send(r, errno); err {
	case nil:
	case syscall.ENOENT: // interrupted, and nobody waits any more
	case syscall.ENODEV, syscall.ECONNABORTED, syscall.EPERM, syscall.EPIPE, syscall.ECONNRESET: // gone
	default:
		// The kernel has taken it for an EIO.
		d.c.opts.Logger.Printf("fusedev: the kernel refuses the reply to %v: %v", r.Opcode, err)
	}
}

// send writes a reply. There is no wait in it but for the other end of a socket, to which
// nothing more is sent if it has no room when the connection ends.
func (d *device) send(r *Request, errno syscall.Errno) error {
	head := r.seal(errno, &d.c.proto)
	iov := &r.iov
	iov[0].Base = &head[0]
	iov[0].SetLen(len(head))
	iov[1].Base = unsafe.SliceData(r.data)
	iov[1].SetLen(len(r.data))
	for {
		_, _, e := syscall.RawSyscall(syscall.SYS_WRITEV, uintptr(d.fd), uintptr(unsafe.Pointer(iov)), 2)
		switch e {
		case 0:
			return nil
		case syscall.EINTR:
		case syscall.EAGAIN:
			if !d.c.awaitRoom(d.fd) {
				return syscall.ENODEV
			}
		default:
			return e
		}
	}
}
