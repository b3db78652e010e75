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
// Reading CLOCK_REALTIME_COARSE is a system call in Go. The result is good for
// a tick, so the cheap time.Now is asked whether the tick has passed.
type clock struct {
	tick int64        // ns
	last atomic.Int64 // ns since the epoch
}

func (c *clock) init() {
	c.tick = coarseResolution()
	c.last.Store(coarseNow())
}

// now returns the coarse time in nanoseconds since the epoch.
func (c *clock) now() int64 {
	fine := time.Now().UnixNano()
	if last := c.last.Load(); fine >= last && fine < last+c.tick {
		return last
	}
	t := coarseNow()
	c.last.Store(t)
	return t
}

// observe takes note of a time that came from outside. Since Linux 6.13 the
// kernel's coarse clock may run ahead of CLOCK_REALTIME_COARSE by less than a
// tick (ktime_get_coarse_real_ts64_mg); what is stamped next must not be older.
func (c *clock) observe(t int64) {
	last := c.last.Load()
	if t > last && t <= time.Now().UnixNano() && t < last+2*c.tick {
		c.last.CompareAndSwap(last, t)
	}
}
