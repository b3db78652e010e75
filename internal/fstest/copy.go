//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Copies made by the kernel, which filesystems may or may not speed up.
var copies = table{
	"CopyFileRange":            copyFileRange,
	"CopyFileRangeWithinFile":  copyFileRangeWithinFile,
	"CopyFileRangeErrors":      copyFileRangeErrors,
	"SendfileBetweenFiles":     sendfileBetweenFiles,
	"SpliceThroughPipe":        spliceThroughPipe,
	"CopyFileRangePastSources": copyFileRangePastSources,
}

func copyFileRange(t *testing.T, dir string) {
	want := fill(10*pageSize + 3)
	from := open(t, put(t, string(want), dir, "from"), unix.O_RDONLY, 0)
	to := open(t, dir+"/to", exclusive, 0o644)
	total := 0
	for {
		n, err := unix.CopyFileRange(from.fd, nil, to.fd, nil, 3*pageSize+1, 0)
		must(t, err, "copy_file_range")
		if n == 0 {
			break
		}
		total += n
	}
	mustEqual(t, total, len(want), "bytes copied")
	mustHold(t, dir+"/to", string(want))
}

func copyFileRangeWithinFile(t *testing.T, dir string) {
	f := open(t, put(t, "0123456789", dir, "x"), unix.O_RDWR, 0)
	from, to := int64(2), int64(20)
	n, err := unix.CopyFileRange(f.fd, &from, f.fd, &to, 5, 0)
	must(t, err, "copy_file_range")
	mustEqual(t, n, 5, "bytes copied")
	mustEqual(t, [2]int64{from, to}, [2]int64{7, 25}, "offsets")
	mustHold(t, dir+"/x", "0123456789\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0023456")
}

func copyFileRangeErrors(t *testing.T, dir string) {
	f := open(t, put(t, "0123456789", dir, "x"), unix.O_RDWR, 0)
	from, to := int64(0), int64(2)
	_, err := unix.CopyFileRange(f.fd, &from, f.fd, &to, 5, 0)
	mustErrno(t, err, unix.EINVAL, "copy_file_range of overlapping ranges")
	_, err = unix.CopyFileRange(opendir(t, dir).fd, nil, f.fd, nil, 5, 0)
	mustErrno(t, err, unix.EISDIR, "copy_file_range from a directory")
	r := open(t, put(t, "", dir, "r"), unix.O_RDONLY, 0)
	_, err = unix.CopyFileRange(f.fd, nil, r.fd, nil, 5, 0)
	mustErrno(t, err, unix.EBADF, "copy_file_range to a read-only descriptor")
	a := open(t, dir+"/a", unix.O_CREAT|unix.O_WRONLY|unix.O_APPEND, 0o644)
	_, err = unix.CopyFileRange(f.fd, nil, a.fd, nil, 5, 0)
	mustErrno(t, err, unix.EBADF, "copy_file_range to an O_APPEND descriptor")
}

func copyFileRangePastSources(t *testing.T, dir string) {
	from := open(t, put(t, "data", dir, "from"), unix.O_RDONLY, 0)
	to := open(t, dir+"/to", exclusive, 0o644)
	off := int64(2)
	n, err := unix.CopyFileRange(from.fd, &off, to.fd, nil, 100, 0)
	must(t, err, "copy_file_range")
	mustEqual(t, n, 2, "bytes copied")
	n, err = unix.CopyFileRange(from.fd, &off, to.fd, nil, 100, 0)
	must(t, err, "copy_file_range")
	mustEqual(t, n, 0, "bytes copied at the end")
	mustHold(t, dir+"/to", "ta")
}

func sendfileBetweenFiles(t *testing.T, dir string) {
	want := fill(5*pageSize + 9)
	from := open(t, put(t, string(want), dir, "from"), unix.O_RDONLY, 0)
	to := open(t, dir+"/to", exclusive, 0o644)
	for total := 0; total < len(want); {
		n, err := unix.Sendfile(to.fd, from.fd, nil, len(want))
		must(t, err, "sendfile")
		if n == 0 {
			t.Fatalf("sendfile stopped after %d bytes of %d", total, len(want))
		}
		total += n
	}
	mustHold(t, dir+"/to", string(want))
}

func spliceThroughPipe(t *testing.T, dir string) {
	want := fill(3*pageSize + 9)
	from := open(t, put(t, string(want), dir, "from"), unix.O_RDONLY, 0)
	to := open(t, dir+"/to", exclusive, 0o644)
	var p [2]int
	must(t, unix.Pipe2(p[:], unix.O_CLOEXEC), "pipe2")
	r, w := adopt(t, p[0]), adopt(t, p[1])
	for total := 0; total < len(want); {
		n, err := unix.Splice(from.fd, nil, w.fd, nil, 4096, 0)
		must(t, err, "splice into the pipe")
		if n == 0 {
			t.Fatalf("splice stopped after %d bytes of %d", total, len(want))
		}
		for rest := int(n); rest > 0; {
			n, err := unix.Splice(r.fd, nil, to.fd, nil, rest, 0)
			must(t, err, "splice out of the pipe")
			rest -= int(n)
		}
		total += int(n)
	}
	mustHold(t, dir+"/to", string(want))
}
