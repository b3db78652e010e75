package inode

import (
	"testing"
	"time"
)

// TestClockIsCoarse compares the clock with CLOCK_REALTIME_COARSE, read just
// before and after, for some ticks.
func TestClockIsCoarse(t *testing.T) {
	var c clock
	c.init()
	ticks, reads, behind := map[int64]bool{}, 0, 0
	for start := time.Now(); time.Since(start) < 20*time.Duration(c.tick); reads++ {
		before := coarseNow()
		got := c.now()
		after := coarseNow()
		if got > after {
			t.Fatalf("clock is ahead by %d ns", got-after)
		}
		if got < before {
			behind++ // by a moment, at a tick
		}
		ticks[got] = true
	}
	if behind > reads/100 {
		t.Errorf("clock was behind in %d of %d reads", behind, reads)
	}
	if len(ticks) < 2 {
		t.Errorf("clock stood still")
	}
}

func TestClockObserves(t *testing.T) {
	var c clock
	c.init()
	now := c.now()
	c.observe(now + 1)
	if c.now() < now+1 {
		t.Error("clock went behind a time of the kernel")
	}
	c.observe(now - int64(time.Hour))
	c.observe(now + int64(time.Hour))
	if got := c.now(); got < now || got > now+int64(time.Minute) {
		t.Errorf("clock went off by %v", time.Duration(got-now))
	}
}
