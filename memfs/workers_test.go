package memfs

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
)

// TestWorkers has requests, long and short, come and be run at odd moments.
// Each is to be run once, one is read at a time, and there is always a worker
// who reads the next.
func TestWorkers(t *testing.T) {
	const requests = 20000
	for _, n := range []int{0, 1, 2, 5, 50} {
		var reading, running, most atomic.Int32
		ran := make([]atomic.Int32, requests)
		read := 0
		w := workers{
			next: func() (request, bool) {
				if reading.Add(1) > 1 {
					t.Error("two workers read at a time")
				}
				runtime.Gosched()
				reading.Add(-1)
				if read == requests {
					return request{}, false
				}
				read++
				return request{op: read - 1}, true
			},
			long: func(op any) bool { return op.(int)%3 > 0 },
			run: func(r request) {
				now := running.Add(1)
				for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
				}
				for range rand.IntN(5) {
					runtime.Gosched()
				}
				ran[r.op.(int)].Add(1)
				running.Add(-1)
			},
		}
		w.serve(n)
		for op := range ran {
			if got := ran[op].Load(); got != 1 {
				t.Fatalf("%d workers: request %d was run %d times", n, op, got)
			}
		}
		if limit := int32(max(n, 1)); n > 0 && most.Load() > limit {
			t.Errorf("%d workers: %d requests at a time", n, most.Load())
		}
		if n != 1 && most.Load() < 2 {
			t.Errorf("%d workers: one request at a time", n)
		}
	}
}
