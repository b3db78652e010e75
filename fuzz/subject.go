package fuzz

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
)

// subject is a store that programs run on, one after the other.
type subject struct {
	*inode.Store

	// An unlinked file that no program sees, and for which the store has one
	// inode more than the limits say. Setting its times moves the clock of the
	// store on, so that no two operations are at the same time and it shows which
	// times each of them changes.
	clock inode.ID

	// The cookies of the names that learnCookies has met.
	cookies map[string]uint64
}

// subject returns an empty store whose free memory is not zero.
func (r *Runner) subject(l Limits) (subject, error) {
	if t, ok := r.subjects[l]; ok {
		return t, nil
	}
	s, err := inode.New(inode.Config{Blocks: l.Blocks, Inodes: l.Inodes + 1, ATime: inode.ATime(l.ATime), ACL: true})
	if err != nil {
		return subject{}, err
	}
	t, errno := soil(s, l)
	if errno != 0 {
		s.Close()
		return subject{}, errno
	}
	if r.subjects == nil {
		r.subjects = map[Limits]subject{}
	}
	r.subjects[l] = t
	return t, nil
}

// soil writes to all memory that a program may get, as far as that is not too
// much of it, so that a block that is handed out without being cleared shows.
func soil(s *inode.Store, l Limits) (subject, syscall.Errno) {
	e, errno := s.Mknod(inode.RootID, "clock", 0, 0, inode.Caller{})
	if errno != 0 {
		return subject{}, errno
	}
	dirt := make([]byte, min(l.Blocks, 2048)*blockSize)
	for i := range dirt {
		dirt[i] = 0xdb
	}
	if _, errno := s.Write(e.ID, dirt, 0); errno != 0 {
		return subject{}, errno
	}
	if _, errno := s.SetAttr(e.ID, inode.SetAttr{Size: new(int64)}); errno != 0 {
		return subject{}, errno
	}
	if errno := s.Unlink(inode.RootID, "clock"); errno != 0 {
		return subject{}, errno
	}
	t := subject{s, e.ID, map[string]uint64{}}
	return t, t.resetRoot()
}

// resetRoot gives the root the attributes that it begins a program with.
func (t subject) resetRoot() syscall.Errno {
	mode, owner, long := uint32(rootMode), uint32(0), int64(1)
	_, errno := t.SetAttr(inode.RootID, inode.SetAttr{Mode: &mode, UID: &owner, GID: &owner, ATime: &long, MTime: &long})
	return errno
}

// tick moves the clock of the store on to a time that is later than last, by a
// nanosecond at least, and returns that. last must be past.
func (t subject) tick(last int64) int64 {
	last++
	a, _ := t.SetAttr(t.clock, inode.SetAttr{MTime: &last})
	return a.CTime
}

// discard gives up the store of a program that had a finding: whatever state it
// is in, the next program must not see it.
func (r *Runner) discard(l Limits, f *Finding) {
	if f.Check != panicCheck { // else a lock may be held
		r.subjects[l].Close()
	}
	delete(r.subjects, l)
}
