//go:build linux

package fusedev

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A device is a thread's way to /dev/fuse: a descriptor, which may be that of
// others as well.
//
// The descriptor does not block. To sleep the thread waits in epoll_wait(2),
// which, unlike poll(2), wakes only one of those who wait for the same.
type device struct {
	c    *Conn
	fd   int
	wait int // the descriptor of epoll
	spin spinner
}

func newDevice(c *Conn, fd int) (*device, error) {
	wait, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	d := &device{c: c, fd: fd, wait: wait, spin: spinner{limit: c.opts.Spin, turn: &c.turn}}
	e := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLEXCLUSIVE}
	if err := unix.EpollCtl(wait, unix.EPOLL_CTL_ADD, fd, &e); err != nil {
		d.close()
		return nil, os.NewSyscallError("epoll_ctl", err)
	}
	return d, nil
}

func (d *device) close() {
	unix.Close(d.wait)
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
	r, err := c.take(d)
	if err != nil {
		return err
	}
	for {
		n, err := d.read(r.message)
		if err != nil || n == 0 {
			c.give(r)
			c.interrupts.all()
			return err
		}
		errno, ok := r.decode(r.message[:n], &c.proto)
		if !ok {
			c.opts.Logger.Printf("fusedev: a message of %d bytes is no request", n)
			continue
		}
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

// read reads a message to b. It returns 0 if the connection is gone by
// unmounting, or the other end of a socket closed.
func (d *device) read(b []byte) (int, error) {
	for {
		n, _, e := syscall.RawSyscall(syscall.SYS_READ, uintptr(d.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		switch e {
		case syscall.EAGAIN:
			if !d.spin.again() {
				d.sleep()
			}
			continue
		case syscall.EINTR, syscall.ENOENT: // ENOENT: interrupted before it was read
			continue
		}
		d.spin.done()
		switch e {
		case 0:
			return int(n), nil
		case syscall.ENODEV, syscall.ECONNRESET:
			return 0, nil
		}
		return 0, os.NewSyscallError("read /dev/fuse", e)
	}
}

// sleep waits until there may be something to read.
func (d *device) sleep() {
	var e [1]unix.EpollEvent
	unix.EpollWait(d.wait, e[:], -1)
}

func (d *device) interrupt(r *Request) {
	if again := d.c.interrupts.interrupt(in[InterruptIn](r).Unique, r.Unique); again != 0 {
		r.Unique = again
		d.send(r, syscall.EAGAIN)
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
	if r.format != nil && r.format.silent {
		return
	}
	switch err := d.send(r, errno); err {
	case nil:
	case syscall.ENOENT: // interrupted, and nobody waits any more
	case syscall.ENODEV, syscall.ECONNABORTED, syscall.EPERM, syscall.EPIPE, syscall.ECONNRESET: // gone
	default:
		// The kernel has taken it for an EIO.
		d.c.opts.Logger.Printf("fusedev: the kernel refuses the reply to %v: %v", r.Opcode, err)
	}
}

// send writes a reply. There is no wait in it but for the other end of a socket.
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
			unix.Poll([]unix.PollFd{{Fd: int32(d.fd), Events: unix.POLLOUT}}, -1)
		default:
			return e
		}
	}
}
