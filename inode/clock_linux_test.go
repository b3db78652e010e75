package inode

import (
	"testing"
	"time"
)

// tick is longer than that of any kernel (HZ=100).
const tick = int64(10 * time.Millisecond)

// TestClockIsCoarse reads CLOCK_REALTIME_COARSE just before and after. A tick
// may be missed for a moment, not two.
func TestClockIsCoarse(t *testing.T) {
	var c clock
	ticks := map[int64]bool{}
	for len(ticks) < 10 {
		before := coarseNow()
		got := c.now()
		if after := coarseNow(); got < before-tick*2 || got > after {
			t.Fatalf("%d is not between %d and %d", got, before, after)
		}
		ticks[got] = true
	}
}

func TestClockObserves(t *testing.T) {
	var c clock
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

// TestClockSetBack has the system clock set back by an hour.
func TestClockSetBack(t *testing.T) {
	var c clock
	c.floor.Store(coarseNow() + int64(time.Hour))
	if got, now := c.now(), coarseNow(); got > now {
		t.Errorf("clock is ahead by %v", time.Duration(got-now))
	}
}
