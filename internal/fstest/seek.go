//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// lseek(2) with SEEK_HOLE and SEEK_DATA. FUSE has an operation of its own for
// them; for a server that does not know it the kernel takes the whole file for
// data, which these behaviours do not accept.
var seeks = table{
	"SeekHoleFindsHole":   seekHoleFindsHole,
	"SeekHoleOfDense":     seekHoleOfDense,
	"SeekDataOfAllHole":   seekDataOfAllHole,
	"SeekHolePunched":     seekHolePunched,
	"SeekHoleBeyondEnd":   seekHoleBeyondEnd,
	"SeekDataMovesOffset": seekDataMovesOffset,
}

func (f *file) mustSeek(t *testing.T, off int64, whence int, want int64) {
	t.Helper()
	got, err := unix.Seek(f.fd, off, whence)
	must(t, err, "lseek")
	mustEqual(t, got, want, "offset found")
}

// pages returns the offset of a page that comes after n others.
func pages(n int) int64 { return int64(n * pageSize) }

func seekHoleFindsHole(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.pwrite(t, fill(pageSize), pages(100))
	f.pwrite(t, fill(pageSize), pages(200))
	f.truncate(t, pages(300))
	f.mustSeek(t, 0, unix.SEEK_DATA, pages(100))
	f.mustSeek(t, 0, unix.SEEK_HOLE, 0)
	f.mustSeek(t, pages(100), unix.SEEK_DATA, pages(100))
	f.mustSeek(t, pages(100)+5, unix.SEEK_DATA, pages(100)+5)
	f.mustSeek(t, pages(100), unix.SEEK_HOLE, pages(101))
	f.mustSeek(t, pages(101), unix.SEEK_DATA, pages(200))
	f.mustSeek(t, pages(201)+7, unix.SEEK_HOLE, pages(201)+7)
	_, err := unix.Seek(f.fd, pages(201), unix.SEEK_DATA)
	mustErrno(t, err, unix.ENXIO, "lseek for data in the last hole")
}

// There is a virtual hole at the end of every file.
func seekHoleOfDense(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(100))
	f.mustSeek(t, 0, unix.SEEK_HOLE, 100)
	f.mustSeek(t, 99, unix.SEEK_DATA, 99)
}

func seekDataOfAllHole(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.truncate(t, pages(10))
	_, err := unix.Seek(f.fd, 0, unix.SEEK_DATA)
	mustErrno(t, err, unix.ENXIO, "lseek for data")
	f.mustSeek(t, 5, unix.SEEK_HOLE, 5)
}

func seekHolePunched(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(10*pageSize))
	must(t, unix.Fallocate(f.fd, punch, pages(3), pages(2)), "fallocate")
	f.mustSeek(t, 0, unix.SEEK_HOLE, pages(3))
	f.mustSeek(t, pages(3), unix.SEEK_DATA, pages(5))
	f.mustSeek(t, pages(5), unix.SEEK_HOLE, pages(10))
}

func seekHoleBeyondEnd(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(100))
	for _, whence := range []int{unix.SEEK_HOLE, unix.SEEK_DATA} {
		for _, off := range []int64{100, 1 << 30, -1} {
			_, err := unix.Seek(f.fd, off, whence)
			mustErrno(t, err, unix.ENXIO, "lseek beyond the end")
		}
	}
}

func seekDataMovesOffset(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.pwrite(t, []byte("data"), pages(50))
	f.mustSeek(t, 0, unix.SEEK_DATA, pages(50))
	b := make([]byte, 10)
	n, err := unix.Read(f.fd, b)
	must(t, err, "read")
	mustData(t, b[:n], []byte("data"), "data")
}
