package memfs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"syscall"

	"github.com/jacobsa/fuse"
)

// reader reads requests. It must not be used by two goroutines at a time.
type reader struct {
	c    *fuse.Connection
	dev  device
	spin spinner
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
			r.spin.wait(r.dev)
			continue
		case errors.Is(err, syscall.ENOENT): // interrupted before it was read
			continue
		case err == io.EOF || errors.Is(err, syscall.ECONNABORTED):
			return nil, nil, false // unmounted, or aborted through /sys/fs/fuse
		}
		log.Printf("memfs: reading a request: %v", err)
		var device *os.PathError
		if errors.As(err, &device) {
			return nil, nil, false
		}
		// A message that is not a request: no kernel sends it, and there is
		// nothing to answer.
	}
}

// read is Connection.ReadOp, which panics on some malformed messages.
func (r *reader) read() (ctx context.Context, op any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.c.ReadOp()
}
