package inode

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// TestClockObservesTogether has several observe the time at once: it must not go back.
func TestClockObservesTogether(t *testing.T) {
	var c clock
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			for range 100_000 {
				now := time.Now().UnixNano()
				c.observe(now)
				if floor := c.floor.Load(); floor < now {
					return fmt.Errorf("%d was observed, and then %d", now, floor)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}
