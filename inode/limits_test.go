package inode

import (
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestLimitsAreExact has several goroutines take all the inodes there are, some
// of them more than once: nobody is refused while there are any, and nobody
// gets one when there are none.
func TestLimitsAreExact(t *testing.T) {
	for _, inodes := range []int64{1, 100, purseLimit / inodeSpace, 3 * purseLimit / inodeSpace} {
		var l limits
		l.init(1, inodes)
		var got atomic.Int64
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for k := 0; l.takeInode(g); k++ {
					got.Add(1)
					if k%3 == 0 {
						got.Add(-1)
						l.giveInode(g)
					}
				}
			})
		}
		wg.Wait()
		if got.Load() != inodes || l.freeInodes() != 0 {
			t.Errorf("%d inodes taken of %d, %d free", got.Load(), inodes, l.freeInodes())
		}
		for range inodes {
			l.giveInode(3)
		}
		if l.freeInodes() != inodes || !l.takeSpace(inodes*inodeSpace) || l.takeInode(5) {
			t.Errorf("%d inodes free of %d after all were given back", l.freeInodes(), inodes)
		}
	}
}

// TestFailedFallocateIsNotInTheWay writes beside a fallocate(2) that cannot be.
func TestFailedFallocateIsNotInTheWay(t *testing.T) {
	s := newStore(t, 1000, 10)
	var stop atomic.Bool
	var wg sync.WaitGroup
	for _, name := range []string{"large", "small"} {
		id := must[Entry](t)(s.Mknod(RootID, name, 0, 0, Caller{})).ID
		wg.Go(func() {
			for n := 0; !stop.Load(); n++ {
				if name == "large" {
					want(t, "Fallocate", s.Fallocate(id, 0, 0, 1<<40), syscall.ENOSPC)
					continue
				}
				_, errno := s.Write(id, make([]byte, 2*BlockSize), 0)
				want(t, "Write", errno, 0)
				s.SetAttr(id, SetAttr{Size: new(int64)})
				if n == 20000 || t.Failed() {
					stop.Store(true)
				}
			}
		})
	}
	wg.Wait()
}
