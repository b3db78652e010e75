package fuzz

import (
	"fmt"
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
	case o.Kind == Read, o.Kind == Seek:
		flags = unix.O_RDONLY
	case way == mapped:
		flags = unix.O_RDWR
	}
	if flags != unix.O_RDONLY && r.appends[f.ino] {
		flags |= unix.O_APPEND // without it open(2) fails, but not on FUSE: its kernel does not know
	}
	if o.Kind == Read && o.Flags&NoATime != 0 {
		flags |= unix.O_NOATIME
	}
	direct := 0
	if way == directly && (o.Kind == Read || o.Kind == Write) {
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
		r.read[f.ino] = r.read[f.ino] || o.Flags&NoATime == 0
		a, errno = r.readData(fd, o, way)
	case Write:
		src := memory(o.ioSize())
		pattern(src, o.Fill, o.Offset)
		n := 0
		n, errno = r.write(fd, src, o.Offset, way)
		r.written(f, int64(n), errno)
		a = Answer{{"count", fmt.Sprint(n)}}
	case Seek:
		a, errno = r.seek(fd, o)
	case Fallocate:
		for errno = unix.EINTR; errno == unix.EINTR; {
			errno = errnoOf(unix.Fallocate(fd, o.Flags, o.Offset, o.Size))
		}
		r.written(f, o.Size, errno)
	}
	if direct != 0 && errno == unix.EINVAL { // some want it in whole sectors
		return r.dataWay(f, o, plainly)
	}
	return r.withSize(fd, a, errno)
}

// written takes note that some bytes of a file were written, or none for lack of
// space.
func (r *dirRun) written(f *dirInode, n int64, errno syscall.Errno) {
	switch {
	case errno == unix.ENOSPC:
		r.doubt[f.ino] = afterFull
	case errno == 0 && n > 0:
		delete(r.doubt, f.ino)
	}
}

// withSize adds to what an operation returns the size of the file, if it is told.
func (r *dirRun) withSize(fd int, a Answer, errno syscall.Errno) (Answer, syscall.Errno) {
	if r.OneFile && errno == 0 {
		var st unix.Stat_t
		errno = errnoOf(unix.Fstat(fd, &st))
		a = append(a, Field{keySize, fmt.Sprint(st.Size)})
	}
	return a, errno
}

// seek looks for data or a hole.
func (r *dirRun) seek(fd int, o *Op) (Answer, syscall.Errno) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, errnoOf(err)
	}
	switch {
	case st.Mode&typeMask != typeRegular:
		return Answer{{keySkipped, "no regular file"}}, 0
	case o.Flags != seekData && o.Flags != seekHole:
		return Answer{{keySkipped, "the kernel's"}}, 0
	case st.Size > farSize:
		return Answer{{keySkipped, "too large"}}, 0
	}
	at, err := unix.Seek(fd, o.Offset, int(o.Flags))
	if err != nil {
		return nil, errnoOf(err)
	}
	return Answer{{keyOffset, fmt.Sprint(at)}}, 0
}

// farSize is the size of a file in which SEEK_DATA and SEEK_HOLE are of no use:
// tmpfs comes to negative offsets close to 2^63.
const farSize = 1 << 60

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
