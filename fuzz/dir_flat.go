package fuzz

import (
	"fmt"
	"syscall"
)

// answer runs an operation on the slice, and returns what a system call would let
// see of it.
func (f *flatFile) answer(o *Op) (a Answer) {
	var errno syscall.Errno
	switch o.Kind {
	case Read:
		var data []byte
		if data, errno = f.read(o.Offset, o.ioSize()); errno == 0 {
			a = Answer{{"count", fmt.Sprint(len(data))}, {keyData, string(data)}}
		}
	case Write:
		src := make([]byte, o.ioSize())
		pattern(src, o.Fill, o.Offset)
		var n int
		if n, errno = f.write(src, o.Offset); errno == 0 {
			a = Answer{{"count", fmt.Sprint(n)}}
		}
	case Seek:
		var at int64
		if at, errno = f.seek(o.Offset, o.Flags); errno == 0 {
			a = Answer{{keyOffset, fmt.Sprint(at)}}
		}
	case CopyRange:
		var n int64
		if n, errno = f.copy(o.Offset, o.NewOffset, o.Size); errno == 0 {
			a = Answer{{"count", fmt.Sprint(n)}}
		}
	case SetAttr:
		errno = f.truncate(o.Size)
	case Fallocate:
		errno = f.fallocate(o.Flags, o.Offset, o.Size)
	}
	if errno != 0 {
		return Answer{{keyErrno, errnoName(errno)}}
	}
	return append(a, Field{keySize, fmt.Sprint(len(f.bytes))})
}

// reads returns what reads all of the file, but of what is a hole in the middle
// of holes only a part.
func (f *flatFile) reads() (ops []Op) {
	const step = 8 * blockSize
	for at := int64(0); at <= int64(len(f.bytes)); at += step {
		size := int64(step)
		if f.allHoles(at-blockSize, at+step+blockSize) {
			size = blockSize
		}
		ops = append(ops, Op{Kind: Read, Inode: 1, Offset: at, Size: size})
	}
	return ops
}
