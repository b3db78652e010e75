package memfs

import "time"

// A thread that sleeps until the next request is woken by an interrupt of
// another processor and a switch of context, which is most of what a request
// costs. Mostly the next request is on its way already. So a reader spins for a
// while before it sleeps; between looks it lets others run, who may be the ones
// to make the request.
const spinTime = 50 * time.Microsecond

// Who yields the processor to a program that computes gets it back after a
// slice of some milliseconds, while a thread that sleeps is put in front when
// it wakes. A yield that takes longer than crowdedTime says that there are
// such programs. Then it is better to sleep, for the next waits; the number of
// them doubles, from the first to the last of these, while that stays so.
const (
	crowdedTime = time.Millisecond
	crowdedMin  = 1 << 8
	crowdedMax  = 1 << 16
)

// spinner decides whether to spin or to sleep. The zero value is ready.
type spinner struct {
	waiting bool
	until   time.Duration // when to sleep, since started
	crowded int           // how many waits to sleep for after the next long yield
	sleeps  int           // how many of them are left
}

// started is what times are since: a look at one clock, where time.Now looks at two.
var started = time.Now()

// found notes that there was a request.
func (s *spinner) found() { s.waiting = false }

// wait spins once, or sleeps until there may be a request.
func (s *spinner) wait(dev device) {
	now := time.Since(started)
	if !s.waiting {
		s.waiting, s.until = true, now+spinTime
		s.sleeps = max(s.sleeps-1, 0)
	}
	if s.sleeps > 0 || now > s.until {
		dev.wait()
		return
	}
	yield()
	if time.Since(started)-now > crowdedTime {
		s.crowded = min(max(2*s.crowded, crowdedMin), crowdedMax)
		s.sleeps = s.crowded
	} else if s.crowded > 0 {
		s.crowded--
	}
}
