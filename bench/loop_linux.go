package bench

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A task is a job with what it works on.
type task struct {
	fs    fileSystem
	job   job
	meter *meter
}

// A worker is one thread of a closed loop: it does an operation, and when that
// is done the next.
type worker struct {
	*task
	id  int
	dir node // of its own, unless all work in one
}

// An operation is what a worker does all the time.
type operation struct {
	do func() error

	// size is how many units of the workload it is; 0 means 1.
	size int64

	// done, if not nil, is called in the end: it checks what was done.
	done func() error
}

// loop lets the threads of a closed loop do the operations of a workload for a
// while, and measures.
func (t *task) loop(w *workload) ([]sample, error) {
	n := max(t.job.Threads, 1)
	// One more than the workers, each of which blocks in system calls.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n + 1))
	ops := make([]operation, n)
	for i := range ops {
		dir := t.fs.Root()
		if !t.job.Shared {
			var err error
			if dir, err = makeDir(t.fs, dir, "thread"+strconv.Itoa(i)); err != nil {
				return nil, fmt.Errorf("set up: %w", err)
			}
			defer t.fs.Close(dir)
		}
		var err error
		if ops[i], err = w.loop(&worker{t, i, dir}); err != nil {
			return nil, fmt.Errorf("set up: %w", err)
		}
	}
	s, err := t.drive(ops)
	for _, op := range ops {
		if op.done != nil {
			if e := op.done(); err == nil && e != nil {
				err = fmt.Errorf("afterwards: %w", e)
			}
		}
	}
	return []sample{s}, err
}

// drive runs each operation in a thread, first to warm up and then measured.
func (t *task) drive(ops []operation) (sample, error) {
	type result struct {
		h   *hdrhistogram.Histogram
		n   int64
		err error
	}
	results := make([]result, len(ops))
	var warm, finished sync.WaitGroup
	warm.Add(len(ops))
	start := make(chan time.Time)
	for i, op := range ops {
		r := &results[i]
		r.h = newHistogram()
		finished.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for end := time.Now().Add(t.job.Warm); r.err == nil && time.Now().Before(end); {
				r.err = op.do()
			}
			warm.Done()
			last := <-start
			// The end of an operation is the beginning of the next, so that each
			// costs one look at the clock.
			for end := last.Add(t.job.Duration); r.err == nil && last.Before(end) && (r.n < t.job.MaxOps || t.job.MaxOps == 0); r.n++ {
				r.err = op.do()
				now := time.Now()
				record(r.h, now.Sub(last))
				last = now
			}
		})
	}
	warm.Wait()
	err := t.meter.begin()
	now := time.Now()
	for range ops {
		start <- now
	}
	finished.Wait()

	h, n := results[0].h, int64(0)
	for i, r := range results {
		if err == nil {
			err = r.err
		}
		n += r.n * max(ops[i].size, 1)
		if i > 0 {
			h.Merge(r.h)
		}
	}
	round, e := t.meter.end(n)
	if err == nil {
		err = e
	}
	return sample{Round: round, Latency: bucketsOf(h)}, err
}
