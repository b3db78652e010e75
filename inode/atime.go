package inode

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

const day = 24 * 60 * 60 * 1e9 // ns

// accessedLocked updates the time of last access, as atime_needs_update in the
// kernel would. Enough that i.mu is held for reading.
func (s *Store) accessedLocked(i *inode) {
	if s.atime == NoATime || s.noDirATime && i.isDir() {
		return
	}
	now := s.clock.now()
	last := i.atime.Load()
	if s.atime == StrictATime || last <= i.mtime || last <= i.ctime || now-last >= day {
		i.atime.Store(now)
	}
}
