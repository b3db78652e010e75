package inode

import "sync/atomic"

// File types and permission bits of st_mode (inode(7)), named here so that the
// store does not depend on the system it is compiled for.
const (
	modeFIFO    = 0o010000
	modeChar    = 0o020000
	modeDir     = 0o040000
	modeBlock   = 0o060000
	modeRegular = 0o100000
	modeSymlink = 0o120000
	modeSocket  = 0o140000

	typeMask = 0o170000
	permMask = 0o007777
	rwxMask  = 0o000777
	setuid   = 0o004000
	setgid   = 0o002000

	groupExecute = 0o000010
)

// fileType holds the file type bits of st_mode, shifted as in d_type of
// getdents(2), where they fit a byte.
type fileType uint8

const (
	typeDir     fileType = modeDir >> 12
	typeRegular fileType = modeRegular >> 12
	typeSymlink fileType = modeSymlink >> 12
)

// mode returns the bits as in st_mode.
func (t fileType) mode() uint32 { return uint32(t) << 12 }

// inodeState has what else there is to know of an inode: its flags, each at the
// bit that it has in FS_IOC_SETFLAGS, and linkable.
type inodeState uint8

// linkable is the state of an inode that Tmpfile made, until its first link
// (I_LINKABLE of the kernel).
const linkable inodeState = 1 << iota

// linksMax is the largest link count: that of the 32 bits FUSE has for it.
const linksMax = 1<<32 - 1

// inode is what stat(2) shows, and the contents. It is kept to 128 bytes,
// because there may be millions.
type inode struct {
	// Constant data.
	id         ID
	generation uint32
	rdev       uint32

	// Mutable state.
	mu inodeMutex

	// How often the inode was given out and not yet forgotten; lookupsFreed once
	// it is gone.
	//
	// INVARIANT: it grows only while mu of a directory with a dentry for the
	// inode is held, so not from zero once the last link is gone; and with the
	// first link of what Tmpfile made. LookupID holds mu of the inode instead,
	// under which freeLocked looks whether it is still zero; LookupParent holds mu
	// of a directory in the inode that is linked, and keeps the inode linked.
	lookups counter

	// Constant, and here because here it takes no room.
	kind fileType
	// +checklocks:mu
	state inodeState
	// The permission bits of st_mode.
	// +checklocks:mu
	perm uint16
	// Dentries that name the inode; of a directory, also "." in itself and ".."
	// in each directory in it.
	// +checklocks:mu
	nlink uint32
	// +checklocks:mu
	uid, gid uint32
	// Bytes, of a regular file only.
	// +checklocks:mu
	size int64

	// Nanoseconds since the epoch. The time of last access may change while mu
	// is held for reading.
	atime atomic.Int64
	// +checklocks:mu
	mtime, ctime int64
	btime        int64 // constant

	// A *directory, which never changes, a *symlink, or a *regular, nil for a
	// file to which nothing was written; nil for the other types.
	// +checklocks:mu
	content any
	// Sorted by name; nil when there are none. The ACLs are among them.
	//
	// INVARIANT: an access ACL says more than permission bits can, and perm has
	// what those say of it. Only directories have a default ACL.
	// +checklocks:mu
	xattrs *[]xattr
}

// newInode makes an inode of the given type and permission bits, with one
// link, one lookup, and no number yet. The caller has taken it off the limits.
func (s *Store) newInode(mode, rdev uint32, owner Caller) *inode {
	now := s.clock.now()
	i := &inode{
		kind:  fileType(mode & typeMask >> 12),
		perm:  uint16(mode & permMask),
		rdev:  rdev,
		nlink: 1,
		uid:   owner.UID,
		gid:   owner.GID,
		mtime: now,
		ctime: now,
		btime: now,
	}
	i.mu.init(i)
	i.atime.Store(now)
	i.lookups.Store(1)
	return i
}

func (i *inode) isDir() bool { return i.kind == typeDir }

// freed reports whether the inode is gone; an operation that still held its
// number must not touch it.
func (i *inode) freed() bool { return i.lookups.Load() == lookupsFreed }

const lookupsFreed = -1

// freeLocked frees the inode if it has neither links nor lookups left. What
// it held goes back to the limits last, when the memory is really free.
//
// +checklocks:i.mu
func (s *Store) freeLocked(i *inode) {
	if i.nlink > 0 || i.lookups.Load() != 0 {
		return
	}
	s.table.remove(i.id)
	switch c := i.content.(type) {
	case *regular:
		s.dropBlocks(c, 0, blocksMax)
		i.content = nil
	case *symlink:
		s.limits.giveBlocks(c.blocks())
	}
	if i.xattrs != nil {
		for _, x := range *i.xattrs {
			s.limits.giveSpace(x.space())
		}
	}
	i.xattrs = nil
	i.lookups.Store(lookupsFreed)
	s.limits.giveInode(shardOf(i))
}

// Forget takes back n of the lookups of the inode id (FUSE_FORGET). The root
// is never freed. An unknown id and an n that is too large are ignored, as
// there is nobody to tell.
func (s *Store) Forget(id ID, n uint64) {
	i := s.table.get(id)
	if i == nil {
		return
	}
	for {
		old := i.lookups.Load()
		if old <= 0 {
			return
		}
		left := old - int64(min(n, uint64(old)))
		if !i.lookups.CompareAndSwap(old, left) {
			continue
		}
		if left > 0 {
			return
		}
		i.mu.Lock()
		s.freeLocked(i)
		i.mu.Unlock()
		return
	}
}

// get returns the inode id, or nil: the number was never given out, or was
// forgotten.
func (s *Store) get(id ID) *inode { return s.table.get(id) }
