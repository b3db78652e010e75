package inode

import (
	"math"
	"syscall"
)

// Dirent is a name in a directory, as getdents(2) lists it.
type Dirent struct {
	Name string
	ID   ID
	Type uint32 // the file type bits of st_mode
	// Next is the offset at which a listing goes on behind this name.
	Next uint64
}

// ReadDir calls f for each name in the directory id from offset on, which is 0
// or the Next of an earlier name, until f returns false. "." and ".." come
// first; the others in no order that means anything. What is there from the
// first call of a listing to the last is listed exactly once.
//
// f runs with the directory locked and must not call the Store.
func (s *Store) ReadDir(id ID, offset uint64, f func(Dirent) bool) syscall.Errno {
	return s.readDir(id, offset, func(d Dirent, _ *inode) bool { return f(d) })
}

// ReadDirPlus is ReadDir with the inode of each name. Those for which f
// returns true are given out; "." and ".." are not, and come with an Entry
// whose ID is 0.
func (s *Store) ReadDirPlus(id ID, offset uint64, f func(Dirent, Entry) bool) syscall.Errno {
	return s.readDir(id, offset, func(d Dirent, i *inode) bool {
		if i == nil {
			return f(d, Entry{})
		}
		i.mu.RLock()
		e := i.entryLocked()
		i.mu.RUnlock()
		if !f(d, e) {
			return false
		}
		i.lookups.Add(1)
		return true
	})
}

func (s *Store) readDir(id ID, offset uint64, f func(Dirent, *inode) bool) syscall.Errno {
	p, d, errno := s.rlockDir(id)
	if errno != 0 {
		return errno
	}
	defer p.mu.RUnlock()
	if offset == 0 {
		s.accessedLocked(p)
	}
	if offset < cookieDot && !f(Dirent{".", id, modeDir, cookieDot}, nil) {
		return 0
	}
	if offset < cookieDotDot && !f(Dirent{"..", d.parent.id, modeDir, cookieDotDot}, nil) {
		return 0
	}
	if d.entries == nil || offset == math.MaxUint64 { // behind which nothing can be
		return 0
	}
	d.entries.AscendGreaterOrEqual(dirent{cookie: offset + 1}, func(e dirent) bool {
		return f(Dirent{e.name, e.child.id, e.child.kind.mode(), e.cookie}, e.child)
	})
	return 0
}
