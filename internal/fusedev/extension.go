//go:build linux

package fusedev

import (
	"bytes"
	"encoding/binary"
	"iter"
	"unsafe"
)

// The type of an extension is either one of these or the number of security
// contexts that are in it.
const (
	extMaxNrSecctx = 31
	extGroups      = 32
)

// Extensions follow the names of requests that make an inode. Each begins with
// its size, itself included, and its type; each, and each security context in
// it, is filled up to a multiple of 8 bytes. What is malformed ends the list: the
// inode can be made without.

// extensions yields the type and the content of each extension.
func (r *Request) extensions() iter.Seq2[uint32, []byte] {
	return func(yield func(uint32, []byte) bool) {
		for rest := r.ext; len(rest) >= 8; {
			size, typ := uint64(binary.NativeEndian.Uint32(rest)), binary.NativeEndian.Uint32(rest[4:])
			if size < 8 || size > uint64(len(rest)) || !yield(typ, rest[8:size]) {
				return
			}
			rest = rest[min((size+7)&^7, uint64(len(rest))):]
		}
	}
}

// SuppGroup returns the group of the directory that an inode is made in, if the
// caller is a member of it. It is sent with CreateSuppGroup only.
func (r *Request) SuppGroup() (gid uint32, ok bool) {
	for typ, b := range r.extensions() {
		if typ == extGroups && len(b) >= 8 && binary.NativeEndian.Uint32(b) > 0 {
			return binary.NativeEndian.Uint32(b[4:]), true
		}
	}
	return 0, false
}

// SecurityContexts yields the extended attributes, name and value, that a new
// inode is to be made with. They are sent with SecurityCtx only.
func (r *Request) SecurityContexts() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for typ, b := range r.extensions() {
			if typ > extMaxNrSecctx {
				continue
			}
			for range typ {
				name, value, rest, ok := cutContext(b)
				if !ok || !yield(name, value) {
					return
				}
				b = rest
			}
		}
	}
}

// cutContext takes a security context off b: the size of the value, 4 bytes of
// nothing, the name, the value.
func cutContext(b []byte) (name string, value, rest []byte, ok bool) {
	if len(b) < 8 {
		return "", nil, nil, false
	}
	size := uint64(binary.NativeEndian.Uint32(b))
	n := bytes.IndexByte(b[8:], 0)
	begin := uint64(8 + n + 1)
	if n < 0 || begin+size > uint64(len(b)) {
		return "", nil, nil, false
	}
	end := begin + size
	return unsafe.String(&b[8], n), b[begin:end], b[min((end+7)&^7, uint64(len(b))):], true
}
