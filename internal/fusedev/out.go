//go:build linux

package fusedev

// The structures of replies, those of linux/fuse.h without the prefix fuse_.

// OutHeader begins each reply.
type OutHeader struct {
	Len    uint32 // of the whole reply, in bytes
	Error  int32  // 0, or an errno as a negative number
	Unique uint64
}

// Attr is the attributes of an inode.
type Attr struct {
	Ino                             uint64
	Size                            uint64
	Blocks                          uint64 // of 512 bytes
	Atime, Mtime, Ctime             uint64
	AtimeNsec, MtimeNsec, CtimeNsec uint32
	Mode                            uint32
	Nlink                           uint32
	UID, GID                        uint32
	Rdev                            uint32
	BlkSize                         uint32 // 7.9
	Flags                           uint32 // 7.32
}

// EntryOut answers LOOKUP, MKNOD, MKDIR, SYMLINK and LINK. A NodeID of 0 says
// that there is no such name, and that this may be cached.
type EntryOut struct {
	NodeID         uint64
	Generation     uint64
	EntryValid     uint64 // how long the name may be cached, in seconds
	AttrValid      uint64 // how long the attributes may be cached, in seconds
	EntryValidNsec uint32
	AttrValidNsec  uint32
	Attr           Attr
}

// AttrOut answers GETATTR and SETATTR.
type AttrOut struct {
	AttrValid     uint64 // seconds
	AttrValidNsec uint32
	_             uint32
	Attr          Attr
}

// SxTime is a time as in statx(2).
type SxTime struct {
	Sec  int64
	Nsec uint32
	_    int32
}

// Statx is struct statx of statx(2).
type Statx struct {
	Mask                       uint32
	BlkSize                    uint32
	Attributes                 uint64
	Nlink                      uint32
	UID, GID                   uint32
	Mode                       uint16
	_                          uint16
	Ino                        uint64
	Size                       uint64
	Blocks                     uint64
	AttributesMask             uint64
	Atime, Btime, Ctime, Mtime SxTime
	RdevMajor, RdevMinor       uint32
	DevMajor, DevMinor         uint32
	_                          [14]uint64
}

// StatxOut answers STATX.
type StatxOut struct {
	AttrValid     uint64 // seconds
	AttrValidNsec uint32
	Flags         uint32
	_             [2]uint64
	Stat          Statx
}

// OpenOut answers OPEN and OPENDIR.
type OpenOut struct {
	FH        uint64
	OpenFlags uint32 // Fopen*
	BackingID int32  // 7.40
}

// CreateOut answers CREATE and TMPFILE. In linux/fuse.h it is two structures.
type CreateOut struct {
	Entry EntryOut
	Open  OpenOut
}

// WriteOut answers WRITE and COPY_FILE_RANGE.
type WriteOut struct {
	Size uint32
	_    uint32
}

// CopyFileRangeOut answers COPY_FILE_RANGE_64.
type CopyFileRangeOut struct {
	BytesCopied uint64
}

// StatfsOut answers STATFS.
type StatfsOut struct {
	Blocks, Bfree, Bavail uint64 // of Frsize bytes
	Files, Ffree          uint64
	Bsize                 uint32
	Namelen               uint32
	Frsize                uint32 // 7.4
	_                     uint32
	_                     [6]uint32
}

// GetxattrOut answers GETXATTR and LISTXATTR with a size of 0.
type GetxattrOut struct {
	Size uint32
	_    uint32
}

// LkOut answers GETLK.
type LkOut struct {
	Lk FileLock
}

// InitOut answers INIT.
type InitOut struct {
	Major, Minor        uint32
	MaxReadahead        uint32
	Flags               uint32
	MaxBackground       uint16
	CongestionThreshold uint16
	MaxWrite            uint32
	TimeGran            uint32 // 7.23
	MaxPages            uint16 // 7.28
	MapAlignment        uint16
	Flags2              uint32 // 7.36
	MaxStackDepth       uint32 // 7.40
	RequestTimeout      uint16 // 7.43
	_                   [11]uint16
}

// BmapOut answers BMAP.
type BmapOut struct {
	Block uint64
}

// IoctlOut answers IOCTL; what is passed out follows it.
type IoctlOut struct {
	Result  int32 // what ioctl(2) returns
	Flags   uint32
	InIovs  uint32
	OutIovs uint32
}

// PollOut answers POLL.
type PollOut struct {
	Revents uint32
	_       uint32
}

// LseekOut answers LSEEK.
type LseekOut struct {
	Offset uint64
}

// Dirent begins each entry that answers READDIR; the name follows it. In
// linux/fuse.h the name is part of the structure.
type Dirent struct {
	Ino     uint64
	Off     uint64 // of the next entry
	Namelen uint32
	Type    uint32 // DT_*
}

// Direntplus begins each entry that answers READDIRPLUS.
type Direntplus struct {
	Entry  EntryOut
	Dirent Dirent
}

// Sizes of structures before they grew.
const (
	compatStatfsOut = 48  // before 7.4
	compatEntryOut  = 120 // before 7.9
	compatAttrOut   = 96  // before 7.9
	compatInitOut5  = 8   // before 7.5
	compatInitOut23 = 24  // before 7.23
)
