package inode

import "syscall"

// Attr holds the attributes of an inode, as stat(2) and statx(2) show them.
// Times are in nanoseconds since the epoch.
type Attr struct {
	ID     ID
	Mode   uint32 // file type and permission bits
	Nlink  uint32
	UID    uint32
	GID    uint32
	Rdev   uint32
	Flags  uint32 // FlagImmutable and so on
	Size   int64  // bytes
	Blocks int64  // of BlockSize bytes, that are taken
	ATime  int64
	MTime  int64
	CTime  int64
	BTime  int64
}

// Entry is an inode that was given out by name. It counts as a lookup of the
// inode: see Store.Forget.
type Entry struct {
	Attr
	Generation uint64
}

// attrLocked returns the attributes; i.mu is held, for reading at least.
func (i *inode) attrLocked() Attr {
	a := Attr{
		ID:    i.id,
		Mode:  i.kind.mode() | uint32(i.perm),
		Nlink: i.nlink,
		UID:   i.uid,
		GID:   i.gid,
		Rdev:  i.rdev,
		Flags: uint32(i.state & flagsAll),
		ATime: i.atime.Load(),
		MTime: i.mtime,
		CTime: i.ctime,
		BTime: i.btime,
	}
	switch c := i.content.(type) {
	case *regular:
		a.Size, a.Blocks = i.size, c.blocks
	case *directory:
		a.Size = int64(c.len()+2) * direntSize
	case *symlink:
		a.Size, a.Blocks = int64(len(c.target)), c.blocks()
	default:
		a.Size = i.size
	}
	return a
}

func (i *inode) entryLocked() Entry {
	return Entry{Attr: i.attrLocked(), Generation: uint64(i.generation)}
}

// GetAttr returns the attributes of the inode id (stat(2)).
func (s *Store) GetAttr(id ID) (Attr, syscall.Errno) {
	i, errno := s.rlock(id)
	if errno != 0 {
		return Attr{}, errno
	}
	defer i.mu.RUnlock()
	return i.attrLocked(), 0
}

// TryGetAttr is GetAttr unless that would have to wait for an operation that
// changes the inode: then it reports false. So it does if there is no inode id.
func (s *Store) TryGetAttr(id ID) (Attr, bool) {
	i := s.get(id)
	if i == nil || !i.mu.TryRLock() {
		return Attr{}, false
	}
	defer i.mu.RUnlock()
	return i.attrLocked(), !i.freed()
}

// SetAttr says which attributes to change: those whose field is not nil.
type SetAttr struct {
	Mode  *uint32 // permission bits; the file type is ignored
	UID   *uint32
	GID   *uint32
	Size  *int64 // bytes
	ATime *int64 // ns since the epoch
	MTime *int64
	// CTime is the time of the last change, where the kernel knows it better
	// (FATTR_CTIME, with the writeback cache); nil for the present, if anything
	// changes.
	CTime *int64

	// MTimeNow sets MTime to the present, as ftruncate(2) and O_TRUNC do
	// whatever the size was.
	MTimeNow bool
	// Touch says that the times are the present, and were not given: who may
	// write to a file may set them so (utimensat(2) without times).
	Touch bool
	// KillSetID has a new size or owner take the set-id bits, as it does unless
	// root truncates (FATTR_KILL_SUIDGID): see KillPriv.
	KillSetID bool
}

// endsPriv reports whether the file must not keep its privileges.
func (set *SetAttr) endsPriv() bool { return set.UID != nil || set.GID != nil || set.Size != nil }

// onlySize reports whether nothing but the size is to be set.
func (set *SetAttr) onlySize() bool {
	return set.Size != nil && *set == SetAttr{Size: set.Size, KillSetID: set.KillSetID}
}

// change reports whether there is anything to set that the flags of the inode
// could forbid.
func (set *SetAttr) change() bool {
	return set.Mode != nil || set.UID != nil || set.GID != nil || set.Size != nil || set.ATime != nil || set.MTime != nil
}

// mayLocked reports whether the flags of i allow for the change (may_setattr,
// fs/attr.c).
func (set *SetAttr) mayLocked(i *inode) bool {
	switch {
	case i.immutableLocked():
		return !set.change()
	case i.appendOnlyLocked():
		return !set.change() || set.Touch && set.Mode == nil && set.UID == nil && set.GID == nil && set.Size == nil
	}
	return true
}

// SetAttr changes attributes (chmod(2), chown(2), truncate(2), utimensat(2))
// and returns them all. EPERM if the file is immutable or append-only; of an
// append-only one the times may be set with Touch. With nothing to change it
// marks ctime, as chown(2) to no owner and no group does. A size is for regular
// files only: EISDIR for a directory, EINVAL for the others and for a negative
// size. The access ACL goes with the mode. A new size or owner takes capabilities,
// and with KillSetID set-id bits.
func (s *Store) SetAttr(id ID, set SetAttr) (Attr, syscall.Errno) {
	i, errno := s.lock(id)
	if errno != 0 {
		return Attr{}, errno
	}
	defer i.mu.Unlock()
	if !set.mayLocked(i) {
		return Attr{}, syscall.EPERM
	}

	for _, t := range [...]*int64{set.ATime, set.MTime, set.CTime} {
		if t != nil {
			s.clock.observe(*t)
		}
	}
	now := s.clock.now()
	marks := !set.onlySize()
	if set.Size != nil {
		// A file without blocks that keeps its size is not marked, as on tmpfs.
		r, _ := i.content.(*regular)
		changes := *set.Size != i.size || r != nil && r.blocks > 0
		if errno := s.truncateLocked(i, *set.Size); errno != 0 {
			return Attr{}, errno
		}
		if changes {
			i.mtime, marks = now, true
		}
	}
	if set.endsPriv() {
		if p := i.privilegesLocked(set.KillSetID); p.any() {
			s.killPrivLocked(i, p)
			marks = true
		}
	}
	if set.MTimeNow {
		i.mtime = now
	}
	if set.Mode != nil {
		s.chmodLocked(i, uint16(*set.Mode&permMask))
	}
	if set.UID != nil {
		i.uid = *set.UID
	}
	if set.GID != nil {
		i.gid = *set.GID
	}
	if set.ATime != nil {
		i.atime.Store(*set.ATime)
	}
	if set.MTime != nil {
		i.mtime = *set.MTime
	}
	switch {
	case set.CTime != nil:
		i.ctime = *set.CTime
	case marks:
		i.ctime = now
	}
	return i.attrLocked(), 0
}
