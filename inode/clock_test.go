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
			seen := int64(0)
			for range 100_000 {
				c.observe(time.Now().UnixNano())
				floor := c.floor.Load()
				if floor < seen {
					return fmt.Errorf("%d after %d", floor, seen)
				}
				seen = floor
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}
