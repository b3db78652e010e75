//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Times of birth, which only statx(2) tells. FUSE carries them since protocol
// 7.39, in an operation that a server may not know.
var btimes = table{
	"BtimeOfNewFile": btimeOfNewFile,
	"BtimeIsKept":    btimeIsKept,
	"BtimeMonotone":  btimeMonotone,
}

func btime(t *testing.T, path string) unix.Timespec {
	t.Helper()
	var st unix.Statx_t
	must(t, unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BTIME, &st), "statx")
	if st.Mask&unix.STATX_BTIME == 0 {
		t.Fatal("statx gives no btime")
	}
	return unix.Timespec{Sec: st.Btime.Sec, Nsec: int64(st.Btime.Nsec)}
}

func btimeOfNewFile(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustEqual(t, btime(t, path), stat(t, path).Atim, "btime")
}

func btimeIsKept(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	before := btime(t, path)
	tick(t)
	must(t, unix.Truncate(path, 0), "truncate")
	must(t, unix.Chmod(path, 0o600), "chmod")
	must(t, utimens(path, unix.Timespec{Sec: 1}, unix.Timespec{Sec: 1}), "utimensat")
	must(t, unix.Rename(path, dir+"/y"), "rename")
	mustEqual(t, btime(t, dir+"/y"), before, "btime")
}

func btimeMonotone(t *testing.T, dir string) {
	a := btime(t, put(t, "", dir, "a"))
	tick(t)
	if b := btime(t, mkdir(t, dir, "b")); compareTime(b, a) <= 0 {
		t.Fatalf("btime of the younger is %v, of the older %v", b, a)
	}
}
