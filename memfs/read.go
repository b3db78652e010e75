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
	timed  bool  // it takes the time that reading takes
	err    error // why the connection is gone, if not by unmounting
}

// request is a request that the library has read and decoded.
type request struct {
	ctx  context.Context
	op   any           // of package fuseops
	read time.Duration // Observation.Read
}

// next returns the next request; false when the connection is gone.
func (r *reader) next() (request, bool) {
	offered := false
	for {
		req, err := r.read()
		switch {
		case err == nil:
			r.spin.found()
			return req, true
		case errors.Is(err, syscall.EAGAIN):
			if offered = r.screen != nil && !offered; offered {
				runtime.Gosched() // the other end may be a goroutine of this process
			} else {
				r.spin.wait(r.dev)
			}
			continue
		case errors.Is(err, syscall.ENOENT): // interrupted before it was read
			continue
		case err == io.EOF: // unmounted
			return request{}, false
		}
		var device *os.PathError
		if errors.As(err, &device) { // ECONNABORTED: through /sys/fs/fuse
			r.err = device.Err
			return request{}, false
		}
		// A message that is not a request: no kernel sends it.
		log.Printf("memfs: reading a request: %v", err)
		if r.screen != nil {
			r.screen.refuse()
		}
	}
}

// read is Connection.ReadOp, which panics on some malformed messages.
func (r *reader) read() (req request, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if r.screen != nil {
		if err := r.screen.next(); err != nil {
			return request{}, err
		}
	}
	var start time.Duration
	if r.timed {
		start = time.Since(started)
	}
	req.ctx, req.op, err = r.c.ReadOp()
	if r.timed {
		req.read = time.Since(started) - start
	}
	return req, err
}
