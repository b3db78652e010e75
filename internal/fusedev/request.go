//go:build linux

package fusedev

import (
	"fmt"
	"syscall"
	"unsafe"
)

// A Request is a request of the kernel, and the reply to it in the making. It,
// and all that its methods return, is memory that the next request will have:
// when the reply is sent nothing of it may be used any more. What is to be kept
// must be copied, names too (strings.Clone).
//
// A handler asks for the structure of the opcode, as WriteIn; the methods panic
// if the request has no such structure, which answers EIO.
type Request struct {
	*InHeader

	// Done is the handler's, which may serve a request in pieces: how much of it is
	// done, 0 at first.
	Done int

	conn *Conn
	via  replier

	// Memory of the transport's: all of it, what is read from /dev/fuse, and
	// where data of the reply can be put.
	memory  []byte
	message []byte
	buffer  []byte

	// What the request consists of (decode.go).
	format  *format
	arg     []byte
	names   [2]string
	bytes   []byte
	ext     []byte
	scratch [maxArg / 8]uint64 // arg, if it was shorter than the structure

	reply
	watch stopwatch
	later func(*Request) syscall.Errno // set by Go
	wait  *waiting                     // set by Interrupted
}

// maxArg is the size of the largest structure.
const maxArg = unsafe.Sizeof(SetattrIn{})

// replier sends the reply to a request that was served on a goroutine of its
// own, and takes the request back.
type replier interface {
	finish(r *Request, errno syscall.Errno)
}

// Name returns the name that a request is about: of LOOKUP, MKNOD, MKDIR,
// UNLINK, RMDIR, CREATE, TMPFILE, LINK (the new one), RENAME (the old one),
// SYMLINK; or that of an extended attribute. It has no NUL in it; nothing else is
// checked.
func (r *Request) Name() string { return r.names[0] }

// NewName returns the second name: of RENAME; the target of SYMLINK.
func (r *Request) NewName() string { return r.names[1] }

// Bytes returns what the caller passes: the data of WRITE, the value of
// SETXATTR, the input of IOCTL, the data of NOTIFY_REPLY.
func (r *Request) Bytes() []byte { return r.bytes }

// Forgets returns what BATCH_FORGET names.
func (r *Request) Forgets() []ForgetOne {
	if r.Opcode != OpBatchForget {
		panic(fmt.Sprintf("%v has no ForgetOne", r.Opcode))
	}
	first := (*ForgetOne)(unsafe.Pointer(unsafe.SliceData(r.bytes)))
	return unsafe.Slice(first, uintptr(len(r.bytes))/unsafe.Sizeof(*first))
}

// noStructure is the panic of a handler that asks for the wrong structure.
type noStructure struct{ op Opcode }

func (e noStructure) Error() string { return e.op.String() + " has no such structure" }

// in returns the structure of a request, which has one of that size.
func in[T any](r *Request) *T {
	if unsafe.Sizeof(*new(T)) != uintptr(len(r.arg)) {
		panic(noStructure{r.Opcode})
	}
	return (*T)(unsafe.Pointer(unsafe.SliceData(r.arg)))
}

func (r *Request) ForgetIn() *ForgetIn               { return in[ForgetIn](r) }
func (r *Request) GetattrIn() *GetattrIn             { return in[GetattrIn](r) }
func (r *Request) StatxIn() *StatxIn                 { return in[StatxIn](r) }
func (r *Request) SetattrIn() *SetattrIn             { return in[SetattrIn](r) }
func (r *Request) MknodIn() *MknodIn                 { return in[MknodIn](r) }
func (r *Request) MkdirIn() *MkdirIn                 { return in[MkdirIn](r) }
func (r *Request) RenameIn() *RenameIn               { return in[RenameIn](r) }
func (r *Request) Rename2In() *Rename2In             { return in[Rename2In](r) }
func (r *Request) LinkIn() *LinkIn                   { return in[LinkIn](r) }
func (r *Request) OpenIn() *OpenIn                   { return in[OpenIn](r) }
func (r *Request) CreateIn() *CreateIn               { return in[CreateIn](r) }
func (r *Request) ReadIn() *ReadIn                   { return in[ReadIn](r) }
func (r *Request) WriteIn() *WriteIn                 { return in[WriteIn](r) }
func (r *Request) ReleaseIn() *ReleaseIn             { return in[ReleaseIn](r) }
func (r *Request) FlushIn() *FlushIn                 { return in[FlushIn](r) }
func (r *Request) FsyncIn() *FsyncIn                 { return in[FsyncIn](r) }
func (r *Request) SetxattrIn() *SetxattrIn           { return in[SetxattrIn](r) }
func (r *Request) GetxattrIn() *GetxattrIn           { return in[GetxattrIn](r) }
func (r *Request) LkIn() *LkIn                       { return in[LkIn](r) }
func (r *Request) AccessIn() *AccessIn               { return in[AccessIn](r) }
func (r *Request) BmapIn() *BmapIn                   { return in[BmapIn](r) }
func (r *Request) IoctlIn() *IoctlIn                 { return in[IoctlIn](r) }
func (r *Request) PollIn() *PollIn                   { return in[PollIn](r) }
func (r *Request) FallocateIn() *FallocateIn         { return in[FallocateIn](r) }
func (r *Request) LseekIn() *LseekIn                 { return in[LseekIn](r) }
func (r *Request) CopyFileRangeIn() *CopyFileRangeIn { return in[CopyFileRangeIn](r) }
func (r *Request) RetrieveIn() *RetrieveIn           { return in[RetrieveIn](r) }
