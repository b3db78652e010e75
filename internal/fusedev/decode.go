//go:build linux

package fusedev

import (
	"bytes"
	"syscall"
	"unsafe"
)

const (
	inHeaderSize  = int(unsafe.Sizeof(InHeader{}))
	outHeaderSize = int(unsafe.Sizeof(OutHeader{}))
)

// decode makes r the request that is in message, as read from /dev/fuse, which
// begins at a multiple of 8 bytes. It returns false if there is not even a
// header; else the errno to answer with, 0 if the request is well formed.
//
// r refers to the message then; nothing is copied.
func (r *Request) decode(message []byte, p *protocol) (errno syscall.Errno, ok bool) {
	if len(message) < inHeaderSize {
		return 0, false
	}
	r.InHeader = (*InHeader)(unsafe.Pointer(unsafe.SliceData(message)))
	arg, rest := splitBody(r.Opcode, message[inHeaderSize:], p)
	errno = r.decodeParts(arg, rest, p)
	if errno == 0 && int(r.Len) != len(message) {
		errno = syscall.EINVAL
	}
	return errno, true
}

// splitBody returns the structure that a body begins with, or as much as there is
// of it, and what follows.
func splitBody(op Opcode, body []byte, p *protocol) (arg, rest []byte) {
	n := len(body)
	if f := formatOf(op); f != nil && !f.grows() {
		n = min(n, f.argSize(p))
	}
	return body[:n:n], body[n:]
}

// decodeParts makes r what is in a header that is set already, a structure and
// what follows it. All that there is to check of a request is checked here: that
// the structure is all there, that each name has its NUL, that the bytes are as
// many as the structure says and the extensions as many as the header says.
func (r *Request) decodeParts(arg, rest []byte, p *protocol) syscall.Errno {
	f := formatOf(r.Opcode)
	r.format = f
	r.arg, r.bytes, r.ext = nil, nil, nil
	r.names = [2]string{}
	if f == nil {
		return syscall.ENOSYS
	}
	if len(arg) < f.argSize(p) {
		return syscall.EINVAL
	}
	if len(arg) < int(f.arg) {
		whole := unsafe.Slice((*byte)(unsafe.Pointer(&r.scratch)), f.arg)
		clear(whole[copy(whole, arg):])
		arg = whole
	}
	r.arg = arg[:f.arg:f.arg]

	for i := range f.names {
		n := bytes.IndexByte(rest, 0)
		if n < 0 {
			return syscall.EINVAL
		}
		r.names[i] = unsafe.String(unsafe.SliceData(rest), n)
		rest = rest[n+1:]
	}
	if f.unit > 0 {
		n := uint64(*(*uint32)(unsafe.Pointer(&r.arg[f.count]))) * uint64(f.unit)
		if n > uint64(len(rest)) {
			return syscall.EINVAL
		}
		r.bytes, rest = rest[:n:n], rest[n:]
	}

	// Before Linux 6.3 there is no ExtLen.
	if int(r.ExtLen)*8 > len(rest) {
		return syscall.EINVAL
	}
	r.ext = rest
	return 0
}
