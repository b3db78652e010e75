//go:build linux

package fstest

import (
	"math"
	"testing"

	"golang.org/x/sys/unix"
)

var fallocates = table{
	"FallocateExtends":          fallocateExtends,
	"FallocateKeepsData":        fallocateKeepsData,
	"FallocateKeepSize":         fallocateKeepSize,
	"FallocatePunchHole":        fallocatePunchHole,
	"FallocatePunchHoleParts":   fallocatePunchHoleParts,
	"FallocatePunchHolePastEnd": fallocatePunchHolePastEnd,
	"FallocateInvalid":          fallocateInvalid,
	"FallocateReadOnly":         fallocateReadOnly,
	"FallocateTooBig":           fallocateTooBig,
	"FallocateUnsupported":      fallocateUnsupported,
	"FallocateUnlinked":         fallocateUnlinked,
	"BlocksOfFallocate":         blocksOfFallocate,
	"BlocksOfPunchedHole":       blocksOfPunchedHole,
}

// punch is the only way to punch holes: the size never changes by it.
const punch = unix.FALLOC_FL_PUNCH_HOLE | unix.FALLOC_FL_KEEP_SIZE

func fallocateExtends(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	must(t, unix.Fallocate(f.fd, 0, 100, 1000), "fallocate")
	mustEqual(t, f.stat(t).Size, 1100, "size")
	want := make([]byte, 1100)
	copy(want, "data")
	mustData(t, f.pread(t, 2000, 0), want, "data")
}

func fallocateKeepsData(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(3 * pageSize)
	f.write(t, want)
	must(t, unix.Fallocate(f.fd, 0, 10, pages(2)), "fallocate")
	mustEqual(t, f.stat(t).Size, pages(3), "size")
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
}

func fallocateKeepSize(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	must(t, unix.Fallocate(f.fd, unix.FALLOC_FL_KEEP_SIZE, 0, pages(4)), "fallocate")
	mustEqual(t, f.stat(t).Size, 4, "size")
	f.truncate(t, 10)
	mustData(t, f.pread(t, 20, 0), []byte("data\x00\x00\x00\x00\x00\x00"), "data")
}

func fallocatePunchHole(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(6 * pageSize)
	f.write(t, want)
	must(t, unix.Fallocate(f.fd, punch, pages(1), pages(3)), "fallocate")
	clear(want[pages(1):pages(4)])
	mustEqual(t, f.stat(t).Size, pages(6), "size")
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
}

// A hole that does not begin and end with a page zeroes the parts of pages.
func fallocatePunchHoleParts(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(6 * pageSize)
	f.write(t, want)
	for _, r := range [][2]int{{10, 20}, {pageSize - 5, 10}, {2*pageSize + 1, 2 * pageSize}, {5 * pageSize, pageSize - 1}} {
		must(t, unix.Fallocate(f.fd, punch, int64(r[0]), int64(r[1])), "fallocate")
		clear(want[r[0] : r[0]+r[1]])
		mustData(t, f.pread(t, len(want)+1, 0), want, "data")
	}
}

func fallocatePunchHolePastEnd(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(pageSize))
	must(t, unix.Fallocate(f.fd, punch, 10, 1<<30), "fallocate")
	must(t, unix.Fallocate(f.fd, punch, 1<<40, 1<<30), "fallocate")
	want := make([]byte, pageSize)
	copy(want, fill(10))
	mustEqual(t, f.stat(t).Size, pages(1), "size")
	mustData(t, f.pread(t, 2*pageSize, 0), want, "data")
}

func fallocateInvalid(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	for _, mode := range []uint32{0, unix.FALLOC_FL_KEEP_SIZE, punch} {
		mustErrno(t, unix.Fallocate(f.fd, mode, 0, 0), unix.EINVAL, "fallocate of nothing")
		mustErrno(t, unix.Fallocate(f.fd, mode, -1, 10), unix.EINVAL, "fallocate before the start")
		mustErrno(t, unix.Fallocate(f.fd, mode, 0, -1), unix.EINVAL, "fallocate of less than nothing")
	}
	mustEqual(t, f.stat(t).Size, 0, "size")
}

func fallocateReadOnly(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDONLY, 0)
	mustErrno(t, unix.Fallocate(f.fd, 0, 0, 10), unix.EBADF, "fallocate")
	mustErrno(t, unix.Fallocate(f.fd, punch, 0, 10), unix.EBADF, "fallocate")
	mustErrno(t, unix.Fallocate(opendir(t, dir).fd, 0, 0, 10), unix.EBADF, "fallocate of a directory")
}

func fallocateTooBig(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	mustErrno(t, unix.Fallocate(f.fd, 0, math.MaxInt64, 10), unix.EFBIG, "fallocate")
	mustErrno(t, unix.Fallocate(f.fd, 0, 1<<62, 1<<62), unix.EFBIG, "fallocate")
	mustEqual(t, f.stat(t).Size, 0, "size")
}

func fallocateUnsupported(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(4*pageSize))
	for _, mode := range []uint32{
		unix.FALLOC_FL_PUNCH_HOLE, // without KEEP_SIZE
		unix.FALLOC_FL_COLLAPSE_RANGE,
		unix.FALLOC_FL_INSERT_RANGE,
		unix.FALLOC_FL_UNSHARE_RANGE,
		unix.FALLOC_FL_NO_HIDE_STALE,
		punch | unix.FALLOC_FL_ZERO_RANGE,
	} {
		mustErrno(t, unix.Fallocate(f.fd, mode, pages(1), pages(1)), unix.EOPNOTSUPP, "fallocate")
	}
	mustData(t, f.pread(t, 5*pageSize, 0), fill(4*pageSize), "data")
}

func fallocateUnlinked(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	must(t, unix.Fallocate(f.fd, 0, 0, 1000), "fallocate")
	mustEqual(t, f.stat(t).Size, 1000, "size")
}

func blocksOfFallocate(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Fallocate(f.fd, 0, 0, pages(8)), "fallocate")
	mustEqual(t, f.stat(t).Blocks, pages(8)/512, "blocks")
	must(t, unix.Fallocate(f.fd, unix.FALLOC_FL_KEEP_SIZE, 0, pages(12)), "fallocate")
	mustEqual(t, f.stat(t).Blocks, pages(12)/512, "blocks with some beyond the end")
	f.write(t, fill(8*pageSize))
	mustEqual(t, f.stat(t).Blocks, pages(12)/512, "blocks after they were written")
	f.truncate(t, pages(8)) // frees what lies beyond the end
	mustEqual(t, f.stat(t).Blocks, pages(8)/512, "blocks after truncation to the same size")
}

func blocksOfPunchedHole(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(8*pageSize))
	must(t, unix.Fallocate(f.fd, punch, pages(1), pages(2)), "fallocate")
	mustEqual(t, f.stat(t).Blocks, pages(6)/512, "blocks")
	must(t, unix.Fallocate(f.fd, punch, pages(4)+1, pages(1)), "fallocate of parts of two pages")
	mustEqual(t, f.stat(t).Blocks, pages(6)/512, "blocks")
}
