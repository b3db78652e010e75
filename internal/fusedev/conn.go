//go:build linux

package fusedev

import (
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Loop is a way to read requests from the kernel.
type Loop string

const (
	// Dev is threads that all read the descriptor of the mount.
	Dev Loop = "dev"

	// Clone is threads that read a descriptor each, a clone of that of the
	// mount (Linux 4.2). They share one queue, but what is under way is found
	// in a list for each.
	Clone Loop = "clone"

	// URing is FUSE over io_uring (Linux 6.14): a queue for each CPU, served by
	// a thread that is pinned there, and one system call a request. It must be
	// compiled into the kernel (CONFIG_FUSE_IO_URING) and allowed by root, see
	// [URingAvailable].
	URing Loop = "uring"
)

// Options are options of a connection. The zero value is a good one.
type Options struct {
	Limits

	Loop    Loop // the first to try, of URing, Clone, Dev; "": URing
	Threads int  // of Dev and Clone; 0: one for each CPU, 16 at most
	Depth   int  // of each queue of URing at the beginning; 0: DefaultDepth

	// Spin is for how long a thread looks for the next request before it
	// sleeps; 0: DefaultSpin, negative: not at all.
	Spin time.Duration

	// Observe, if not nil, is called when a request has been replied to, by several
	// threads at a time, which read no requests until it returns. A message that is
	// not well formed is no request.
	Observe func(Observation)

	Logger *log.Logger // of panics, and of what no kernel sends; nil: log.Default
}

// DefaultDepth is how many requests a queue of URing takes at a time before any
// of them has been given to a goroutine ([Request.Go]).
const DefaultDepth = 8

const maxThreads = 16

// A Handler serves requests. Serve is called by several threads at a time. It
// makes the reply ([Request.EntryOut] and so on, [Request.BytesOut]) and returns
// 0; or it returns the errno to reply with. That is the only reply there is. For
// requests that have none the result is ignored.
//
// Whoever calls Serve reads no requests until it returns. What may take long
// should go on elsewhere, see [Request.Go]; what waits for another request must,
// and what waits for something that needs this mount, like a notification.
//
// A panic is logged and answered with EIO.
type Handler interface {
	Serve(*Request) syscall.Errno
}

// A Conn is a connection to the kernel, that is, a mount.
type Conn struct {
	serve func(*Request) syscall.Errno
	opts  Options
	loop  Loop
	why   error // why it is not the one that was asked for

	fd    int
	reply InitOut
	proto protocol

	devices    []*device
	uring      *uring
	interrupts interrupts
	help       chan struct{} // calls a thread that waits for it
	gone       chan struct{} // closed when the connection is
	unread     chan struct{} // has one for each thread in awaitRoom
	ended      sync.Once

	away sync.WaitGroup // requests that goroutines have

	mu    sync.Mutex
	spare []*Request // of /dev/fuse, not in use

	retrieves atomic.Uint64 // how many there have been

	open   sync.RWMutex // held for reading by who writes a notification
	closed bool
}

// NewConn takes a descriptor of /dev/fuse that is mounted, waits for the kernel's
// INIT and answers it. A socket of type SOCK_SEQPACKET with somebody at the other
// end that speaks as the kernel does will do as well. The descriptor is closed by
// [Conn.Serve], or if NewConn fails.
func NewConn(fd int, o Options) (*Conn, error) {
	if o.Loop == "" {
		o.Loop = URing
	}
	if o.Threads <= 0 {
		o.Threads = min(runtime.NumCPU(), maxThreads)
	}
	if o.Depth <= 0 {
		o.Depth = DefaultDepth
	}
	switch {
	case o.Spin == 0:
		o.Spin = DefaultSpin
	case o.Spin < 0:
		o.Spin = 0
	}
	if o.Logger == nil {
		o.Logger = log.Default()
	}
	c := &Conn{opts: o, loop: o.Loop, fd: fd, help: make(chan struct{}), gone: make(chan struct{}), unread: make(chan struct{}, maxUnread)}
	if err := c.start(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// start shakes hands with the kernel and readies the loop.
func (c *Conn) start() error {
	switch c.loop {
	case URing, Clone, Dev:
	default:
		return fmt.Errorf("no loop %q: it is uring, clone or dev", c.loop)
	}
	if err := unix.SetNonblock(c.fd, true); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	first := newDevice(c, c.fd, false)
	c.devices = append(c.devices, first)

	var err error
	if c.loop == URing {
		// Before INIT: once the kernel was told that there will be rings it
		// waits for them.
		c.uring, err = newURing(c)
		c.fallBack(err)
	}
	if err := c.handshake(first); err != nil {
		return err
	}
	if c.loop == URing {
		c.fallBack(c.uring.register())
	}
	if c.loop == URing {
		first.spin.limit = 0 // what it reads nobody waits for
	} else {
		c.addHelpers()
	}
	for _, d := range c.devices {
		if d.r, err = c.take(d); err != nil {
			return err
		}
	}
	return nil
}

// addHelpers makes the other threads of Clone and Dev.
func (c *Conn) addHelpers() {
	if c.uring != nil {
		c.uring.close()
		c.uring = nil
	}
	for len(c.devices) < c.opts.Threads {
		fd := c.fd
		if c.loop == Clone {
			clone, err := cloneDevice(c.fd)
			c.fallBack(err)
			if err == nil {
				fd = clone
			}
		}
		c.devices = append(c.devices, newDevice(c, fd, true))
	}
}

// fallBack chooses the next loop if there is a reason not to use this one.
func (c *Conn) fallBack(why error) {
	if why == nil {
		return
	}
	c.why = errors.Join(c.why, why)
	switch c.loop {
	case URing:
		c.loop = Clone
	case Clone:
		c.loop = Dev
	}
}

// Loop returns the loop in use. If it is not the one that was asked for, err says
// why.
func (c *Conn) Loop() (l Loop, err error) { return c.loop, c.why }

// Init returns what was agreed on with the kernel.
func (c *Conn) Init() InitOut { return c.reply }

// Flags returns the flags that were agreed on with the kernel.
func (c *Conn) Flags() InitFlags { return c.proto.flags }

// Serve serves requests until the connection is gone, by unmounting or otherwise,
// and all requests are answered. The error is nil, or ECONNABORTED if somebody
// has aborted it (with Linux 4.17), or what else went wrong.
func (c *Conn) Serve(h Handler) error {
	c.serve = h.Serve
	threads := len(c.devices)
	if c.uring != nil {
		threads += len(c.uring.workers)
	}
	addProcs(threads)
	defer addProcs(-threads)
	errs := make([]error, 1+len(c.devices))
	var group sync.WaitGroup
	for i, d := range c.devices {
		group.Go(func() { errs[1+i] = d.loop() })
	}
	if c.uring != nil {
		errs[0] = c.uring.serve()
	}
	group.Wait()
	c.away.Wait()
	c.close()
	for _, err := range errs {
		if err != nil {
			return err // the others are most likely the same
		}
	}
	return nil
}

// close gives back what the connection has. Nobody uses it any more.
func (c *Conn) close() {
	c.open.Lock()
	defer c.open.Unlock()
	c.closed = true
	if c.uring != nil {
		c.uring.close()
	}
	for _, d := range c.devices {
		d.close()
	}
	unix.Close(c.fd)
	for _, r := range c.spare {
		r.free()
	}
}
