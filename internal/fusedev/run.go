//go:build linux

package fusedev

import (
	"runtime/debug"
	"syscall"
)

// newRequest returns a request with memory to read messages to and to put data
// of replies in.
func newRequest(c *Conn, via replier, message, buffer int) (*Request, error) {
	m, err := newBuffer(message + buffer)
	if err != nil {
		return nil, err
	}
	return &Request{conn: c, via: via, memory: m, message: m[:message:message], buffer: m[message:]}, nil
}

func (r *Request) free() { freeBuffer(r.memory) }

const (
	// A message is data, and this much before it at most.
	messageHead = 4096

	// minData is room for the largest extended attribute, twice.
	minData = 128 << 10
)

// take returns a request that a device can read to.
func (c *Conn) take(d *device) (*Request, error) {
	c.mu.Lock()
	if n := len(c.spare); n > 0 {
		r := c.spare[n-1]
		c.spare = c.spare[:n-1]
		c.mu.Unlock()
		r.via = d
		return r, nil
	}
	c.mu.Unlock()
	size := max(c.reply.maxData(), minData)
	return newRequest(c, d, messageHead+size, size)
}

// give takes a request back. One for each thread is kept for the next.
func (c *Conn) give(r *Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.spare) < c.opts.Threads {
		c.spare = append(c.spare, r)
	} else {
		r.free()
	}
}

// run runs a request that was decoded with errno, and returns the errno to reply
// with. If r.later is set then it is that which runs it.
func (c *Conn) run(r *Request, errno syscall.Errno) syscall.Errno {
	r.begin()
	r.later = nil
	switch {
	case errno != 0:
		return errno
	case r.format.internal:
		return syscall.EIO
	}
	return c.contain(c.serve, r)
}

// contain calls f. If it panics the request is answered with EIO.
func (c *Conn) contain(f func(*Request) syscall.Errno, r *Request) (errno syscall.Errno) {
	errno = syscall.EIO
	defer func() {
		c.lap(r, &r.watch.took.Operation)
		if p := recover(); p != nil {
			r.later = nil
			c.opts.Logger.Printf("fusedev: panic in %v: %v\n%s", r.Opcode, p, debug.Stack())
		}
	}()
	return f(r)
}

// Go makes a request run on a goroutine of its own: when Serve returns, which it
// should do at once, f is called as Serve would be, and replies. Meanwhile the
// thread that has read the request reads others. A request that waits for
// another one, as SETLKW does, must do so in f, or the other may never be read;
// one that takes longer than to wake a thread should.
//
// What Serve returns is ignored then; Go returns 0 for it. On f, Go must not be
// called.
func (r *Request) Go(f func(*Request) syscall.Errno) syscall.Errno {
	r.later = f
	return 0
}

// launch starts the goroutine.
func (c *Conn) launch(r *Request) {
	c.away.Go(func() { r.via.finish(r, c.contain(r.later, r)) })
}

// end is called before the reply is sent.
func (r *Request) end() {
	if r.wait != nil {
		r.conn.interrupts.remove(r.Unique)
		r.wait = nil
	}
}
