package memfs

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

var (
	onFile = lockedFile{node: 7}
	byCall = lockedFile{node: 7, flock: true}
)

func lockOn(start, end uint64, kind uint32, owner uint64) lock {
	return lock{start: start, end: end, kind: kind, owner: owner, file: owner}
}

func TestLocksSplitAndMerge(t *testing.T) {
	s := newLocks()
	take := func(l lock) {
		t.Helper()
		if errno := s.try(onFile, l); errno != 0 {
			t.Fatal(errno)
		}
	}
	take(lockOn(0, 99, unix.F_WRLCK, 1))
	take(lockOn(40, 59, unix.F_RDLCK, 1)) // in its place
	if l, found := s.find(onFile, lockOn(0, 1000, unix.F_RDLCK, 2)); !found || l.start == 40 {
		t.Errorf("a reader waits for %+v, %v", l, found)
	}
	if errno := s.try(onFile, lockOn(45, 50, unix.F_RDLCK, 2)); errno != 0 {
		t.Error(errno)
	}
	if errno := s.try(onFile, lockOn(39, 50, unix.F_RDLCK, 2)); errno != syscall.EAGAIN {
		t.Error(errno)
	}
	s.flush(7, 2)
	take(lockOn(40, 59, unix.F_WRLCK, 1))
	if n := len(s.files[onFile].list); n != 1 {
		t.Errorf("%d locks, want 1: %+v", n, s.files[onFile].list)
	}
	s.unlock(onFile, lockOn(10, 19, unix.F_UNLCK, 1))
	if n := len(s.files[onFile].list); n != 2 {
		t.Errorf("%d locks, want 2: %+v", n, s.files[onFile].list)
	}
	if l, found := s.find(onFile, lockOn(15, 1<<63, unix.F_WRLCK, 2)); !found || l.start != 20 || l.end != 99 {
		t.Errorf("%+v, %v", l, found)
	}
	s.release(7, 1)
	if len(s.files) != 0 {
		t.Errorf("left: %+v", s.files)
	}
}

// A lock at the end of the range of numbers has nothing behind it.
func TestLocksAtTheEnd(t *testing.T) {
	s := newLocks()
	const end = 1<<64 - 1
	for _, l := range []lock{lockOn(0, 9, unix.F_WRLCK, 1), lockOn(10, end, unix.F_WRLCK, 1)} {
		if errno := s.try(onFile, l); errno != 0 {
			t.Fatal(errno)
		}
	}
	if n := len(s.files[onFile].list); n != 1 {
		t.Errorf("%d locks, want 1", n)
	}
	s.unlock(onFile, lockOn(0, end, unix.F_UNLCK, 1))
	if len(s.files) != 0 {
		t.Errorf("left: %+v", s.files)
	}
}

func TestLocksWait(t *testing.T) {
	s := newLocks()
	for _, f := range []lockedFile{onFile, byCall} {
		if errno := s.try(f, lockOn(0, 9, unix.F_WRLCK, 1)); errno != 0 {
			t.Fatal(errno)
		}
		done := make(chan syscall.Errno)
		go func() { done <- s.wait(f, lockOn(5, 6, unix.F_RDLCK, 2), nil) }()
		go func() { done <- s.wait(f, lockOn(5, 6, unix.F_RDLCK, 3), nil) }()
		interrupted := make(chan struct{})
		go func() { done <- s.wait(f, lockOn(5, 6, unix.F_WRLCK, 4), interrupted) }()
		close(interrupted)
		if errno := <-done; errno != syscall.EINTR {
			t.Errorf("interrupted: %v", errno)
		}
		s.release(7, 1)
		for range 2 {
			if errno := <-done; errno != 0 {
				t.Error(errno)
			}
		}
		s.release(7, 2)
		s.release(7, 3)
	}
	if len(s.files) != 0 || len(s.waits) != 0 {
		t.Errorf("left: %+v, %+v", s.files, s.waits)
	}
}

// Two owners that wait for each other would do so for ever.
func TestLocksDeadlock(t *testing.T) {
	s := newLocks()
	other := lockedFile{node: 8}
	s.try(onFile, lockOn(0, 0, unix.F_WRLCK, 1))
	s.try(other, lockOn(0, 0, unix.F_WRLCK, 2))
	results := make(chan syscall.Errno)
	go func() {
		errno := s.wait(other, lockOn(0, 0, unix.F_WRLCK, 1), nil)
		if errno != 0 {
			s.release(7, 1)
		}
		results <- errno
	}()
	go func() {
		errno := s.wait(onFile, lockOn(0, 0, unix.F_WRLCK, 2), nil)
		if errno != 0 {
			s.release(8, 2)
		}
		results <- errno
	}()
	a, b := <-results, <-results
	if a+b != syscall.EDEADLK {
		t.Errorf("%v and %v, want one of them EDEADLK", a, b)
	}
}

// flock(2) gives up the lock that it has before it waits for one of another kind.
func TestLocksChangeKind(t *testing.T) {
	s := newLocks()
	s.try(byCall, lockOn(0, 9, unix.F_RDLCK, 1))
	s.try(byCall, lockOn(0, 9, unix.F_RDLCK, 2))
	if errno := s.try(byCall, lockOn(0, 9, unix.F_WRLCK, 1)); errno != syscall.EAGAIN {
		t.Error(errno)
	}
	if errno := s.try(byCall, lockOn(0, 9, unix.F_WRLCK, 2)); errno != 0 {
		t.Error(errno)
	}
}
