//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// FALLOC_FL_ZERO_RANGE, fallocate(2): like punching a hole and allocating it
// again, which also serves beyond the end.
var zeroRanges = table{
	"ZeroRange":         zeroRange,
	"ZeroRangeExtends":  zeroRangeExtends,
	"ZeroRangeKeepSize": zeroRangeKeepSize,
	"ZeroRangeParts":    zeroRangeParts,
	"ZeroRangeInvalid":  zeroRangeInvalid,
	"ZeroRangeOfHole":   zeroRangeOfHole,
}

func zeroRange(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(5 * pageSize)
	f.write(t, want)
	must(t, unix.Fallocate(f.fd, unix.FALLOC_FL_ZERO_RANGE, pages(1), pages(2)), "fallocate")
	clear(want[pages(1):pages(3)])
	mustEqual(t, f.stat(t).Size, pages(5), "size")
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
}

func zeroRangeExtends(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	must(t, unix.Fallocate(f.fd, unix.FALLOC_FL_ZERO_RANGE, 2, 10), "fallocate")
	mustData(t, f.pread(t, 20, 0), []byte("da\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "data")
}

func zeroRangeKeepSize(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	must(t, unix.Fallocate(f.fd, unix.FALLOC_FL_ZERO_RANGE|unix.FALLOC_FL_KEEP_SIZE, 2, pages(4)), "fallocate")
	mustData(t, f.pread(t, 20, 0), []byte("da\x00\x00"), "data")
}

func zeroRangeParts(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(4 * pageSize)
	f.write(t, want)
	for _, r := range [][2]int{{5, 10}, {pageSize - 3, 6}, {2*pageSize - 1, pageSize + 2}} {
		must(t, unix.Fallocate(f.fd, unix.FALLOC_FL_ZERO_RANGE, int64(r[0]), int64(r[1])), "fallocate")
		clear(want[r[0] : r[0]+r[1]])
		mustData(t, f.pread(t, len(want)+1, 0), want, "data")
	}
}

func zeroRangeInvalid(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	mustErrno(t, unix.Fallocate(f.fd, unix.FALLOC_FL_ZERO_RANGE, 0, 0), unix.EINVAL, "fallocate of nothing")
	mustErrno(t, unix.Fallocate(f.fd, unix.FALLOC_FL_ZERO_RANGE|unix.FALLOC_FL_PUNCH_HOLE, 0, 1), unix.EOPNOTSUPP, "fallocate")
	r := open(t, dir+"/x", unix.O_RDONLY, 0)
	mustErrno(t, unix.Fallocate(r.fd, unix.FALLOC_FL_ZERO_RANGE, 0, 1), unix.EBADF, "fallocate")
}

func zeroRangeOfHole(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.truncate(t, pages(10))
	must(t, unix.Fallocate(f.fd, unix.FALLOC_FL_ZERO_RANGE, pages(2)+1, pages(3)), "fallocate")
	mustData(t, f.pread(t, 11*pageSize, 0), make([]byte, 10*pageSize), "data")
	f.pwrite(t, []byte("x"), pages(3))
	mustData(t, f.pread(t, 2, pages(3)), []byte("x\x00"), "data")
}
