package fuseclient

import "unsafe"

// RootID is the node id of the root directory.
const RootID = 1

// InHeader begins every request.
type InHeader struct {
	Len      uint32
	Opcode   Opcode
	Unique   uint64
	NodeID   uint64
	UID, GID uint32
	PID      uint32
	ExtLen   uint16 // of the extensions, in units of 8 bytes
	_        uint16
}

// OutHeader begins every reply. Error is 0 or a negative errno.
type OutHeader struct {
	Len    uint32
	Error  int32
	Unique uint64
}

// The sizes of the headers.
const (
	InHeaderSize  = int(unsafe.Sizeof(InHeader{}))
	OutHeaderSize = int(unsafe.Sizeof(OutHeader{}))
)

// What follows the header of a request, up to names and data.
type (
	InitIn struct {
		Major, Minor, MaxReadahead, Flags, Flags2 uint32
		_                                         [11]uint32
	}
	ForgetIn      struct{ Lookups uint64 }
	BatchForgetIn struct{ Count, _ uint32 }
	ForgetOne     struct{ NodeID, Lookups uint64 }
	GetattrIn     struct {
		Flags, _ uint32
		Handle   uint64
	}
	SetattrIn struct {
		Valid, _                        uint32
		Handle, Size, LockOwner         uint64
		ATime, MTime, CTime             uint64
		ATimeNsec, MTimeNsec, CTimeNsec uint32
		Mode, _                         uint32
		UID, GID, _                     uint32
	}
	MknodIn  struct{ Mode, Rdev, Umask, _ uint32 }
	MkdirIn  struct{ Mode, Umask uint32 }
	RenameIn struct{ NewDir uint64 }
	// Rename2In has the RENAME_* of renameat2(2).
	Rename2In struct {
		NewDir   uint64
		Flags, _ uint32
	}
	LinkIn struct{ OldNodeID uint64 }
	OpenIn struct{ Flags, OpenFlags uint32 }
	// CreateIn is for TMPFILE too.
	CreateIn struct{ Flags, Mode, Umask, OpenFlags uint32 }
	// ReadIn is for READ, READDIR and READDIRPLUS.
	ReadIn struct {
		Handle, Offset  uint64
		Size, ReadFlags uint32
		LockOwner       uint64
		Flags, _        uint32
	}
	WriteIn struct {
		Handle, Offset   uint64
		Size, WriteFlags uint32
		LockOwner        uint64
		Flags, _         uint32
	}
	SetxattrIn struct{ Size, Flags uint32 }
	// GetxattrIn is for LISTXATTR too.
	GetxattrIn  struct{ Size, _ uint32 }
	FallocateIn struct {
		Handle, Offset, Length uint64
		Mode, _                uint32
	}
	LseekIn struct {
		Handle, Offset uint64
		Whence, _      uint32
	}
	// CopyFileRangeIn is for COPY_FILE_RANGE_64 too.
	CopyFileRangeIn struct {
		Handle, Offset, NodeOut, HandleOut, OffsetOut, Length, Flags uint64
	}
	// IoctlIn is followed by InSize bytes.
	IoctlIn struct {
		Handle          uint64
		Flags, Command  uint32
		Arg             uint64
		InSize, OutSize uint32
	}
	LockIn struct {
		Handle, Owner, Start, End uint64
		Type, PID, Flags, _       uint32
	}
	AccessIn struct{ Mask, _ uint32 }
	StatxIn  struct {
		GetattrFlags, _ uint32
		Handle          uint64
		Flags, Mask     uint32
	}
	InterruptIn struct{ Unique uint64 }
)

// The bits of SetattrIn.Valid.
const (
	SetMode = 1 << iota
	SetUID
	SetGID
	SetSize
	SetATime
	SetMTime
	_ // with a handle
	SetATimeNow
	SetMTimeNow
	_ // with the owner of a lock
	SetCTime
	KillSUIDGID // with HANDLE_KILLPRIV_V2
)

// WriteKillSUIDGID in WriteIn.WriteFlags has a file lose its set-id bits.
const WriteKillSUIDGID = 1 << 2

// What follows the header of a reply.
type (
	InitOut struct {
		Major, Minor, MaxReadahead, Flags  uint32
		MaxBackground, CongestionThreshold uint16
		MaxWrite, TimeGran                 uint32
		MaxPages, MapAlignment             uint16
		Flags2                             uint32
		_                                  [7]uint32
	}
	Attr struct {
		Ino, Size, Blocks               uint64
		ATime, MTime, CTime             uint64
		ATimeNsec, MTimeNsec, CTimeNsec uint32
		Mode, Nlink, UID, GID, Rdev     uint32
		Blksize, Flags                  uint32
	}
	AttrOut struct {
		Valid        uint64
		ValidNsec, _ uint32
		Attr         Attr
	}
	EntryOut struct {
		NodeID, Generation            uint64 // node id 0: there is no such name
		EntryValid, AttrValid         uint64
		EntryValidNsec, AttrValidNsec uint32
		Attr                          Attr
	}
	OpenOut struct {
		Handle   uint64
		Flags, _ uint32
	}
	// WriteOut is for COPY_FILE_RANGE too.
	WriteOut    struct{ Size, _ uint32 }
	GetxattrOut struct{ Size, _ uint32 }
	StatfsOut   struct {
		Blocks, BlocksFree, BlocksAvailable uint64
		Files, FilesFree                    uint64
		BlockSize, NameLen, FragmentSize, _ uint32
		_                                   [6]uint32
	}
	StatxOut struct {
		Valid                    uint64
		ValidNsec, _             uint32
		_                        [2]uint64
		Mask, Blksize            uint32
		Attributes               uint64
		Nlink, UID, GID          uint32
		Mode, _                  uint16
		Ino, Size, Blocks, AMask uint64
		Times                    [8]uint64 // of access, birth, change, modification
		Rdev, Dev                [2]uint32
		_                        [14]uint64
	}
	// Dirent is followed by the name, and zeros up to a multiple of 8 bytes.
	Dirent struct {
		Ino, Offset   uint64
		NameLen, Type uint32
	}
)

// Begin appends the header of a request to b, which must be empty.
func Begin(b []byte, op Opcode, unique, node uint64) []byte {
	return Append(b, &InHeader{Opcode: op, Unique: unique, NodeID: node})
}

// Append appends a structure in the byte order of the machine.
func Append[T interface{}](b []byte, v *T) []byte {
	return append(b, unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))...)
}

// AppendString appends a name or a target and the NUL that ends it.
func AppendString(b []byte, s string) []byte { return append(append(b, s...), 0) }

// End sets the length in the header of a request that is complete.
func End(b []byte) []byte {
	Header(b).Len = uint32(len(b))
	return b
}

// Header returns the header of a request, to be changed in place. It panics if
// there is none.
func Header(b []byte) *InHeader {
	_ = b[InHeaderSize-1]
	return (*InHeader)(unsafe.Pointer(&b[0]))
}

// Decode returns the structure at the beginning of b, or zeros if b is shorter.
func Decode[T interface{}](b []byte) (v T) {
	if uintptr(len(b)) >= unsafe.Sizeof(v) {
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v)), b)
	}
	return v
}
