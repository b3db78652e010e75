package inode

import "time"

// ATime says when reading a file or a directory updates its time of last
// access (mount(8)).
type ATime int

const (
	// RelATime: when it is not after the time of the last change, or a day old.
	RelATime ATime = iota
	// NoATime: never.
	NoATime
	// StrictATime: always.
	StrictATime
)

const day = int64(24 * time.Hour) // ns

// accessedLocked updates the time of last access, as atime_needs_update in the
// kernel would. Enough that i.mu is held for reading.
func (s *Store) accessedLocked(i *inode) {
	if s.atime == NoATime || s.noDirATime && i.isDir() || i.state&FlagNoATime != 0 {
		return
	}
	last := i.atime.Load()
	if s.atime == StrictATime || last <= i.mtime || last <= i.ctime || last <= time.Now().UnixNano()-day {
		i.atime.Store(s.clock.now())
	}
}
