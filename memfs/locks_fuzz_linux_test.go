package memfs

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// FuzzLocks sets and takes away locks on the first few bytes of a file, on the
// last one, and on all between, and compares with a model that has a table of who
// holds each.
func FuzzLocks(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := 4; n <= 400; n += 4 {
		data := make([]byte, n)
		for k := range data {
			data[k] = byte(random.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, models := newLocks(), map[lockedFile]*lockModel{onFile: {}, byCall: {}}
		for ; len(data) >= 4; data = data[4:] {
			do, who, from, to := data[0], data[1], int(data[2]%lockCells), int(data[3]%lockCells)
			on := onFile
			if do&0x80 != 0 {
				on, from, to = byCall, 0, lockCells-1
			}
			l := lock{start: uint64(min(from, to)), end: uint64(max(from, to)), kind: unix.F_RDLCK, owner: uint64(who % 3), file: uint64(who % 6)}
			if l.end == lockCells-1 {
				l.end = 1<<64 - 1
			}
			if who&0x80 != 0 {
				l.kind = unix.F_WRLCK
			}
			if err := lockStep(s, models, on, l, do%7); err != nil {
				t.Fatal(err)
			}
		}
		for node := range models {
			for file := range uint64(6) {
				s.release(node.node, file)
			}
		}
		if len(s.files) != 0 || len(s.waits) != 0 {
			t.Fatalf("left: %+v, %v", s.files, s.waits)
		}
	})
}

// lockCells is how many parts of a file the model tells apart. The last one is all
// bytes behind the others.
const lockCells = 12

// lockModel has who holds each part of a file, and how.
type lockModel [lockCells]map[uint64]lock // by owner; start and end do not count

// within returns the parts that a lock is on.
func (m *lockModel) within(l lock) []map[uint64]lock {
	for k := range m {
		if m[k] == nil {
			m[k] = map[uint64]lock{}
		}
	}
	return m[l.start : min(l.end, lockCells-1)+1]
}

func (m *lockModel) taken(l lock) bool {
	for _, part := range m.within(l) {
		for owner, held := range part {
			if owner != l.owner && (held.kind == unix.F_WRLCK || l.kind == unix.F_WRLCK) {
				return true
			}
		}
	}
	return false
}

func (m *lockModel) unlock(l lock) {
	for _, part := range m.within(l) {
		delete(part, l.owner)
	}
}

// set is try and wait, which nobody ends.
func (m *lockModel) set(on lockedFile, l lock, refusal syscall.Errno) syscall.Errno {
	if on.flock {
		m.unlock(l)
	}
	if m.taken(l) {
		return refusal
	}
	for _, part := range m.within(l) {
		part[l.owner] = lock{kind: l.kind, owner: l.owner, file: l.file}
	}
	return 0
}

// lockStep does something to the locks and to the model of a file.
func lockStep(s *locks, models map[lockedFile]*lockModel, on lockedFile, l lock, do byte) error {
	m := models[on]
	all := lock{end: 1<<64 - 1, owner: l.owner}
	var got, want syscall.Errno
	switch do {
	case 0, 1:
		got, want = s.try(on, l), m.set(on, l, syscall.EAGAIN)
	case 2:
		interrupted := make(chan struct{})
		close(interrupted)
		got, want = s.wait(on, l, interrupted), m.set(on, l, syscall.EINTR)
	case 3:
		s.unlock(on, l)
		m.unlock(l)
	case 4:
		s.flush(on.node, l.owner)
		models[onFile].unlock(all)
	case 5:
		s.release(on.node, l.file)
		for _, m := range models {
			for _, part := range m.within(all) {
				for owner, held := range part {
					if held.file == l.file {
						delete(part, owner)
					}
				}
			}
		}
	case 6:
		if other, found := s.find(on, l); found != m.taken(l) || found && !l.conflicts(other) {
			return fmt.Errorf("%+v would wait for %+v, %v", l, other, found)
		}
	}
	if got != want {
		return fmt.Errorf("%d of %+v: %v, want %v", do, l, got, want)
	}
	for on, m := range models {
		if err := sameLocks(s, on, m); err != nil {
			return err
		}
	}
	return nil
}

// sameLocks compares all locks on a file.
func sameLocks(s *locks, on lockedFile, m *lockModel) error {
	var held lockModel
	held.within(lock{})
	if file := s.files[on]; file != nil {
		for _, l := range file.list {
			for _, part := range held.within(l) {
				if _, twice := part[l.owner]; twice {
					return fmt.Errorf("two locks of one owner overlap: %+v", file.list)
				}
				part[l.owner] = lock{kind: l.kind, owner: l.owner, file: l.file}
			}
		}
	}
	m.within(lock{})
	if !reflect.DeepEqual(&held, m) {
		return fmt.Errorf("held: %v, want %v", held, *m)
	}
	return nil
}
