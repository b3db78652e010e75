//go:build !lockrank && !perturb

package inode

import (
	"sync"
	"sync/atomic"
)

// The locks as they are. With the build tag lockrank they check their order
// (rank_on.go), with perturb they yield (perturb.go).

type (
	renameMutex struct{ sync.Mutex }
	inodeMutex  struct{ sync.RWMutex }
	shardMutex  struct{ sync.Mutex }
	slabsMutex  struct{ sync.Mutex }
	blocksMutex struct{ sync.Mutex }
	purseMutex  struct{ sync.Mutex }
)

// counter is a number that goroutines change without a lock.
type counter = atomic.Int64

func (*inodeMutex) init(*inode) {}

// What operations wait for most is observed; see ObserveLockWaits.

func (m *inodeMutex) Lock() {
	if lockWait.Load() == nil {
		m.RWMutex.Lock()
	} else if !m.TryLock() {
		waitFor(&m.RWMutex)
	}
}

func (m *inodeMutex) RLock() {
	if lockWait.Load() == nil {
		m.RWMutex.RLock()
	} else if !m.TryRLock() {
		waitFor(m.RLocker())
	}
}

func (m *renameMutex) Lock() {
	if lockWait.Load() == nil {
		m.Mutex.Lock()
	} else if !m.TryLock() {
		waitFor(&m.Mutex)
	}
}
