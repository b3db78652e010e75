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
// what was read is used again for a moment, in which a tick may be missed.
type clock struct {
	// All in ns since the epoch.
	last  atomic.Int64 // what was read
	read  atomic.Int64 // when, by time.Now
	floor atomic.Int64 // a time that came from outside: see observe

	_ [64]byte // of the cache line of what is constant
}

// fresh is how long what was read is used again, in ns: less than it takes a
// program to see a tick and have the kernel ask for something.
const fresh = int64(20 * time.Microsecond)

// now returns the coarse time in nanoseconds since the epoch. Who calls it later does
// not get an earlier time, unless the clock was set back.
func (c *clock) now() int64 {
	t := c.tick()
	if floor := c.floor.Load(); floor > t && floor-t < int64(time.Second) { // else the clock was set back
		return floor
	}
	return t
}

// tick returns the time of the last tick.
func (c *clock) tick() int64 {
	for {
		fine := time.Now().UnixNano()
		age, last := fine-c.read.Load(), c.last.Load()
		if age >= 0 && age < fresh {
			return last
		}
		// Two that have read at a tick may have read different times. The one that
		// nobody gets from here must not be used, or time would go back.
		t := coarseNow()
		if c.last.CompareAndSwap(last, t) {
			c.read.Store(fine)
			return t
		}
	}
}

// observe takes note of a time that came from outside. Since Linux 6.13 the
// kernel's coarse clock may run ahead of CLOCK_REALTIME_COARSE by some
// milliseconds (ktime_get_coarse_real_ts64_mg); what is stamped next must not be
// older.
// A time that is not past yet is nobody's clock.
func (c *clock) observe(t int64) {
	for {
		floor := c.floor.Load()
		now := time.Now().UnixNano() // and so not before what another has observed
		if t > now || t <= floor && floor <= now || c.floor.CompareAndSwap(floor, t) {
			return
		}
	}
}
