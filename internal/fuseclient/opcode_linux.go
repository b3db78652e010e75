package fuseclient

import (
	"fmt"
	"unsafe"
)

// Opcode says what a request asks for.
type Opcode uint32

// The requests of linux/fuse.h.
const (
	Lookup        Opcode = 1
	Forget        Opcode = 2
	Getattr       Opcode = 3
	Setattr       Opcode = 4
	Readlink      Opcode = 5
	Symlink       Opcode = 6
	Mknod         Opcode = 8
	Mkdir         Opcode = 9
	Unlink        Opcode = 10
	Rmdir         Opcode = 11
	Rename        Opcode = 12
	Link          Opcode = 13
	Open          Opcode = 14
	Read          Opcode = 15
	Write         Opcode = 16
	Statfs        Opcode = 17
	Release       Opcode = 18
	Fsync         Opcode = 20
	Setxattr      Opcode = 21
	Getxattr      Opcode = 22
	Listxattr     Opcode = 23
	Removexattr   Opcode = 24
	Flush         Opcode = 25
	Init          Opcode = 26
	Opendir       Opcode = 27
	Readdir       Opcode = 28
	Releasedir    Opcode = 29
	Fsyncdir      Opcode = 30
	Getlk         Opcode = 31
	Setlk         Opcode = 32
	Setlkw        Opcode = 33
	Access        Opcode = 34
	Create        Opcode = 35
	Interrupt     Opcode = 36
	Bmap          Opcode = 37
	Destroy       Opcode = 38
	Ioctl         Opcode = 39
	Poll          Opcode = 40
	NotifyReply   Opcode = 41
	BatchForget   Opcode = 42
	Fallocate     Opcode = 43
	Readdirplus   Opcode = 44
	Rename2       Opcode = 45
	Lseek         Opcode = 46
	CopyFileRange Opcode = 47
	SetupMapping  Opcode = 48
	RemoveMapping Opcode = 49
	Syncfs        Opcode = 50
	Tmpfile       Opcode = 51
	Statx         Opcode = 52

	CopyFileRange64 Opcode = 53
)

// layout is what linux/fuse.h says of a request.
type layout struct {
	name string
	body int // bytes that follow the header, before strings and data
	// Bytes that follow the header of a successful reply: from min to max, where
	// max may be what the request asks for.
	min, max int
}

const (
	none  = -1 // no reply
	asked = -2 // as much as the request says at most
)

const (
	entrySize = int(unsafe.Sizeof(EntryOut{}))
	attrSize  = int(unsafe.Sizeof(AttrOut{}))
	openSize  = int(unsafe.Sizeof(OpenOut{}))
	statfsLen = int(unsafe.Sizeof(StatfsOut{}))
	statxSize = int(unsafe.Sizeof(StatxOut{}))
	ioctlSize = 16
	pathMax   = 4096
)

var layouts = map[Opcode]layout{
	Lookup:        {"LOOKUP", 0, entrySize, entrySize},
	Forget:        {"FORGET", 8, none, none},
	Getattr:       {"GETATTR", 16, attrSize, attrSize},
	Setattr:       {"SETATTR", 88, attrSize, attrSize},
	Readlink:      {"READLINK", 0, 1, pathMax - 1},
	Symlink:       {"SYMLINK", 0, entrySize, entrySize},
	Mknod:         {"MKNOD", 16, entrySize, entrySize},
	Mkdir:         {"MKDIR", 8, entrySize, entrySize},
	Unlink:        {"UNLINK", 0, 0, 0},
	Rmdir:         {"RMDIR", 0, 0, 0},
	Rename:        {"RENAME", 8, 0, 0},
	Link:          {"LINK", 8, entrySize, entrySize},
	Open:          {"OPEN", 8, openSize, openSize},
	Read:          {"READ", 40, 0, asked},
	Write:         {"WRITE", 40, 8, 8},
	Statfs:        {"STATFS", 0, statfsLen, statfsLen},
	Release:       {"RELEASE", 24, 0, 0},
	Fsync:         {"FSYNC", 16, 0, 0},
	Setxattr:      {"SETXATTR", 8, 0, 0}, // 16 with FUSE_SETXATTR_EXT
	Getxattr:      {"GETXATTR", 8, 0, asked},
	Listxattr:     {"LISTXATTR", 8, 0, asked},
	Removexattr:   {"REMOVEXATTR", 0, 0, 0},
	Flush:         {"FLUSH", 24, 0, 0},
	Init:          {"INIT", 64, 8, 64},
	Opendir:       {"OPENDIR", 8, openSize, openSize},
	Readdir:       {"READDIR", 40, 0, asked},
	Releasedir:    {"RELEASEDIR", 24, 0, 0},
	Fsyncdir:      {"FSYNCDIR", 16, 0, 0},
	Getlk:         {"GETLK", 48, 24, 24},
	Setlk:         {"SETLK", 48, 0, 0},
	Setlkw:        {"SETLKW", 48, 0, 0},
	Access:        {"ACCESS", 8, 0, 0},
	Create:        {"CREATE", 16, entrySize + openSize, entrySize + openSize},
	Interrupt:     {"INTERRUPT", 8, none, none},
	Bmap:          {"BMAP", 16, 8, 8},
	Destroy:       {"DESTROY", 0, 0, 0},
	Ioctl:         {"IOCTL", 32, ioctlSize, asked},
	Poll:          {"POLL", 24, 8, 8},
	NotifyReply:   {"NOTIFY_REPLY", 40, none, none},
	BatchForget:   {"BATCH_FORGET", 8, none, none},
	Fallocate:     {"FALLOCATE", 32, 0, 0},
	Readdirplus:   {"READDIRPLUS", 40, 0, asked},
	Rename2:       {"RENAME2", 16, 0, 0},
	Lseek:         {"LSEEK", 24, 8, 8},
	CopyFileRange: {"COPY_FILE_RANGE", 56, 8, 8},
	SetupMapping:  {"SETUPMAPPING", 40, 0, 0},
	RemoveMapping: {"REMOVEMAPPING", 4, 0, 0},
	Syncfs:        {"SYNCFS", 8, 0, 0},
	Tmpfile:       {"TMPFILE", 16, entrySize + openSize, entrySize + openSize},
	Statx:         {"STATX", 24, statxSize, statxSize},

	CopyFileRange64: {"COPY_FILE_RANGE_64", 56, 8, 8},
}

// Opcodes returns those of linux/fuse.h, in order.
func Opcodes() []Opcode {
	var list []Opcode
	for op := Lookup; op <= CopyFileRange64; op++ {
		if _, ok := layouts[op]; ok {
			list = append(list, op)
		}
	}
	return list
}

// ByName returns the opcode that String prints as name.
func ByName(name string) (Opcode, bool) {
	for op, l := range layouts {
		if l.name == name {
			return op, true
		}
	}
	return 0, false
}

func (op Opcode) String() string {
	if l, ok := layouts[op]; ok {
		return l.name
	}
	return fmt.Sprintf("OP_%d", uint32(op))
}

// Body returns how many bytes of a request follow its header, before names and
// data: 0 for an unknown opcode.
func (op Opcode) Body() int { return layouts[op].body }

// WantsReply reports whether a server has to reply. To what it does not know it
// replies too: with ENOSYS.
func (op Opcode) WantsReply() bool {
	switch op {
	case Forget, BatchForget, Interrupt, NotifyReply:
		return false
	}
	return true
}
