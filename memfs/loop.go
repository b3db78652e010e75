package memfs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/jacobsa/fuse"
	"github.com/jacobsa/fuse/fuseops"
	"golang.org/x/sync/errgroup"
)

// server serves a connection by one of the loops.
type server struct {
	fs      *fileSystem
	loop    Loop
	threads int
}

// ServeOps implements fuse.Server: it returns when the connection is gone and
// every request was answered.
func (s *server) ServeOps(c *fuse.Connection) {
	defer s.fs.Destroy()
	switch s.loop {
	case LoopSerial:
		s.serial(c)
	case LoopGoroutine:
		s.goroutines(c)
	default:
		newWorkers(s.fs, c, s.threads).serve()
	}
}

// serial is fuse_loop of libfuse: one goroutine reads, runs and replies.
func (s *server) serial(c *fuse.Connection) {
	for {
		ctx, op, ok := next(c)
		if !ok {
			return
		}
		s.fs.run(c, ctx, op)
	}
}

// goroutines is the way of jacobsa/fuse (fuseutil.NewFileSystemServer): one
// goroutine reads, and starts one for each request.
func (s *server) goroutines(c *fuse.Connection) {
	var group errgroup.Group
	defer group.Wait()
	for {
		ctx, op, ok := next(c)
		if !ok {
			return
		}
		if _, ok := op.(*fuseops.ForgetInodeOp); ok {
			s.fs.run(c, ctx, op) // they come in flurries, and each is short
			continue
		}
		group.Go(func() error {
			s.fs.run(c, ctx, op)
			return nil
		})
	}
}

// next reads a request; false when the connection is gone.
func next(c *fuse.Connection) (context.Context, any, bool) {
	for {
		ctx, op, err := readOp(c)
		switch {
		case err == nil:
			return ctx, op, true
		case err == io.EOF || errors.Is(err, syscall.ECONNABORTED):
			return nil, nil, false // unmounted, or aborted through /sys/fs/fuse
		}
		// A message that is not a request: no kernel sends it, and there is no
		// request to answer. An error of the device itself is another matter,
		// but for those that mean to try again.
		var device *os.PathError
		if errors.As(err, &device) && !errors.Is(err, syscall.ENOENT) && !errors.Is(err, syscall.EAGAIN) {
			log.Printf("memfs: reading the device: %v", err)
			return nil, nil, false
		}
		log.Printf("memfs: %v", err)
	}
}

// readOp is Connection.ReadOp, which panics on some malformed messages.
func readOp(c *fuse.Connection) (ctx context.Context, op any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in reading a request: %v\n%s", p, debug.Stack())
		}
	}()
	return c.ReadOp()
}

// defaultWorkers is how many requests the workers run at a time, and maxIdle
// how many of them wait for the next when they have nothing to do (as
// max_idle_threads of fuse_loop_mt).
const (
	defaultWorkers = 10
	maxIdle        = 3
)

// workers is fuse_loop_mt of libfuse: each worker reads a request, runs it and
// replies, and one reads at a time. A worker hands the reading on to another
// before it runs a request that takes long. A short one it runs first: waking
// another thread takes longer than that.
type workers struct {
	fs *fileSystem
	c  *fuse.Connection

	group errgroup.Group
	idle  atomic.Int32 // workers that wait for reading

	// Held by the worker that reads.
	reading sync.Mutex
	// +checklocks:reading
	done bool // the connection is gone
}

func newWorkers(fs *fileSystem, c *fuse.Connection, n int) *workers {
	if n == 0 {
		n = defaultWorkers
	}
	w := &workers{fs: fs, c: c}
	w.group.SetLimit(n)
	return w
}

func (w *workers) serve() {
	w.group.Go(w.work)
	w.group.Wait()
}

func (w *workers) work() error {
	for w.idle.Add(1) <= maxIdle {
		w.reading.Lock()
		w.idle.Add(-1)
		ctx, op := w.read()
		if op == nil {
			w.reading.Unlock()
			return nil
		}
		if w.idle.Load() == 0 {
			w.group.TryGo(w.work)
		}
		w.reading.Unlock()
		w.fs.run(w.c, ctx, op)
	}
	w.idle.Add(-1)
	return nil
}

// read reads requests and runs the short ones. It returns the first that takes
// long, or nil when the connection is gone.
//
// +checklocks:w.reading
func (w *workers) read() (context.Context, any) {
	for !w.done {
		ctx, op, ok := next(w.c)
		if !ok {
			w.done = true
			break
		}
		if takesLong(op) {
			return ctx, op
		}
		w.fs.run(w.c, ctx, op)
	}
	return nil, nil
}

// takesLong reports whether a request may take longer than it takes to wake
// another worker.
func takesLong(op any) bool {
	const long = 32 << 10 // bytes to copy
	switch op := op.(type) {
	case *fuseops.ReadFileOp:
		return op.Size > long
	case *fuseops.WriteFileOp:
		return len(op.Data) > long
	case *fuseops.ForgetInodeOp, *fuseops.BatchForgetOp, *fuseops.SetInodeAttributesOp, *fuseops.FallocateOp:
		return false
	}
	return false
}
