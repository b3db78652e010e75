package fuzz

import (
	"fmt"
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// copyMax is how much is copied at most: a filesystem without copy_file_range(2)
// has the kernel copy the holes byte by byte.
const copyMax = 4 << 20

// copyRange is copy_file_range(2), again until all is copied or no more can be.
func (r *dirRun) copyRange(f, to *dirInode, o *Op) (Answer, syscall.Errno) {
	for _, file := range [...]*dirInode{f, to} {
		if file.mode&typeMask != typeRegular && file.mode&typeMask != typeDir {
			return Answer{{keySkipped, "no regular file"}}, 0
		}
	}
	from, err := unix.Open(f.path(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, errnoOf(err)
	}
	defer unix.Close(from)
	fd, err := unix.Open(to.path(), unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, errnoOf(err)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(from, &st); err != nil {
		return nil, errnoOf(err)
	}
	there := min(o.Size, st.Size-o.Offset)
	if o.Offset >= 0 && there > copyMax {
		return Answer{{keySkipped, "too much"}}, 0
	}
	r.read[f.ino] = true
	in, out, done := o.Offset, o.NewOffset, int64(0)
	for {
		n, err := unix.CopyFileRange(from, &in, fd, &out, int(o.Size-done), 0)
		done += int64(max(n, 0))
		if errno := errnoOf(err); errno != 0 && (done == 0 || errno != unix.ENOSPC) {
			r.written(to, 0, errno)
			return nil, errno
		}
		if n <= 0 || done >= there { // there may be more by now, if it is a copy within the file
			break
		}
	}
	r.written(to, done, 0)
	return r.withSize(fd, Answer{{"count", fmt.Sprint(done)}}, 0)
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
