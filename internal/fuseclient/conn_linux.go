package fuseclient

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// MaxMessage is the size of the largest message: 1 MiB of data, its headers, and
// what the socket needs for itself.
const MaxMessage = 1<<20 + 4096

// A Conn is the kernel's end of a connection. It is for one goroutine, and no
// round trip allocates.
type Conn struct {
	fd     int
	unique uint64
	buf    []byte // of the last reply
}

// Pair makes a connection. The server's end is a descriptor, which the caller
// owns: memfs.Mount adopts and closes it. Each end waits for the other for 10 s
// at most, see SetTimeout.
//
// Without privilege the limit of the system (net.core.wmem_max) may be too low
// for messages of 1 MiB; sending them fails with EMSGSIZE then.
func Pair() (c *Conn, server int, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, -1, os.NewSyscallError("socketpair", err)
	}
	for _, fd := range fds {
		// Room for a few of the largest; the kernel doubles it.
		const room = 2 * MaxMessage
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, room) != nil {
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, room)
		}
	}
	c = &Conn{fd: fds[0], buf: make([]byte, MaxMessage)}
	if err := c.SetTimeout(10 * time.Second); err != nil {
		unix.Close(fds[0])
		unix.Close(fds[1])
		return nil, -1, err
	}
	return c, fds[1], nil
}

// SetTimeout sets how long Send and Receive wait, at least a microsecond.
func (c *Conn) SetTimeout(d time.Duration) error {
	t := unix.NsecToTimeval(d.Nanoseconds())
	for _, option := range []int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} {
		if err := unix.SetsockoptTimeval(c.fd, unix.SOL_SOCKET, option, &t); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	return nil
}

// Close hangs up. The server ends then.
func (c *Conn) Close() error { return unix.Close(c.fd) }

// Unique returns a number for the next request.
func (c *Conn) Unique() uint64 {
	c.unique += 2 // an odd one is an INTERRUPT's
	return c.unique
}

// Init is the handshake: it offers what Linux 6.18 offers that changes no
// message, and returns what the server wants. So FUSE_SETXATTR_EXT and what came
// later are missing; and splice(2), which is for devices.
func (c *Conn) Init() (InitOut, error) {
	const flags = 1<<29 - 1&^(1<<7|1<<8|1<<9)
	b := Begin(nil, Init, c.Unique(), 0)
	b = End(Append(b, &InitIn{Major: 7, Minor: 45, MaxReadahead: 1 << 17, Flags: flags}))
	if err := c.Send(b); err != nil {
		return InitOut{}, err
	}
	r, err := c.Receive()
	if err == nil {
		err = r.Check(Init, 0)
	}
	if err != nil {
		return InitOut{}, err
	}
	out := Decode[InitOut](r.Payload)
	if r.Error != 0 || r.Unique != c.unique || out.Major != 7 {
		return out, fmt.Errorf("INIT was answered with %+v, %+v", r.OutHeader, out)
	}
	return out, nil
}

// Send sends a message, whatever it is. The error is os.ErrDeadlineExceeded if
// there was no room for it in time, io.EOF if the server has hung up.
func (c *Conn) Send(frame []byte) error {
	for {
		err := unix.Send(c.fd, frame, unix.MSG_NOSIGNAL)
		if err != unix.EINTR {
			return connError(err)
		}
	}
}

// Receive returns the next reply, which is valid until the next call. The errors
// are those of Send.
func (c *Conn) Receive() (Reply, error) {
	for {
		n, err := unix.Read(c.fd, c.buf)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return Reply{}, connError(err)
		case n == 0:
			return Reply{}, io.EOF
		case n < OutHeaderSize:
			return Reply{}, fmt.Errorf("a reply of %d bytes has no header", n)
		default:
			return Reply{Decode[OutHeader](c.buf[:n]), c.buf[OutHeaderSize:n]}, nil
		}
	}
}

func connError(err error) error {
	switch err {
	case nil:
		return nil
	case unix.EAGAIN:
		return os.ErrDeadlineExceeded
	case unix.EPIPE, unix.ECONNRESET:
		return io.EOF
	}
	return os.NewSyscallError("send or receive", err)
}
