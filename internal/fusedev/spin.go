//go:build linux

package fusedev

import (
	"syscall"
	"time"
)

// DefaultSpin is for how long a thread that has nothing to do looks for the next
// request before it sleeps.
//
// To wake a thread that sleeps, mostly on another processor, costs more than to
// serve a request, and mostly the next one is on its way. Between looks the
// thread yields the processor, to whoever may be about to make the request.
const DefaultSpin = 50 * time.Microsecond

// Who yields the processor to a program that computes gets it back after a slice
// of some milliseconds, while a thread that sleeps is put in front when it
// wakes. A yield that takes longer than crowdedTime says that there are such
// programs. Then it is better to sleep at once, for the next waits; their number
// doubles, from the first to the last of these, while that stays so.
const (
	crowdedTime = time.Millisecond
	crowdedMin  = 1 << 8
	crowdedMax  = 1 << 16
)

// spinner decides whether to look once more or to sleep.
type spinner struct {
	limit   time.Duration
	waiting bool
	until   time.Duration
	crowded int // how many waits to sleep for after the next long yield
	sleeps  int // how many of them are left
}

var started = time.Now()

// again yields the processor and reports whether to look once more.
func (s *spinner) again() bool {
	if s.limit == 0 {
		return false
	}
	now := time.Since(started)
	if !s.waiting {
		if s.sleeps > 0 {
			s.sleeps--
			return false
		}
		s.waiting = true
		s.until = now + s.limit
	}
	if now > s.until {
		s.done()
		return false
	}
	// Raw: a thread that does not block keeps its P, which spares the Go
	// scheduler two hand-overs each time.
	syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
	if time.Since(started)-now > crowdedTime {
		s.crowded = min(max(2*s.crowded, crowdedMin), crowdedMax)
		s.sleeps = s.crowded
	} else if s.crowded > 0 {
		s.crowded--
	}
	return true
}

// done notes that the wait is over.
func (s *spinner) done() { s.waiting = false }
