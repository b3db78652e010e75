package memfs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/jacobsa/fuse"
)

// reader reads requests. It must not be used by two goroutines at a time.
type reader struct {
	c      *fuse.Connection
	dev    device
	screen *screen // nil on a mount
	spin   spinner
	timed  bool  // the context of a request has its readTime
	err    error // why the connection is gone, if not by unmounting
}

// next returns the next request; false when the connection is gone.
func (r *reader) next() (context.Context, any, bool) {
	for {
		ctx, op, err := r.read()
		switch {
		case err == nil:
			r.spin.found()
			return ctx, op, true
		case errors.Is(err, syscall.EAGAIN):
			if r.screen != nil {
				// The other end may be a goroutine of this process.
				runtime.Gosched()
			}
			r.spin.wait(r.dev)
			continue
		case errors.Is(err, syscall.ENOENT): // interrupted before it was read
			continue
		case err == io.EOF: // unmounted
			return nil, nil, false
		}
		var device *os.PathError
		if errors.As(err, &device) { // ECONNABORTED: through /sys/fs/fuse
			r.err = device.Err
			return nil, nil, false
		}
		// A message that is not a request: no kernel sends it.
		log.Printf("memfs: reading a request: %v", err)
		if r.screen != nil {
			r.screen.refuse()
		}
	}
}

// read is Connection.ReadOp, which panics on some malformed messages.
func (r *reader) read() (ctx context.Context, op any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if r.screen != nil {
		if err := r.screen.next(); err != nil {
			return nil, nil, err
		}
	}
	if !r.timed {
		return r.c.ReadOp()
	}
	start := time.Now()
	ctx, op, err = r.c.ReadOp()
	if err == nil {
		ctx = context.WithValue(ctx, readTime{}, time.Since(start))
	}
	return ctx, op, err
}
