package memfs

import (
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// locks keeps the locks of fcntl(2) and of flock(2), which know nothing of each
// other, where the kernel leaves them to the server.
type locks struct {
	mu    sync.Mutex
	files map[lockedFile]*fileLocks // those with locks
	// Number of the last file that was opened.
	opened uint64
	// For whom the owners of locks of fcntl(2) wait, to find deadlocks.
	waits map[uint64]uint64
}

// lockedFile is a file, as far as one of the two calls goes.
type lockedFile struct {
	node  uint64
	flock bool
}

// fileLocks are the locks on a file.
type fileLocks struct {
	list    []lock        // those of one owner do not overlap
	changed chan struct{} // closed when one goes, nil if nobody waits
}

// lock is one of an owner on the bytes from start to end, both in it.
type lock struct {
	start, end uint64
	kind       uint32 // F_RDLCK or F_WRLCK
	pid        uint32
	owner      uint64 // a process, or an open file
	file       uint64 // the open file through which it was set
}

func newLocks() *locks {
	return &locks{files: map[lockedFile]*fileLocks{}, waits: map[uint64]uint64{}}
}

// open returns a number for an open file.
func (s *locks) open() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	return s.opened
}

func (l lock) overlaps(m lock) bool { return l.start <= m.end && m.start <= l.end }

func (l lock) conflicts(m lock) bool {
	return l.owner != m.owner && l.overlaps(m) && (l.kind == unix.F_WRLCK || m.kind == unix.F_WRLCK)
}

// find returns a lock that l would have to wait for.
func (s *locks) find(f lockedFile, l lock) (lock, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.findLocked(f, l)
}

func (s *locks) findLocked(f lockedFile, l lock) (lock, bool) {
	file := s.files[f]
	if file == nil {
		return lock{}, false
	}
	n := slices.IndexFunc(file.list, l.conflicts)
	if n < 0 {
		return lock{}, false
	}
	return file.list[n], true
}

// try sets a lock, in place of what its owner has on those bytes; EAGAIN if
// somebody else has one.
func (s *locks) try(f lockedFile, l lock) syscall.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveUpLocked(f, l)
	if _, taken := s.findLocked(f, l); taken {
		return syscall.EAGAIN
	}
	s.setLocked(f, l)
	return 0
}

// wait is try that waits for others. EINTR if it is interrupted, EDEADLK if one
// of them waits for this owner.
func (s *locks) wait(f lockedFile, l lock, interrupted <-chan struct{}) syscall.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveUpLocked(f, l)
	for {
		other, taken := s.findLocked(f, l)
		if !taken {
			s.setLocked(f, l)
			return 0
		}
		if !f.flock {
			if s.waitsFor(other.owner, l.owner) {
				return syscall.EDEADLK
			}
			s.waits[l.owner] = other.owner
		}
		file := s.files[f]
		if file.changed == nil {
			file.changed = make(chan struct{})
		}
		changed := file.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-interrupted:
			s.mu.Lock()
			delete(s.waits, l.owner)
			return syscall.EINTR
		}
		s.mu.Lock()
		delete(s.waits, l.owner)
	}
}

// waitsFor reports whether an owner waits for another one, or for one that does.
func (s *locks) waitsFor(a, b uint64) bool {
	for range len(s.waits) + 1 {
		if a == b {
			return true
		}
		next, ok := s.waits[a]
		if !ok {
			return false
		}
		a = next
	}
	return false
}

// giveUpLocked gives up the lock of an open file that wants one of the other
// kind: flock(2) does so before it looks whether it can have that.
func (s *locks) giveUpLocked(f lockedFile, l lock) {
	if f.flock {
		s.unlockLocked(f, l)
	}
}

// unlock takes the bytes of l off the locks of its owner.
func (s *locks) unlock(f lockedFile, l lock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unlockLocked(f, l)
}

// flush takes away the locks of fcntl(2) that a process has on a file: it has
// closed a descriptor of it.
func (s *locks) flush(node, owner uint64) {
	s.unlock(lockedFile{node, false}, lock{end: 1<<64 - 1, owner: owner})
}

// release takes away what is left of the locks that were set through an open file:
// its own. Processes had theirs until they closed it.
func (s *locks) release(node, file uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, flock := range []bool{false, true} {
		f := lockedFile{node, flock}
		if locked := s.files[f]; locked != nil {
			s.keepLocked(f, slices.DeleteFunc(locked.list, func(l lock) bool { return l.file == file }))
		}
	}
}

// setLocked sets a lock that conflicts with none. A lock of the same kind next to
// it becomes one with it, as F_GETLK shows.
func (s *locks) setLocked(f lockedFile, l lock) {
	s.unlockLocked(f, l)
	file := s.files[f]
	if file == nil {
		file = new(fileLocks)
		s.files[f] = file
	}
	file.list = slices.DeleteFunc(file.list, func(m lock) bool {
		if m.owner != l.owner || m.file != l.file || m.kind != l.kind {
			return false
		}
		switch {
		case m.end+1 == l.start && l.start != 0:
			l.start = m.start
		case l.end+1 == m.start && m.start != 0:
			l.end = m.end
		default:
			return false
		}
		return true
	})
	file.list = append(file.list, l)
}

func (s *locks) unlockLocked(f lockedFile, l lock) {
	file := s.files[f]
	if file == nil {
		return
	}
	var left []lock
	for _, m := range file.list {
		if m.owner != l.owner || !m.overlaps(l) {
			left = append(left, m)
			continue
		}
		if before := m; m.start < l.start {
			before.end = l.start - 1
			left = append(left, before)
		}
		if after := m; m.end > l.end {
			after.start = l.end + 1
			left = append(left, after)
		}
	}
	s.keepLocked(f, left)
}

// keepLocked makes left the locks on a file, and lets those who wait look again.
func (s *locks) keepLocked(f lockedFile, left []lock) {
	file := s.files[f]
	file.list = left
	if file.changed != nil {
		close(file.changed)
		file.changed = nil
	}
	if len(left) == 0 {
		delete(s.files, f)
	}
}
