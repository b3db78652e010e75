//go:build linux

package fusedev

import (
	"syscall"
	"unsafe"
)

// A reply is a header, a structure, and data.
//
// The structure is built here and not where it is sent from: on a ring that is
// the memory which the names of the request are in.
type reply struct {
	out  [(unsafe.Sizeof(OutHeader{}) + unsafe.Sizeof(StatxOut{})) / 8]uint64
	size int // of the structure
	data []byte
	iov  [2]syscall.Iovec // for writev(2)
}

// out returns the structure of the reply, all zero, to be filled in.
func out[T any](r *Request) *T {
	r.size = int(unsafe.Sizeof(*new(T)))
	s := (*T)(unsafe.Pointer(&r.out[outHeaderSize/8]))
	*s = *new(T)
	return s
}

// These return the structure that a reply consists of, all zero, for the handler
// to fill in. The one asked for last is sent.

func (r *Request) EntryOut() *EntryOut                 { return out[EntryOut](r) }
func (r *Request) CreateOut() *CreateOut               { return out[CreateOut](r) }
func (r *Request) AttrOut() *AttrOut                   { return out[AttrOut](r) }
func (r *Request) StatxOut() *StatxOut                 { return out[StatxOut](r) }
func (r *Request) OpenOut() *OpenOut                   { return out[OpenOut](r) }
func (r *Request) WriteOut() *WriteOut                 { return out[WriteOut](r) }
func (r *Request) CopyFileRangeOut() *CopyFileRangeOut { return out[CopyFileRangeOut](r) }
func (r *Request) StatfsOut() *StatfsOut               { return out[StatfsOut](r) }
func (r *Request) GetxattrOut() *GetxattrOut           { return out[GetxattrOut](r) }
func (r *Request) LkOut() *LkOut                       { return out[LkOut](r) }
func (r *Request) BmapOut() *BmapOut                   { return out[BmapOut](r) }
func (r *Request) IoctlOut() *IoctlOut                 { return out[IoctlOut](r) }
func (r *Request) PollOut() *PollOut                   { return out[PollOut](r) }
func (r *Request) LseekOut() *LseekOut                 { return out[LseekOut](r) }

// Buffer returns memory for n bytes of the reply, or for as many as a reply can
// have. What is in it is not defined. Data that is put there, and then passed to
// [Request.BytesOut], is not copied by this package.
func (r *Request) Buffer(n int) []byte {
	return r.buffer[:max(0, min(n, len(r.buffer)))]
}

// BytesOut makes b the data of the reply: of READ, READLINK, GETXATTR,
// LISTXATTR, and of IOCTL after its structure. b may be part of Buffer, or other
// memory that does not change until the reply is sent.
func (r *Request) BytesOut(b []byte) { r.data = b }

// begin forgets the reply to the request before.
func (r *Request) begin() { r.Done, r.size, r.data = 0, 0, nil }

// seal completes the reply's header and structure, and returns them.
func (r *Request) seal(errno syscall.Errno, p *protocol) []byte {
	switch {
	case errno > 511: // the kernel takes no such answer
		errno = syscall.EIO
		fallthrough
	case errno != 0:
		r.begin()
	case p.minor < 9:
		r.shorten(p)
	}
	h := (*OutHeader)(unsafe.Pointer(&r.out))
	n := outHeaderSize + r.size
	h.Len = uint32(n + len(r.data))
	h.Error = -int32(errno)
	h.Unique = r.Unique
	return unsafe.Slice((*byte)(unsafe.Pointer(&r.out)), n)
}

// shorten makes structures as short as old kernels want them, which is before
// Linux 2.6.24. Their sizes tell which they are.
func (r *Request) shorten(p *protocol) {
	switch uintptr(r.size) {
	case unsafe.Sizeof(EntryOut{}):
		r.size = compatEntryOut
	case unsafe.Sizeof(AttrOut{}):
		r.size = compatAttrOut
	case unsafe.Sizeof(CreateOut{}):
		open := (*CreateOut)(unsafe.Pointer(&r.out[outHeaderSize/8])).Open
		*(*OpenOut)(unsafe.Pointer(&r.out[(outHeaderSize+compatEntryOut)/8])) = open
		r.size = compatEntryOut + int(unsafe.Sizeof(open))
	case unsafe.Sizeof(StatfsOut{}):
		if p.minor < 4 {
			r.size = compatStatfsOut
		}
	}
}
