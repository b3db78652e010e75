package fuzz

import (
	"fmt"
	"io"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The ways of reading and writing.
const (
	plainly    = iota // pread(2), pwrite(2)
	mapped            // through a shared mapping
	directly          // with O_DIRECT
	byCopying         // writing only: copy_file_range(2) from another file
	accessWays = 4
)

// way returns how an operation reads or writes. Access has two bits for each.
func (r *dirRun) way() uint64 { return r.Access >> (2 * (len(r.files) % 32)) % accessWays }

// data runs an operation on the contents of a file.
func (r *dirRun) data(f *dirInode, o *Op) (Answer, syscall.Errno) {
	switch f.mode & typeMask {
	case typeRegular, typeDir:
	default:
		return Answer{{keySkipped, "no regular file"}}, 0
	}
	return r.dataWay(f, o, r.way())
}

// dataWay is data with a way of reading and writing.
func (r *dirRun) dataWay(f *dirInode, o *Op, way uint64) (Answer, syscall.Errno) {
	flags := unix.O_WRONLY
	switch {
	case o.Kind == Read:
		flags = unix.O_RDONLY
	case way == mapped:
		flags = unix.O_RDWR
	}
	direct := 0
	if way == directly && o.Kind != Fallocate {
		direct = unix.O_DIRECT
	}
	fd, err := unix.Open(f.path(), flags|direct|unix.O_CLOEXEC, 0)
	if err == unix.EINVAL && direct != 0 { // there is no O_DIRECT
		return r.dataWay(f, o, plainly)
	}
	if err != nil {
		return nil, errnoOf(err)
	}
	defer unix.Close(fd)

	var a Answer
	var errno syscall.Errno
	switch o.Kind {
	case Read:
		r.read[f.ino] = true
		a, errno = r.readData(fd, o, way)
	case Write:
		src := memory(o.ioSize())
		pattern(src, o.Fill, o.Offset)
		n := 0
		n, errno = r.write(fd, src, o.Offset, way)
		a = Answer{{"count", fmt.Sprint(n)}}
	case Fallocate:
		for errno = unix.EINTR; errno == unix.EINTR; {
			errno = errnoOf(unix.Fallocate(fd, o.Flags, o.Offset, o.Size))
		}
	}
	if direct != 0 && errno == unix.EINVAL { // some want it in whole sectors
		return r.dataWay(f, o, plainly)
	}
	if o.Kind != Read {
		if errno == 0 {
			delete(r.doubt, f.ino)
		} else if errno == unix.ENOSPC {
			r.doubt[f.ino] = afterFull
		}
	}
	if r.OneFile && errno == 0 {
		var st unix.Stat_t
		errno = errnoOf(unix.Fstat(fd, &st))
		a = append(a, Field{keySize, fmt.Sprint(st.Size)})
	}
	return a, errno
}

// memory returns zeros that begin at the start of a page, as O_DIRECT may want.
func memory(n int) []byte {
	const page = 4096
	b := make([]byte, n+page)
	off := -int(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) & (page - 1)
	return b[off : off+n : off+n]
}

func (r *dirRun) readData(fd int, o *Op, way uint64) (Answer, syscall.Errno) {
	if way == mapped && o.Offset >= 0 {
		return readMapped(fd, o.Offset, o.ioSize())
	}
	dst := memory(o.ioSize())
	n, err := unix.Pread(fd, dst, o.Offset)
	if err != nil {
		return nil, errnoOf(err)
	}
	return Answer{{"count", fmt.Sprint(n)}, {keyData, string(dst[:n])}}, 0
}

// readMapped reads what pread(2) would. Behind the end of the file, up to that of
// the page, a mapping must be zero.
func readMapped(fd int, offset int64, length int) (Answer, syscall.Errno) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, errnoOf(err)
	}
	length = int(max(0, min(int64(length), st.Size-offset)))
	a := Answer{{"count", fmt.Sprint(length)}}
	if length == 0 {
		return append(a, Field{keyData, ""}), 0
	}
	start := offset &^ (blockSize - 1)
	mem, err := unix.Mmap(fd, start, int(offset-start)+length, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, errnoOf(err)
	}
	defer unix.Munmap(mem)
	end := int(offset-start) + length
	a = append(a, Field{keyData, string(mem[offset-start : end])})
	if start+int64(end) == st.Size {
		for k, b := range mem[end:min(cap(mem), (end+blockSize-1)&^(blockSize-1))] {
			if b != 0 {
				return append(a, Field{keyBehind, fmt.Sprintf("%#x at %d", b, st.Size+int64(k))}), 0
			}
		}
	}
	return a, 0
}

func (r *dirRun) write(fd int, src []byte, offset int64, way uint64) (int, syscall.Errno) {
	if offset >= 0 && len(src) > 0 {
		switch way {
		case mapped:
			return writeMapped(fd, src, offset)
		case byCopying:
			return r.writeCopy(fd, src, offset)
		}
	}
	n, err := unix.Pwrite(fd, src, offset)
	return max(n, 0), errnoOf(err)
}

// writeMapped writes through a mapping. The file must be as long as that first.
func writeMapped(fd int, src []byte, offset int64) (int, syscall.Errno) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, errnoOf(err)
	}
	end := offset + int64(len(src))
	if st.Size < end {
		if err := unix.Ftruncate(fd, end); err != nil {
			return 0, errnoOf(err)
		}
	}
	start := offset &^ (blockSize - 1)
	mem, err := unix.Mmap(fd, start, int(end-start), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return 0, errnoOf(err)
	}
	copy(mem[offset-start:], src)
	if offset/64%2 == 0 { // else the kernel writes it back when it likes to, or has to
		err = unix.Msync(mem, unix.MS_SYNC)
	}
	if errno := errnoOf(unix.Munmap(mem)); errno != 0 || err != nil {
		return 0, max(errno, errnoOf(err))
	}
	return len(src), 0
}

// writeCopy writes to another file, and copies that.
func (r *dirRun) writeCopy(fd int, src []byte, offset int64) (int, syscall.Errno) {
	if r.source < 0 {
		const name = "source"
		s, err := unix.Openat(r.root.fd, name, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
		if err != nil {
			return 0, errnoOf(err)
		}
		r.source = s
		if err := unix.Unlinkat(r.root.fd, name, 0); err != nil {
			return 0, errnoOf(err)
		}
	}
	if _, err := unix.Pwrite(r.source, src, 0); err != nil {
		return 0, errnoOf(err)
	}
	from := int64(0)
	for from < int64(len(src)) {
		n, err := unix.CopyFileRange(r.source, &from, fd, &offset, len(src)-int(from), 0)
		if err != nil {
			return int(from), errnoOf(err)
		}
		if n == 0 {
			return int(from), errnoOf(io.ErrUnexpectedEOF)
		}
	}
	return len(src), 0
}
