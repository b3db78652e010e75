//go:build linux

package fusedev

// The structures of requests, those of linux/fuse.h without the prefix fuse_.
// They are in the byte order of the machine, as on the wire.

// InHeader begins each request.
type InHeader struct {
	Len      uint32 // of the whole request, in bytes
	Opcode   Opcode
	Unique   uint64 // number of the request, never used again
	NodeID   uint64 // the inode that it is for
	UID, GID uint32 // the caller's fsuid and fsgid
	PID      uint32 // the caller's thread, 0 if it is in no pid namespace of ours
	ExtLen   uint16 // length of the extensions, in units of 8 bytes
	_        uint16
}

// ForgetIn belongs to FORGET.
type ForgetIn struct {
	Nlookup uint64
}

// ForgetOne is one of those that BATCH_FORGET names.
type ForgetOne struct {
	NodeID, Nlookup uint64
}

// BatchForgetIn belongs to BATCH_FORGET; see [Request.Forgets].
type BatchForgetIn struct {
	Count uint32
	_     uint32
}

// GetattrIn belongs to GETATTR.
type GetattrIn struct {
	Flags uint32 // GetattrFH
	_     uint32
	FH    uint64
}

// StatxIn belongs to STATX.
type StatxIn struct {
	GetattrFlags uint32 // GetattrFH
	_            uint32
	FH           uint64
	Flags        uint32 // AT_STATX_FORCE_SYNC, AT_STATX_DONT_SYNC
	Mask         uint32 // STATX_*: what is wanted
}

// SetattrIn belongs to SETATTR.
type SetattrIn struct {
	Valid                           uint32 // Fattr*: which of the following are set
	_                               uint32
	FH                              uint64
	Size                            uint64
	LockOwner                       uint64
	Atime, Mtime, Ctime             uint64
	AtimeNsec, MtimeNsec, CtimeNsec uint32
	Mode                            uint32
	_                               uint32
	UID, GID                        uint32
	_                               uint32
}

// MknodIn belongs to MKNOD.
type MknodIn struct {
	Mode  uint32
	Rdev  uint32 // in the encoding of 32 bits of the kernel (new_encode_dev)
	Umask uint32 // 7.12
	_     uint32
}

// MkdirIn belongs to MKDIR.
type MkdirIn struct {
	Mode, Umask uint32
}

// RenameIn belongs to RENAME.
type RenameIn struct {
	NewDir uint64
}

// Rename2In belongs to RENAME2.
type Rename2In struct {
	NewDir uint64
	Flags  uint32 // RENAME_*
	_      uint32
}

// LinkIn belongs to LINK.
type LinkIn struct {
	OldNodeID uint64
}

// OpenIn belongs to OPEN and OPENDIR.
type OpenIn struct {
	Flags     uint32 // O_*
	OpenFlags uint32 // OpenKillSUIDGID
}

// CreateIn belongs to CREATE and TMPFILE.
type CreateIn struct {
	Flags     uint32 // O_*
	Mode      uint32
	Umask     uint32 // 7.12
	OpenFlags uint32 // OpenKillSUIDGID
}

// ReadIn belongs to READ, READDIR and READDIRPLUS.
type ReadIn struct {
	FH        uint64
	Offset    uint64
	Size      uint32
	ReadFlags uint32 // ReadLockOwner
	LockOwner uint64
	Flags     uint32 // O_* of the open file
	_         uint32
}

// WriteIn belongs to WRITE; the data is [Request.Bytes].
type WriteIn struct {
	FH         uint64
	Offset     uint64
	Size       uint32
	WriteFlags uint32 // Write*
	LockOwner  uint64
	Flags      uint32 // O_* of the open file
	_          uint32
}

// ReleaseIn belongs to RELEASE and RELEASEDIR.
type ReleaseIn struct {
	FH           uint64
	Flags        uint32 // O_* of the open file
	ReleaseFlags uint32 // Release*
	LockOwner    uint64
}

// FlushIn belongs to FLUSH.
type FlushIn struct {
	FH        uint64
	_, _      uint32
	LockOwner uint64
}

// FsyncIn belongs to FSYNC and FSYNCDIR.
type FsyncIn struct {
	FH    uint64
	Flags uint32 // FsyncDatasync
	_     uint32
}

// SetxattrIn belongs to SETXATTR; the value is [Request.Bytes].
type SetxattrIn struct {
	Size          uint32
	Flags         uint32 // XATTR_CREATE, XATTR_REPLACE
	SetxattrFlags uint32 // SetxattrACLKillSGID; with SetxattrExt
	_             uint32
}

// GetxattrIn belongs to GETXATTR and LISTXATTR.
type GetxattrIn struct {
	Size uint32 // 0: only the size is wanted
	_    uint32
}

// FileLock is a lock of GETLK, SETLK, SETLKW.
type FileLock struct {
	Start, End uint64 // both in the range
	Type       uint32 // F_RDLCK, F_WRLCK, F_UNLCK
	PID        uint32
}

// LkIn belongs to GETLK, SETLK, SETLKW.
type LkIn struct {
	FH    uint64
	Owner uint64
	Lk    FileLock
	Flags uint32 // LkFlock
	_     uint32
}

// AccessIn belongs to ACCESS.
type AccessIn struct {
	Mask uint32 // R_OK, W_OK, X_OK, F_OK
	_    uint32
}

// InitIn belongs to INIT.
type InitIn struct {
	Major, Minor uint32
	MaxReadahead uint32
	Flags        uint32
	Flags2       uint32 // with InitExt
	_            [11]uint32
}

// InterruptIn belongs to INTERRUPT.
type InterruptIn struct {
	Unique uint64
}

// BmapIn belongs to BMAP.
type BmapIn struct {
	Block     uint64
	BlockSize uint32
	_         uint32
}

// IoctlIn belongs to IOCTL; what was passed in is [Request.Bytes].
type IoctlIn struct {
	FH      uint64
	Flags   uint32 // Ioctl*
	Cmd     uint32
	Arg     uint64
	InSize  uint32
	OutSize uint32
}

// PollIn belongs to POLL.
type PollIn struct {
	FH     uint64
	KH     uint64 // for [Conn.PollWakeup]
	Flags  uint32 // PollScheduleNotify
	Events uint32
}

// FallocateIn belongs to FALLOCATE.
type FallocateIn struct {
	FH             uint64
	Offset, Length uint64
	Mode           uint32 // FALLOC_FL_*
	_              uint32
}

// LseekIn belongs to LSEEK.
type LseekIn struct {
	FH     uint64
	Offset uint64
	Whence uint32 // SEEK_DATA, SEEK_HOLE
	_      uint32
}

// CopyFileRangeIn belongs to COPY_FILE_RANGE and COPY_FILE_RANGE_64.
type CopyFileRangeIn struct {
	FHIn      uint64
	OffIn     uint64
	NodeIDOut uint64
	FHOut     uint64
	OffOut    uint64
	Len       uint64
	Flags     uint64
}

// SyncfsIn belongs to SYNCFS.
type SyncfsIn struct {
	_ uint64
}

// RetrieveIn belongs to NOTIFY_REPLY, the answer to [Conn.Retrieve], whose
// unique is that of the header; the data is [Request.Bytes].
type RetrieveIn struct {
	_      uint64
	Offset uint64
	Size   uint32
	_      uint32
	_, _   uint64
}
