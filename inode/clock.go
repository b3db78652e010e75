package inode

import (
	"sync/atomic"
	"time"
)

// clock tells the time as the kernel does when it stamps an inode: that of the
// last timer tick (ktime_get_coarse_real_ts64). A finer clock would be wrong
// here. The kernel sends the times of utimensat(UTIME_NOW) and of O_TRUNC from
// its coarse clock; stamped by a finer one, a file written just before another
// is touched would look newer than the one touched after it.
//
// Reading CLOCK_REALTIME_COARSE is a system call in Go, and time.Now is not. So
// the result is used again until, by time.Now, the next tick is due.
type clock struct {
	tick int64 // ns

	last    atomic.Int64 // result, ns since the epoch
	checked atomic.Int64 // when it was last read, by time.Now
	// A time that came from outside, see observe.
	floor atomic.Int64
	// How much the tick comes after the time that it sets, at least: the kernel
	// may keep the coarse clock a tick behind.
	lag atomic.Int64
}

func (c *clock) init() {
	c.tick = coarseResolution()
	c.last.Store(coarseNow())
}

// now returns the coarse time in nanoseconds since the epoch.
func (c *clock) now() int64 {
	fine := time.Now().UnixNano()
	last := c.last.Load()
	if since := fine - last; since >= 0 && since < c.tick+c.lag.Load() {
		return last
	}
	t := max(coarseNow(), c.floor.Load())
	before := c.checked.Swap(fine)
	if t != last {
		c.last.Store(t)
		// The tick came after it was last looked for. Looked for long ago, that
		// says nothing.
		if fine-before < c.tick/8 && before > t {
			c.lag.Store(before - t)
		}
	}
	return t
}

// observe takes note of a time that came from outside. Since Linux 6.13 the
// kernel's coarse clock may run ahead of CLOCK_REALTIME_COARSE by less than a
// tick (ktime_get_coarse_real_ts64_mg); what is stamped next must not be older.
// A time that is not past yet is nobody's clock.
func (c *clock) observe(t int64) {
	if last := c.last.Load(); t > last && t <= time.Now().UnixNano() {
		c.floor.Store(t)
		c.last.CompareAndSwap(last, t)
	}
}
