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
type clock struct {
	tick int64 // ns
	// A time that came from outside, in ns since the epoch: see observe.
	floor atomic.Int64
}

func (c *clock) init() { c.tick = coarseResolution() }

// now returns the coarse time in nanoseconds since the epoch.
func (c *clock) now() int64 {
	t := coarseNow()
	if floor := c.floor.Load(); floor > t && floor < t+2*c.tick { // else the clock was set back
		return floor
	}
	return t
}

// observe takes note of a time that came from outside. Since Linux 6.13 the
// kernel's coarse clock may run ahead of CLOCK_REALTIME_COARSE by less than two
// ticks (ktime_get_coarse_real_ts64_mg); what is stamped next must not be older.
// A time that is not past yet is nobody's clock.
func (c *clock) observe(t int64) {
	now := time.Now().UnixNano()
	if floor := c.floor.Load(); t <= now && (t > floor || floor > now) {
		c.floor.Store(t)
	}
}
