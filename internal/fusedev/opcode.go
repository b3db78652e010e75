//go:build linux

package fusedev

import (
	"fmt"
	"unsafe"
)

// An Opcode says what a request asks for. The names are those of linux/fuse.h.
type Opcode uint32

// The opcodes of protocol 7.45. The kernel is the one of the version given, or
// later; without a version it is older than 4.20.
const (
	OpLookup          Opcode = 1
	OpForget          Opcode = 2 // has no reply
	OpGetattr         Opcode = 3
	OpSetattr         Opcode = 4
	OpReadlink        Opcode = 5
	OpSymlink         Opcode = 6
	OpMknod           Opcode = 8
	OpMkdir           Opcode = 9
	OpUnlink          Opcode = 10
	OpRmdir           Opcode = 11
	OpRename          Opcode = 12
	OpLink            Opcode = 13
	OpOpen            Opcode = 14
	OpRead            Opcode = 15
	OpWrite           Opcode = 16
	OpStatfs          Opcode = 17
	OpRelease         Opcode = 18
	OpFsync           Opcode = 20
	OpSetxattr        Opcode = 21
	OpGetxattr        Opcode = 22
	OpListxattr       Opcode = 23
	OpRemovexattr     Opcode = 24
	OpFlush           Opcode = 25
	OpInit            Opcode = 26
	OpOpendir         Opcode = 27
	OpReaddir         Opcode = 28
	OpReleasedir      Opcode = 29
	OpFsyncdir        Opcode = 30
	OpGetlk           Opcode = 31
	OpSetlk           Opcode = 32
	OpSetlkw          Opcode = 33
	OpAccess          Opcode = 34
	OpCreate          Opcode = 35
	OpInterrupt       Opcode = 36
	OpBmap            Opcode = 37
	OpDestroy         Opcode = 38
	OpIoctl           Opcode = 39
	OpPoll            Opcode = 40
	OpNotifyReply     Opcode = 41 // has no reply
	OpBatchForget     Opcode = 42 // has no reply
	OpFallocate       Opcode = 43
	OpReaddirplus     Opcode = 44
	OpRename2         Opcode = 45
	OpLseek           Opcode = 46
	OpCopyFileRange   Opcode = 47 // Linux 4.20
	OpSyncfs          Opcode = 50 // Linux 5.14; sent by virtiofs and fuseblk only
	OpTmpfile         Opcode = 51 // Linux 6.2
	OpStatx           Opcode = 52 // Linux 6.6
	OpCopyFileRange64 Opcode = 53 // Linux 6.18
)

func (op Opcode) String() string {
	if f := formatOf(op); f != nil {
		return f.name
	}
	return fmt.Sprintf("opcode %d", uint32(op))
}

// A format says what a request consists of: a structure; names that end with a
// NUL; bytes, as many as a field of the structure says.
type format struct {
	name  string
	arg   uintptr // size of the structure
	names uint8   // number of names

	// The field that counts the bytes, and how many bytes it counts as one.
	count, unit uintptr

	silent   bool // has no reply
	internal bool // is not for the handler

	// Before this minor version the structure was shorter. What is missing
	// counts as zero.
	minor  uint32
	before uintptr
}

// formats is indexed by the opcode. What is not here is answered with ENOSYS:
// SETUPMAPPING and REMOVEMAPPING (48 and 49) are virtiofs's, CUSE is another
// device.
var formats = [...]format{
	OpLookup:          {name: "LOOKUP", names: 1},
	OpForget:          {name: "FORGET", arg: unsafe.Sizeof(ForgetIn{}), silent: true},
	OpGetattr:         {name: "GETATTR", arg: unsafe.Sizeof(GetattrIn{}), minor: 9, before: 0},
	OpSetattr:         {name: "SETATTR", arg: unsafe.Sizeof(SetattrIn{})},
	OpReadlink:        {name: "READLINK"},
	OpSymlink:         {name: "SYMLINK", names: 2},
	OpMknod:           {name: "MKNOD", arg: unsafe.Sizeof(MknodIn{}), names: 1, minor: 12, before: 8},
	OpMkdir:           {name: "MKDIR", arg: unsafe.Sizeof(MkdirIn{}), names: 1},
	OpUnlink:          {name: "UNLINK", names: 1},
	OpRmdir:           {name: "RMDIR", names: 1},
	OpRename:          {name: "RENAME", arg: unsafe.Sizeof(RenameIn{}), names: 2},
	OpLink:            {name: "LINK", arg: unsafe.Sizeof(LinkIn{}), names: 1},
	OpOpen:            {name: "OPEN", arg: unsafe.Sizeof(OpenIn{})},
	OpRead:            {name: "READ", arg: unsafe.Sizeof(ReadIn{}), minor: 9, before: 24},
	OpWrite:           {name: "WRITE", arg: unsafe.Sizeof(WriteIn{}), count: unsafe.Offsetof(WriteIn{}.Size), unit: 1, minor: 9, before: 24},
	OpStatfs:          {name: "STATFS"},
	OpRelease:         {name: "RELEASE", arg: unsafe.Sizeof(ReleaseIn{}), minor: 8, before: 16},
	OpFsync:           {name: "FSYNC", arg: unsafe.Sizeof(FsyncIn{})},
	OpSetxattr:        {name: "SETXATTR", arg: unsafe.Sizeof(SetxattrIn{}), names: 1, count: unsafe.Offsetof(SetxattrIn{}.Size), unit: 1}, // and see argSize
	OpGetxattr:        {name: "GETXATTR", arg: unsafe.Sizeof(GetxattrIn{}), names: 1},
	OpListxattr:       {name: "LISTXATTR", arg: unsafe.Sizeof(GetxattrIn{})},
	OpRemovexattr:     {name: "REMOVEXATTR", names: 1},
	OpFlush:           {name: "FLUSH", arg: unsafe.Sizeof(FlushIn{}), minor: 7, before: 16},
	OpInit:            {name: "INIT", arg: unsafe.Sizeof(InitIn{}), minor: Minor + 1, before: 8, internal: true},
	OpOpendir:         {name: "OPENDIR", arg: unsafe.Sizeof(OpenIn{})},
	OpReaddir:         {name: "READDIR", arg: unsafe.Sizeof(ReadIn{}), minor: 9, before: 24},
	OpReleasedir:      {name: "RELEASEDIR", arg: unsafe.Sizeof(ReleaseIn{}), minor: 8, before: 16},
	OpFsyncdir:        {name: "FSYNCDIR", arg: unsafe.Sizeof(FsyncIn{})},
	OpGetlk:           {name: "GETLK", arg: unsafe.Sizeof(LkIn{}), minor: 9, before: 40},
	OpSetlk:           {name: "SETLK", arg: unsafe.Sizeof(LkIn{}), minor: 9, before: 40},
	OpSetlkw:          {name: "SETLKW", arg: unsafe.Sizeof(LkIn{}), minor: 9, before: 40},
	OpAccess:          {name: "ACCESS", arg: unsafe.Sizeof(AccessIn{})},
	OpCreate:          {name: "CREATE", arg: unsafe.Sizeof(CreateIn{}), names: 1, minor: 12, before: 8},
	OpInterrupt:       {name: "INTERRUPT", arg: unsafe.Sizeof(InterruptIn{}), silent: true, internal: true},
	OpBmap:            {name: "BMAP", arg: unsafe.Sizeof(BmapIn{})},
	OpDestroy:         {name: "DESTROY"},
	OpIoctl:           {name: "IOCTL", arg: unsafe.Sizeof(IoctlIn{}), count: unsafe.Offsetof(IoctlIn{}.InSize), unit: 1},
	OpPoll:            {name: "POLL", arg: unsafe.Sizeof(PollIn{})},
	OpNotifyReply:     {name: "NOTIFY_REPLY", arg: unsafe.Sizeof(RetrieveIn{}), count: unsafe.Offsetof(RetrieveIn{}.Size), unit: 1, silent: true},
	OpBatchForget:     {name: "BATCH_FORGET", arg: unsafe.Sizeof(BatchForgetIn{}), count: unsafe.Offsetof(BatchForgetIn{}.Count), unit: unsafe.Sizeof(ForgetOne{}), silent: true},
	OpFallocate:       {name: "FALLOCATE", arg: unsafe.Sizeof(FallocateIn{})},
	OpReaddirplus:     {name: "READDIRPLUS", arg: unsafe.Sizeof(ReadIn{})},
	OpRename2:         {name: "RENAME2", arg: unsafe.Sizeof(Rename2In{}), names: 2},
	OpLseek:           {name: "LSEEK", arg: unsafe.Sizeof(LseekIn{})},
	OpCopyFileRange:   {name: "COPY_FILE_RANGE", arg: unsafe.Sizeof(CopyFileRangeIn{})},
	OpSyncfs:          {name: "SYNCFS", arg: unsafe.Sizeof(SyncfsIn{})},
	OpTmpfile:         {name: "TMPFILE", arg: unsafe.Sizeof(CreateIn{}), names: 1},
	OpStatx:           {name: "STATX", arg: unsafe.Sizeof(StatxIn{})},
	OpCopyFileRange64: {name: "COPY_FILE_RANGE_64", arg: unsafe.Sizeof(CopyFileRangeIn{})},
}

// formatOf returns nil for an opcode that is not known.
func formatOf(op Opcode) *format {
	if int(op) < len(formats) && formats[op].name != "" {
		return &formats[op]
	}
	return nil
}

// argSize returns the size of the structure as the kernel sends it.
func (f *format) argSize(p *protocol) int {
	if p.minor < f.minor {
		return int(f.before)
	}
	if f == &formats[OpSetxattr] && p.flags&SetxattrExt == 0 {
		return 8
	}
	return int(f.arg)
}

// grows reports whether newer kernels send a longer structure than older ones
// before the version is agreed on.
func (f *format) grows() bool { return f == &formats[OpInit] }
