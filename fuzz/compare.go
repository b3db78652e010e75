package fuzz

import (
	"bytes"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/inode"
)

// errno compares the errnos of an operation.
func (x *execution) errno(got, want syscall.Errno) *Finding {
	if got != want {
		return differ("errno", "%s, want %s", errnoName(got), errnoName(want))
	}
	if got != 0 {
		x.remark(errnoName(got))
	}
	return nil
}

// remark notes the result of the operation that runs for the reader of its
// trace.
func (x *execution) remark(s string) {
	if !x.Remarks || x.ended {
		return
	}
	for len(x.remarks) < len(x.ids) {
		x.remarks = append(x.remarks, "")
	}
	x.remarks[len(x.ids)-1] = s
}

func errnoName(e syscall.Errno) string {
	if e == 0 {
		return "no error"
	}
	return unix.ErrnoName(e)
}

// count compares errnos and numbers of bytes.
func (x *execution) count(got int, errno syscall.Errno, wanted int, want syscall.Errno) *Finding {
	if f := x.errno(errno, want); f != nil {
		return f
	}
	if got != wanted {
		return differ("count", "%d bytes, want %d", got, wanted)
	}
	if errno == 0 && x.Remarks {
		x.remark(fmt.Sprint(got))
	}
	return nil
}

// offset compares errnos and offsets in a file.
func (x *execution) offset(got int64, errno syscall.Errno, wanted int64, want syscall.Errno) *Finding {
	if f := x.errno(errno, want); f != nil {
		return f
	}
	if got != wanted {
		return differ("offset", "%d, want %d", got, wanted)
	}
	if errno == 0 && x.Remarks {
		x.remark(fmt.Sprint(got))
	}
	return nil
}

// made compares what is returned of a new inode.
func (x *execution) made(e inode.Entry, errno syscall.Errno, n *node, want syscall.Errno) *Finding {
	if f := x.errno(errno, want); f != nil || errno != 0 {
		return f
	}
	if !x.model.adopt(n, uint64(e.ID), e.Generation) {
		return differ("inode", "the new one has the number %d, generation %d, of another", e.ID, e.Generation)
	}
	return x.found(e, 0, n, 0)
}

// whiteout compares one that a rename left, which was not given out.
func (x *execution) whiteout(dir inode.ID, name string, n *node) *Finding {
	e, errno := x.store.Lookup(dir, name)
	n.lookups++
	f := x.made(e, errno, n, 0)
	x.ids[len(x.ids)-1] = 0
	x.store.Forget(e.ID, 1)
	x.model.forget(n.id, 1)
	return f
}

// found compares what is returned of an inode that is given out.
func (x *execution) found(e inode.Entry, errno syscall.Errno, n *node, want syscall.Errno) *Finding {
	if f := x.attr(e.Attr, errno, n, want); f != nil || errno != 0 {
		return f
	}
	if e.Generation != n.generation {
		return differ("generation", "of %s: %d, want %d", x.nameOf(n), e.Generation, n.generation)
	}
	x.ids[len(x.ids)-1] = e.ID
	return nil
}

// attr compares attributes that are returned.
func (x *execution) attr(a inode.Attr, errno syscall.Errno, n *node, want syscall.Errno) *Finding {
	if f := x.errno(errno, want); f != nil || errno != 0 {
		return f
	}
	return x.sameAttr(&a, n)
}

// sameAttr compares attributes that the store returned.
func (x *execution) sameAttr(a *inode.Attr, n *node) *Finding {
	want := inode.Attr{
		ID: inode.ID(n.id), Mode: n.mode, Nlink: n.nlink, UID: n.uid, GID: n.gid, Rdev: n.rdev, Flags: n.flags,
		Size: n.stSize(), Blocks: n.stBlocks(),
		ATime: a.ATime, MTime: a.MTime, CTime: a.CTime, BTime: a.BTime,
	}
	if *a != want {
		return differ("attributes", "of %s: %+v, want %+v", x.nameOf(n), *a, want)
	}
	switch {
	case !n.atime.see(a.ATime):
		return differ("atime", "of %s: %d, want %v", x.nameOf(n), a.ATime, n.atime)
	case !n.mtime.see(a.MTime):
		return differ("mtime", "of %s: %d, want %v", x.nameOf(n), a.MTime, n.mtime)
	case !n.ctime.see(a.CTime):
		return differ("ctime", "of %s: %d, want %v", x.nameOf(n), a.CTime, n.ctime)
	case !n.btime.see(a.BTime):
		return differ("btime", "of %s: %d, want %v", x.nameOf(n), a.BTime, n.btime)
	}
	return nil
}

// sameBytes compares contents that begin at an offset of a file.
func sameBytes(got, want []byte, offset int64) *Finding {
	if bytes.Equal(got, want) {
		return nil
	}
	for i := range want {
		if got[i] != want[i] {
			return differ("contents", "byte %d is %#x, want %#x", offset+int64(i), got[i], want[i])
		}
	}
	return nil
}
