package fuzz

import "math"

// Kind says which operation of the store an Op is.
type Kind uint8

// The operations of the store, one Kind each.
const (
	Lookup Kind = iota
	LookupID
	LookupParent
	GetAttr
	TryGetAttr
	SetAttr
	SetFlags
	KillPriv
	Mknod
	Mkdir
	Symlink
	Link
	Unlink
	Rmdir
	Rename
	Tmpfile
	Readlink
	Read
	Write
	Fallocate
	Seek
	CopyRange
	SetXattr
	GetXattr
	ListXattr
	RemoveXattr
	ReadDir
	ReadDirPlus
	StatFS
	Forget

	kinds // how many there are
)

// Ref names an inode of a program: Root, or the one that an earlier operation
// gave out, by the number of the operation, counted from 1. A reference to an
// operation that gave out none is to the operation before it, and so on down to
// the root. So a program stays one whatever is deleted from it.
type Ref int32

const (
	// Root is the root directory.
	Root Ref = 0
	// Nowhere is an inode number that was never given out.
	Nowhere Ref = -1
)

// Op is an operation as data. Which fields count depends on the Kind: see
// syntax. The others are zero.
type Op struct {
	Kind Kind
	// The thread that runs it, counted from 1; 0 for what is done before there are
	// threads. A program of threads is for FuzzConcurrent.
	Thread uint8

	Inode Ref    // the inode, or the directory of Name
	Name  string // in the directory Inode; of an extended attribute
	// The second inode and name of Rename and Link: where the new name is. The
	// file that CopyRange copies to.
	NewDir  Ref
	NewName string
	Target  string // of a symlink

	UID, GID uint32 // of the caller; in SetAttr, of the new owner
	Umask    uint32 // of the caller
	Mode     uint32 // file type and permission bits
	Rdev     uint32
	Flags    uint32 // of SetFlags, KillPriv, Rename, Read, Write, SetXattr, Fallocate and the listings, see below; whence of Seek
	Set      uint32 // what SetAttr sets

	Offset, Size int64  // bytes
	NewOffset    int64  // in the file that CopyRange copies to
	ATime, MTime int64  // ns since the epoch, or Now
	CTime        int64  // likewise
	Fill         uint8  // chooses the bytes that are written
	Count        uint64 // of lookups to forget, or of names to list, 0 for all
}

// The bits of Op.Set.
const (
	SetMode = 1 << iota
	SetUID
	SetGID
	SetSize
	SetATime
	SetMTime
	SetCTime
	Touch     // the times are the present
	KillSetID // a new size or owner takes the set-id bits

	setAll = 1<<iota - 1
)

// Now as the ATime or MTime of an Op is the time at which the Op runs.
const Now = math.MinInt64

// Resume in Op.Flags has a listing go on where the last one of the directory
// stopped.
const Resume = 1

// NoATime in Op.Flags has a Read leave the time of last access alone, and WriteBack
// has a Write write what was changed earlier, whatever flags the file has got since:
// Store.Peek and Store.WriteBack.
const (
	NoATime   = 1
	WriteBack = 1
)

// Limits is the configuration of the store that a program runs on.
type Limits struct {
	Blocks, Inodes int64
	ATime          int64 // an inode.ATime
}

// Program is a sequence of operations on an empty store.
type Program struct {
	Limits Limits
	Ops    []Op
}

// maxIO is how many bytes a Read or a Write of a program is for at most, whatever
// Op.Size says.
const maxIO = 1 << 17

// ioSize returns the Size of a Read or a Write as a length of a buffer.
func (o *Op) ioSize() int { return int(max(0, min(o.Size, maxIO))) }

// xattrSize is ioSize for extended attributes, whose limit is 64 KiB.
func (o *Op) xattrSize() int { return int(max(0, min(o.Size, 1<<16+1))) }

// xattrValue returns the value for a SetXattr: b, which has xattrSize bytes, with
// what Op.Fill chooses, or for an ACL one of aclValues. Capabilities of 20 bytes are
// some that the kernel takes: VFS_CAP_REVISION_2.
func (o *Op) xattrValue(b []byte) []byte {
	if isACL(o.Name) {
		return aclValues[int(o.Fill)%len(aclValues)]
	}
	pattern(b, o.Fill, 0)
	if o.Name == "security.capability" && len(b) == 20 {
		copy(b, []byte{0, 0, 0, 2})
	}
	return b
}

// noise has no zero, and as many bytes as a prime: so no two blocks of a file,
// nor two writes with another fill, have the same contents.
var noise = func() (b [65521]byte) {
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = uint8(x>>24) | 1
	}
	return b
}()

// pattern fills b with bytes that tell where in a file and by which operation
// they were written. None is zero, as what nobody wrote is.
func pattern(b []byte, fill uint8, offset int64) {
	at := int((uint64(offset) + uint64(fill)*251) % uint64(len(noise)))
	for len(b) > 0 {
		b = b[copy(b, noise[at:]):]
		at = 0
	}
}

// remove deletes the operations from first up to end. References to later ones
// are renumbered, and those to deleted ones go to the last before them: as they
// would if those had given out no inode.
func (p Program) remove(first, end int) Program {
	move := func(r Ref) Ref {
		switch {
		case int(r) <= first: // operation number first is the last that stays
			return r
		case int(r) <= end:
			return Ref(first)
		}
		return r - Ref(end-first)
	}
	ops := make([]Op, 0, len(p.Ops)-(end-first))
	for k, o := range p.Ops {
		if k >= first && k < end {
			continue
		}
		o.Inode, o.NewDir = move(o.Inode), move(o.NewDir)
		ops = append(ops, o)
	}
	return Program{p.Limits, ops}
}
