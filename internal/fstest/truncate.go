//go:build linux

package fstest

import (
	"math"
	"testing"

	"golang.org/x/sys/unix"
)

var truncates = table{
	"TruncateShrinks":            truncateShrinks,
	"TruncateExtendsWithZeros":   truncateExtendsWithZeros,
	"TruncateForgetsTail":        truncateForgetsTail,
	"TruncateForgetsWholePages":  truncateForgetsWholePages,
	"TruncateThenWritePast":      truncateThenWritePast,
	"TruncateToZeroAndBack":      truncateToZeroAndBack,
	"TruncateKeepsOffset":        truncateKeepsOffset,
	"TruncateDirAndMissing":      truncateDirAndMissing,
	"TruncateNegative":           truncateNegative,
	"TruncateFollowsSymlink":     truncateFollowsSymlink,
	"FtruncateReadOnly":          ftruncateReadOnly,
	"FtruncateWithoutPermission": ftruncateWithoutPermission,
	"TruncateSeenByOpenFiles":    truncateSeenByOpenFiles,
	"TruncateHuge":               truncateHuge,
}

func truncateShrinks(t *testing.T, dir string) {
	want := fill(3*pageSize + 100)
	path := put(t, string(want), dir, "x")
	for _, n := range []int{3 * pageSize, 3*pageSize - 1, pageSize + 1, 10, 0} {
		must(t, unix.Truncate(path, int64(n)), "truncate")
		mustEqual(t, stat(t, path).Size, int64(n), "size")
		mustHold(t, path, string(want[:n]))
	}
}

func truncateExtendsWithZeros(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Truncate(path, int64(2*pageSize+3)), "truncate")
	want := make([]byte, 2*pageSize+3)
	copy(want, "data")
	mustHold(t, path, string(want))
}

// What was cut off in the middle of a page must not come back.
func truncateForgetsTail(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(pageSize))
	f.truncate(t, 10)
	f.truncate(t, int64(pageSize))
	want := make([]byte, pageSize)
	copy(want, fill(10))
	mustData(t, f.pread(t, 2*pageSize, 0), want, "data")
}

func truncateForgetsWholePages(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(20*pageSize))
	f.truncate(t, int64(5*pageSize+1))
	f.truncate(t, int64(20*pageSize))
	want := make([]byte, 20*pageSize)
	copy(want, fill(5*pageSize+1))
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
}

func truncateThenWritePast(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(2*pageSize))
	f.truncate(t, 10)
	f.pwrite(t, []byte("end"), 100)
	want := make([]byte, 103)
	copy(want, fill(10))
	copy(want[100:], "end")
	mustData(t, f.pread(t, 200, 0), want, "data")
}

func truncateToZeroAndBack(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	for range 3 {
		f.pwrite(t, fill(3*pageSize), 0)
		f.truncate(t, 0)
		f.truncate(t, int64(3*pageSize))
		mustData(t, f.pread(t, 3*pageSize, 0), make([]byte, 3*pageSize), "data")
	}
}

func truncateKeepsOffset(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	f.truncate(t, 0)
	f.write(t, []byte("x"))
	mustHold(t, dir+"/x", "\x00\x00\x00\x00x")
}

func truncateDirAndMissing(t *testing.T, dir string) {
	mustErrno(t, unix.Truncate(dir, 0), unix.EISDIR, "truncate of a directory")
	mustErrno(t, unix.Truncate(dir+"/missing", 0), unix.ENOENT, "truncate of nothing")
	d := opendir(t, dir)
	mustErrno(t, unix.Ftruncate(d.fd, 0), unix.EINVAL, "ftruncate of a directory")
}

func truncateNegative(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	mustErrno(t, unix.Truncate(path, -1), unix.EINVAL, "truncate to -1")
	mustErrno(t, unix.Truncate(path, math.MinInt64), unix.EINVAL, "truncate to the minimum")
	mustHold(t, path, "data")
}

func truncateFollowsSymlink(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	must(t, unix.Truncate(dir+"/s", 2), "truncate")
	mustHold(t, path, "da")
}

func ftruncateReadOnly(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDONLY, 0)
	mustErrno(t, unix.Ftruncate(f.fd, 0), unix.EINVAL, "ftruncate of a descriptor not open for writing")
}

// ftruncate(2) asks the descriptor, not the file, for permission.
func ftruncateWithoutPermission(t *testing.T, dir string) {
	needRoot(t)
	asAlice(t, func() {
		f := open(t, dir+"/x", exclusive, 0o600)
		f.write(t, []byte("data"))
		must(t, unix.Fchmod(f.fd, 0), "fchmod")
		f.truncate(t, 2)
		mustEqual(t, f.stat(t).Size, 2, "size")
		mustErrno(t, unix.Truncate(dir+"/x", 0), unix.EACCES, "truncate")
	})
}

func truncateSeenByOpenFiles(t *testing.T, dir string) {
	path := put(t, string(fill(pageSize)), dir, "x")
	f := open(t, path, unix.O_RDONLY, 0)
	f.pread(t, pageSize, 0) // so that it is cached
	must(t, unix.Truncate(path, 5), "truncate")
	mustData(t, f.pread(t, 100, 0), fill(5), "data")
	must(t, unix.Truncate(path, 8), "truncate")
	mustData(t, f.pread(t, 100, 0), append(fill(5), 0, 0, 0), "data")
}

func truncateHuge(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	for _, size := range []int64{1 << 32, 1<<40 + 1, 1 << 42, 10} {
		f.truncate(t, size)
		mustEqual(t, f.stat(t).Size, size, "size")
	}
}
