//go:build !lockrank

package inode

import (
	"runtime"
	"testing"
	"time"
)

// A wait for a lock is observed; taking a lock that is free is not.
func TestObserveLockWaits(t *testing.T) {
	s := newStore(t, 10, 10)
	waits := make(chan time.Duration, 1)
	ObserveLockWaits(func(d time.Duration) { waits <- d })
	defer ObserveLockWaits(nil)

	if _, errno := s.GetAttr(RootID); errno != 0 || len(waits) != 0 {
		t.Fatalf("%v, %d waits for a lock that is free", errno, len(waits))
	}
	// Whether the other one waits already cannot be seen from here, so until it
	// does this is done again.
	for len(waits) == 0 {
		i, errno := s.lock(RootID)
		if errno != 0 {
			t.Fatal(errno)
		}
		done := make(chan bool)
		go func() {
			s.GetAttr(RootID)
			close(done)
		}()
		runtime.Gosched()
		i.mu.Unlock()
		<-done
	}
	if d := <-waits; d <= 0 {
		t.Errorf("waited for %v", d)
	}
}
