//go:build perturb

package inode

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// The locks, which have the goroutine yield the processor at some of the places
// where it takes one or has given one up, and around each change of a counter. So
// others get in between, on one processor too, where hardly anything ever comes
// in between otherwise.

type (
	renameMutex struct{ yieldingMutex }
	shardMutex  struct{ yieldingMutex }
	slabsMutex  struct{ yieldingMutex }
	blocksMutex struct{ yieldingMutex }
	purseMutex  struct{ yieldingMutex }
)

type yieldingMutex struct{ mu sync.Mutex }

func (m *yieldingMutex) Lock()   { yield(); m.mu.Lock() }
func (m *yieldingMutex) Unlock() { m.mu.Unlock(); yield() }

// inodeMutex is the lock of an inode.
type inodeMutex struct{ mu sync.RWMutex }

func (*inodeMutex) init(*inode) {}

func (m *inodeMutex) Lock()          { yield(); m.mu.Lock() }
func (m *inodeMutex) RLock()         { yield(); m.mu.RLock() }
func (m *inodeMutex) TryRLock() bool { return m.mu.TryRLock() }
func (m *inodeMutex) Unlock()        { m.mu.Unlock(); yield() }
func (m *inodeMutex) RUnlock()       { m.mu.RUnlock(); yield() }

type counter struct{ n atomic.Int64 }

func (c *counter) Load() int64        { return c.n.Load() }
func (c *counter) Store(n int64)      { yield(); c.n.Store(n); yield() }
func (c *counter) Add(n int64) int64  { yield(); defer yield(); return c.n.Add(n) }
func (c *counter) Swap(n int64) int64 { yield(); defer yield(); return c.n.Swap(n) }
func (c *counter) CompareAndSwap(old, n int64) bool {
	yield()
	defer yield()
	return c.n.CompareAndSwap(old, n)
}

// schedule decides where to yield. Goroutines use it side by side: a step that is
// lost does no harm, while a lock or an atomic operation would order them, and so
// hide their data races from the race detector.
var schedule uint64

// Perturb chooses where goroutines yield from now on; with 0 nowhere. With one
// processor the same ones yield at the same places each time. It is for tests.
//
//go:norace
func Perturb(seed uint64) { schedule = seed << 32 }

//go:norace
func nextStep() uint64 {
	if schedule != 0 {
		schedule++
	}
	return schedule
}

// yield lets others run, for one step or for several, one time in three.
func yield() {
	x := nextStep()
	if x == 0 {
		return
	}
	// As splitmix64 does.
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	if x>>32%3 == 0 {
		for range 1 << (x >> 40 % 6) {
			runtime.Gosched()
		}
	}
}
