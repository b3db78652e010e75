//go:build linux

package fstest

import (
	"math"
	"testing"

	"golang.org/x/sys/unix"
)

var readWrites = table{
	"ReadWriteBack":            readWriteBack,
	"ReadAtEnd":                readAtEnd,
	"ReadShortAtEnd":           readShortAtEnd,
	"ReadNegativeOffset":       readNegativeOffset,
	"WritePastEnd":             writePastEnd,
	"WriteInPieces":            writeInPieces,
	"WriteAcrossPages":         writeAcrossPages,
	"WriteLarge":               writeLarge,
	"WriteBadBuffer":           writeBadBuffer,
	"WriteAtMaxOffset":         writeAtMaxOffset,
	"WriteOverFileSizeLimit":   writeOverFileSizeLimit,
	"PwriteKeepsOffset":        pwriteKeepsOffset,
	"PreadvPwritev":            preadvPwritev,
	"ReadvWritev":              readvWritev,
	"SeekSetCurEnd":            seekSetCurEnd,
	"FsyncFile":                fsyncFile,
	"FsyncReadOnlyDescriptor":  fsyncReadOnlyDescriptor,
	"FadviseAndReadahead":      fadviseAndReadahead,
	"ReadSeesOtherDescriptors": readSeesOtherDescriptors,
}

func readWriteBack(t *testing.T, dir string) {
	for _, n := range []int{0, 1, 511, 4095, 4096, 4097, 65535, 65536, 65537, 131072, 1<<20 + 1} {
		f := open(t, dir+"/x", unix.O_CREAT|unix.O_TRUNC|unix.O_RDWR, 0o644)
		want := fill(n)
		f.write(t, want)
		mustEqual(t, f.stat(t).Size, int64(n), "size")
		mustData(t, f.pread(t, n+1, 0), want, "data")
		mustHold(t, dir+"/x", string(want))
	}
}

func readAtEnd(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDONLY, 0)
	for _, off := range []int64{4, 5, 4096, 1 << 40, math.MaxInt64 - 10} {
		mustEqual(t, len(f.pread(t, 10, off)), 0, "bytes read at the end")
	}
}

func readShortAtEnd(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDONLY, 0)
	mustData(t, f.pread(t, 100, 1), []byte("ata"), "data")
}

func readNegativeOffset(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDWR, 0)
	_, err := unix.Pread(f.fd, make([]byte, 1), -1)
	mustErrno(t, err, unix.EINVAL, "pread")
	_, err = unix.Pwrite(f.fd, make([]byte, 1), -1)
	mustErrno(t, err, unix.EINVAL, "pwrite")
	_, err = unix.Seek(f.fd, -1, unix.SEEK_SET)
	mustErrno(t, err, unix.EINVAL, "lseek")
}

func writePastEnd(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDWR, 0)
	off := int64(3*pageSize + 5)
	f.pwrite(t, []byte("end"), off)
	want := make([]byte, off+3)
	copy(want, "data")
	copy(want[off:], "end")
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
}

func writeInPieces(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(20000)
	for i := 0; i < len(want); {
		n := min(1+i%777, len(want)-i)
		f.write(t, want[i:i+n])
		i += n
	}
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
}

func writeAcrossPages(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(4 * pageSize)
	f.write(t, want)
	patch := make([]byte, pageSize+20)
	for _, off := range []int{pageSize - 10, 2*pageSize - 1, 17} {
		copy(want[off:], patch)
		f.pwrite(t, patch, int64(off))
		mustData(t, f.pread(t, len(want), 0), want, "data")
	}
}

func writeLarge(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(16<<20 + 12345)
	f.write(t, want)
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
	mustData(t, f.pread(t, 100000, 7654321), want[7654321:7754321], "data")
}

// A write whose buffer is unmapped half way writes what it could read.
func writeBadBuffer(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	m, err := unix.Mmap(-1, 0, 2*pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	must(t, err, "mmap")
	defer unix.Munmap(m)
	must(t, unix.Mprotect(m[pageSize:], unix.PROT_NONE), "mprotect")
	_, err = unix.Write(f.fd, m[pageSize:])
	mustErrno(t, err, unix.EFAULT, "write from unreadable memory")
	mustEqual(t, f.stat(t).Size, 0, "size")
	f.write(t, []byte("data"))
	mustHold(t, dir+"/x", "data")
}

// write(2): EFBIG beyond the filesystem's or the kernel's maximum.
func writeAtMaxOffset(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	_, err := unix.Pwrite(f.fd, []byte("x"), math.MaxInt64)
	if err != unix.EFBIG && err != unix.EINVAL {
		t.Fatalf("pwrite at the maximal offset: %v, want EFBIG or EINVAL", err)
	}
	mustErrno(t, unix.Ftruncate(f.fd, -1), unix.EINVAL, "ftruncate to -1")
	mustEqual(t, f.stat(t).Size, 0, "size")
}

// setrlimit(2): RLIMIT_FSIZE cuts a write off, and what begins at the limit
// fails with EFBIG. The SIGXFSZ that comes along is ignored by the Go runtime.
func writeOverFileSizeLimit(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	var old unix.Rlimit
	must(t, unix.Prlimit(0, unix.RLIMIT_FSIZE, nil, &old), "prlimit")
	limit := unix.Rlimit{Cur: uint64(2*pageSize) - 10, Max: old.Max}
	must(t, unix.Prlimit(0, unix.RLIMIT_FSIZE, &limit, nil), "prlimit")
	defer unix.Prlimit(0, unix.RLIMIT_FSIZE, &old, nil)
	n, err := unix.Pwrite(f.fd, fill(pageSize), int64(pageSize))
	must(t, err, "pwrite across the limit")
	mustEqual(t, n, pageSize-10, "bytes written up to the limit")
	_, err = unix.Pwrite(f.fd, []byte("x"), int64(limit.Cur))
	mustErrno(t, err, unix.EFBIG, "pwrite at the limit")
	mustErrno(t, unix.Ftruncate(f.fd, int64(limit.Cur)+1), unix.EFBIG, "ftruncate over the limit")
	mustEqual(t, f.stat(t).Size, int64(limit.Cur), "size")
}

func pwriteKeepsOffset(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("ab"))
	f.pwrite(t, []byte("XYZ"), 10)
	f.pread(t, 5, 7)
	f.write(t, []byte("cd"))
	mustHold(t, dir+"/x", "abcd\x00\x00\x00\x00\x00\x00XYZ")
}

func preadvPwritev(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	n, err := unix.Pwritev(f.fd, [][]byte{[]byte("ab"), nil, []byte("cde")}, 3)
	must(t, err, "pwritev")
	mustEqual(t, n, 5, "bytes written")
	a, b := make([]byte, 4), make([]byte, 10)
	n, err = unix.Preadv(f.fd, [][]byte{a, b}, 1)
	must(t, err, "preadv")
	mustEqual(t, n, 7, "bytes read")
	mustData(t, append(a, b[:3]...), []byte("\x00\x00abcde"), "data")
}

func readvWritev(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(300)
	n, err := unix.Writev(f.fd, [][]byte{want[:100], want[100:101], want[101:]})
	must(t, err, "writev")
	mustEqual(t, n, 300, "bytes written")
	f.seek(t, 0)
	got := make([]byte, 400)
	n, err = unix.Readv(f.fd, [][]byte{got[:1], got[1:250], got[250:]})
	must(t, err, "readv")
	mustData(t, got[:n], want, "data")
}

func seekSetCurEnd(t *testing.T, dir string) {
	f := open(t, put(t, "0123456789", dir, "x"), unix.O_RDWR, 0)
	for _, c := range []struct {
		off    int64
		whence int
		want   int64
	}{
		{3, unix.SEEK_SET, 3},
		{4, unix.SEEK_CUR, 7},
		{-1, unix.SEEK_END, 9},
		{5, unix.SEEK_END, 15},
		{0, unix.SEEK_END, 10},
	} {
		got, err := unix.Seek(f.fd, c.off, c.whence)
		must(t, err, "lseek")
		mustEqual(t, got, c.want, "offset")
	}
	// The end is where it is now, not where it was at open.
	open(t, dir+"/x", unix.O_WRONLY|unix.O_APPEND, 0).write(t, []byte("more"))
	got, err := unix.Seek(f.fd, 0, unix.SEEK_END)
	must(t, err, "lseek")
	mustEqual(t, got, 14, "offset")
	_, err = unix.Seek(f.fd, -100, unix.SEEK_CUR)
	mustErrno(t, err, unix.EINVAL, "lseek before the start")
	_, err = unix.Seek(f.fd, 0, 99)
	mustErrno(t, err, unix.EINVAL, "lseek from nowhere")
}

func fsyncFile(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	must(t, unix.Fsync(f.fd), "fsync")
	must(t, unix.Fdatasync(f.fd), "fdatasync")
	must(t, unix.SyncFileRange(f.fd, 0, 0, unix.SYNC_FILE_RANGE_WRITE), "sync_file_range")
	mustHold(t, dir+"/x", "data")
}

func fsyncReadOnlyDescriptor(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDONLY, 0)
	must(t, unix.Fsync(f.fd), "fsync")
}

func fadviseAndReadahead(t *testing.T, dir string) {
	want := fill(5 * pageSize)
	f := open(t, put(t, string(want), dir, "x"), unix.O_RDONLY, 0)
	for _, advice := range []int{unix.FADV_SEQUENTIAL, unix.FADV_RANDOM, unix.FADV_WILLNEED, unix.FADV_DONTNEED} {
		must(t, unix.Fadvise(f.fd, 0, 0, advice), "posix_fadvise")
		mustData(t, f.pread(t, len(want), 0), want, "data")
	}
}

func readSeesOtherDescriptors(t *testing.T, dir string) {
	w := open(t, dir+"/x", exclusive, 0o644)
	r := open(t, dir+"/x", unix.O_RDONLY, 0)
	for i := range 50 {
		b := []byte{byte(i), byte(i + 1)}
		w.pwrite(t, b, int64(i))
		mustData(t, r.pread(t, 2, int64(i)), b, "data")
		mustEqual(t, r.stat(t).Size, int64(i+2), "size")
	}
}
