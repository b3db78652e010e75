//go:build linux

package fstest

import (
	"cmp"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// tick waits until whatever is stamped next is later than whatever was stamped
// before. The kernel stamps with the coarse clock, which moves once per timer
// interrupt and lags behind the fine one; since Linux 6.13 it also gives a fine
// stamp to a file whose last one was looked at. So the coarse clock must pass
// what the fine one shows now.
func tick(t *testing.T) {
	t.Helper()
	var start unix.Timespec
	must(t, unix.ClockGettime(unix.CLOCK_REALTIME, &start), "clock_gettime")
	for compareTime(coarse(t), start) <= 0 {
		runtime.Gosched()
	}
}

func coarse(t *testing.T) unix.Timespec {
	t.Helper()
	var now unix.Timespec
	must(t, unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &now), "clock_gettime")
	return now
}

func compareTime(a, b unix.Timespec) int {
	return cmp.Or(cmp.Compare(a.Sec, b.Sec), cmp.Compare(a.Nsec, b.Nsec))
}

// A stamp is a set of time stamps.
type stamp int

const (
	atime stamp = 1 << iota
	mtime
	ctime
)

func (s stamp) String() string {
	return [...]string{
		"none", "atime", "mtime", "atime+mtime", "ctime",
		"atime+ctime", "mtime+ctime", "atime+mtime+ctime",
	}[s&7]
}

// moved returns the time stamps that are later in b than in a. A stamp that
// went back ends the test.
func moved(t *testing.T, a, b unix.Stat_t, what string) stamp {
	t.Helper()
	var s stamp
	for _, x := range []struct {
		bit  stamp
		a, b unix.Timespec
	}{
		{atime, a.Atim, b.Atim},
		{mtime, a.Mtim, b.Mtim},
		{ctime, a.Ctim, b.Ctim},
	} {
		switch compareTime(x.b, x.a) {
		case +1:
			s |= x.bit
		case -1:
			t.Fatalf("%v of %s went back from %v to %v", x.bit, what, x.a, x.b)
		}
	}
	return s
}

// A watch remembers the attributes of files while an operation goes on.
type watch struct {
	paths  []string
	before []unix.Stat_t
}

// watchTimes takes note of the time stamps at paths and lets the clock tick.
func watchTimes(t *testing.T, paths ...string) *watch {
	t.Helper()
	w := &watch{paths: paths}
	for _, p := range paths {
		w.before = append(w.before, stat(t, p))
	}
	tick(t)
	return w
}

// mustMove ends the test unless exactly the stamps in want moved for the path
// numbered i.
func (w *watch) mustMove(t *testing.T, i int, want stamp, op string) {
	t.Helper()
	w.mustMoveAt(t, i, w.paths[i], want, op)
}

// mustMoveAt is mustMove for a file whose path has changed since.
func (w *watch) mustMoveAt(t *testing.T, i int, path string, want stamp, op string) {
	t.Helper()
	if got := moved(t, w.before[i], stat(t, path), path); got != want {
		t.Fatalf("%s moved %v of %s, want %v", op, got, path, want)
	}
}
