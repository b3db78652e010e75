//go:build linux

package fusedev

import "unsafe"

const (
	direntSize     = int(unsafe.Sizeof(Dirent{}))
	direntplusSize = int(unsafe.Sizeof(Direntplus{}))
)

// AddDirent adds an entry to the reply to READDIR. next is the offset to go on
// at after it, typ is DT_*. It returns false, and adds nothing, if there is no
// room for it.
func (r *Request) AddDirent(name string, ino, next uint64, typ uint32) bool {
	p := r.addRecord(direntSize, name)
	if p == nil {
		return false
	}
	*(*Dirent)(p) = Dirent{Ino: ino, Off: next, Namelen: uint32(len(name)), Type: typ}
	return true
}

// AddDirentplus adds an entry to the reply to READDIRPLUS and returns its
// EntryOut, all zero, to be filled in; nil if there is no room for it. With a
// NodeID that is not zero it counts as a lookup of the name, except for "." and
// "..", where it must be zero.
func (r *Request) AddDirentplus(name string, ino, next uint64, typ uint32) *EntryOut {
	p := r.addRecord(direntplusSize, name)
	if p == nil {
		return nil
	}
	d := (*Direntplus)(p)
	*d = Direntplus{Dirent: Dirent{Ino: ino, Off: next, Namelen: uint32(len(name)), Type: typ}}
	return &d.Entry
}

// addRecord adds a structure of so many bytes, which are not set, and a name,
// filled up with NULs to a multiple of 8 bytes.
func (r *Request) addRecord(size int, name string) unsafe.Pointer {
	limit := r.Buffer(int(r.ReadIn().Size))
	begin, end := len(r.data), len(r.data)+size+len(name)
	aligned := (end + 7) &^ 7
	if aligned > len(limit) {
		return nil
	}
	copy(limit[begin+size:], name)
	clear(limit[end:aligned])
	r.data = limit[:aligned]
	return unsafe.Pointer(&limit[begin])
}
