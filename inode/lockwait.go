package inode

import (
	"sync"
	"sync/atomic"
	"time"
)

// lockWait is told of each wait for the lock of an inode or of a rename.
var lockWait atomic.Pointer[func(time.Duration)]

// ObserveLockWaits has f called after each time that an operation of any Store
// had to wait for the lock of an inode or of a rename, with how long it waited;
// from several goroutines. Nil ends that. While nobody observes, a lock
// costs one look more, whether somebody does.
func ObserveLockWaits(f func(time.Duration)) {
	if f == nil {
		lockWait.Store(nil)
		return
	}
	lockWait.Store(&f)
}

// waitFor takes a lock that was not free.
func waitFor(l sync.Locker) {
	f := lockWait.Load()
	if f == nil {
		l.Lock()
		return
	}
	start := time.Now()
	l.Lock()
	(*f)(time.Since(start))
}
