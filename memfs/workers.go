package memfs

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/jacobsa/fuse/fuseops"
	"golang.org/x/sync/errgroup"

	"github.com/scratchfs/memfs/inode"
)

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
	r  *reader

	group errgroup.Group
	idle  atomic.Int32 // workers that wait for reading

	// Held by the worker that reads.
	reading sync.Mutex
	// +checklocks:reading
	done bool // the connection is gone
}

func newWorkers(fs *fileSystem, r *reader, n int) *workers {
	if n == 0 {
		n = defaultWorkers
	}
	w := &workers{fs: fs, r: r}
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
		w.fs.run(w.r.c, ctx, op)
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
		ctx, op, ok := w.r.next()
		if !ok {
			w.done = true
			break
		}
		if w.takesLong(op) {
			return ctx, op
		}
		w.fs.run(w.r.c, ctx, op)
	}
	return nil, nil
}

const (
	longCopy = 32 << 10                   // bytes to copy
	longDrop = 16 << 20 / inode.BlockSize // blocks to give back to the system
)

// takesLong reports whether a request may take longer than it takes to wake
// another worker.
func (w *workers) takesLong(op any) bool {
	switch op := op.(type) {
	case *fuseops.ReadFileOp:
		return op.Size > longCopy
	case *fuseops.WriteFileOp:
		return len(op.Data) > longCopy
	case *fuseops.FallocateOp:
		return op.Length > longDrop*inode.BlockSize
	case *fuseops.SetInodeAttributesOp:
		return op.Size != nil && w.large(op.Inode)
	case *fuseops.ForgetInodeOp:
		return w.large(op.Inode)
	case *fuseops.BatchForgetOp:
		return slices.ContainsFunc(op.Entries, func(e fuseops.BatchForgetEntry) bool { return w.large(e.Inode) })
	}
	return false
}

// large reports whether it takes long to empty a file.
func (w *workers) large(id fuseops.InodeID) bool {
	a, _ := w.fs.store.GetAttr(inode.ID(id))
	return a.Blocks > longDrop
}
