//go:build linux

package fusedev

import (
	"slices"
	"sync"
)

// maxEarly is how many interrupts are remembered for which there was no request
// that waits.
const maxEarly = 256

// interrupts brings an INTERRUPT to the request that it is for.
//
// A request that does not wait is not known here, so that it costs nothing: an
// interrupt of it, or one that comes before the request does or after it was
// answered, is put among the early ones, where a request looks when it begins to
// wait. Too old ones are answered with EAGAIN: then the kernel sends them again
// if the request is still under way. It finds the request only if that came from
// /dev/fuse, and through the same descriptor.
type interrupts struct {
	mu      sync.Mutex
	waiting map[uint64]*waiting // by Unique
	early   []early
	gone    bool // the connection is: everything is interrupted
}

// waiting is a request that can be interrupted.
type waiting struct {
	done   chan struct{}
	closed bool
}

type early struct {
	of    uint64 // the Unique of the request
	reply uint64 // that of the interrupt
}

func (w *waiting) interrupt() {
	if !w.closed {
		w.closed = true
		close(w.done)
	}
}

// Interrupted returns a channel that is closed when the caller has a signal that
// interrupts the request, or when the connection is gone. Whoever waits for
// anything in a request should give up then with EINTR.
func (r *Request) Interrupted() <-chan struct{} {
	if r.wait == nil {
		r.wait = &waiting{done: make(chan struct{})}
		r.conn.interrupts.add(r.Unique, r.wait)
	}
	return r.wait.done
}

func (i *interrupts) add(unique uint64, w *waiting) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.waiting == nil {
		i.waiting = make(map[uint64]*waiting)
	}
	i.waiting[unique] = w
	n := slices.IndexFunc(i.early, func(e early) bool { return e.of == unique })
	if n >= 0 {
		i.early = slices.Delete(i.early, n, n+1)
	}
	if n >= 0 || i.gone {
		w.interrupt()
	}
}

func (i *interrupts) remove(unique uint64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.waiting, unique)
}

// interrupt interrupts the request of, and returns the interrupt that is to be
// answered with EAGAIN, if not 0.
func (i *interrupts) interrupt(of, reply uint64) uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	if w := i.waiting[of]; w != nil {
		w.interrupt()
		return 0
	}
	i.early = append(i.early, early{of, reply})
	if len(i.early) <= maxEarly {
		return 0
	}
	oldest := i.early[0].reply
	i.early = slices.Delete(i.early, 0, 1)
	return oldest
}

// all interrupts whatever waits, and whatever will.
func (i *interrupts) all() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.gone = true
	for _, w := range i.waiting {
		w.interrupt()
	}
}
