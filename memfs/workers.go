package memfs

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
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
	// What they do, one of them at a time for next.
	next func() (r request, ok bool)
	long func(op any) bool
	run  func(request)

	group errgroup.Group
	idle  atomic.Int32 // workers that wait for reading

	// Held by the worker that reads.
	reading sync.Mutex
	// +checklocks:reading
	done bool // the connection is gone
}

// serve returns when next has said that there are no more requests, and all
// have been run. n is the largest number of workers, 0 for the default.
func (w *workers) serve(n int) {
	if n == 0 {
		n = defaultWorkers
	}
	w.group.SetLimit(n)
	w.group.Go(w.work)
	w.group.Wait()
}

func (w *workers) work() error {
	for w.mayWait() {
		w.reading.Lock()
		w.idle.Add(-1)
		r, ok := w.read()
		if !ok {
			w.reading.Unlock()
			return nil
		}
		if w.idle.Load() == 0 {
			w.group.TryGo(w.work)
		}
		w.reading.Unlock()
		w.run(r)
	}
	return nil
}

// mayWait counts the worker as idle unless enough are. A worker that leaves is
// never counted: another could take it for one that will read.
func (w *workers) mayWait() bool {
	for {
		n := w.idle.Load()
		if n >= maxIdle {
			return false
		}
		if w.idle.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// read reads requests and runs the short ones. It returns the first that takes
// long; false when the connection is gone.
//
// +checklocks:w.reading
func (w *workers) read() (request, bool) {
	for !w.done {
		r, ok := w.next()
		if !ok {
			w.done = true
			break
		}
		if w.long(r.op) {
			return r, true
		}
		w.run(r)
	}
	return request{}, false
}
