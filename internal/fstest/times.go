//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Which operation moves which stamps of the file it works on, inode(7).
var times = table{
	"TimesOfWrite":             timesOfWrite,
	"TimesOfEmptyWrite":        timesOfEmptyWrite,
	"TimesOfTruncate":          timesOfTruncate,
	"TimesOfTruncateSameSize":  timesOfTruncateSameSize,
	"TimesOfFtruncateSameSize": timesOfFtruncateSameSize,
	"TimesOfTruncatingOpen":    timesOfTruncatingOpen,
	"TimesOfChmod":             timesOfChmod,
	"TimesOfChown":             timesOfChown,
	"TimesOfXattr":             timesOfXattr,
	"TimesOfLookup":            timesOfLookup,
	"TimesOfFallocate":         timesOfFallocate,
	"TimesAreTheClocks":        timesAreTheClocks,
	"AtimeMovesOnFirstRead":    atimeMovesOnFirstRead,
	"AtimeStaysOnSecondRead":   atimeStaysOnSecondRead,
	"AtimeNoatimeFlag":         atimeNoatimeFlag,
	"AtimeOfReaddir":           atimeOfReaddir,
	"AtimeOfReadlink":          atimeOfReadlink,
}

func timesOfWrite(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_WRONLY, 0)
	w := watchTimes(t, path, dir)
	f.write(t, []byte("DATA")) // the size stays
	w.mustMove(t, 0, mtime|ctime, "write")
	w.mustMove(t, 1, 0, "write")
	w = watchTimes(t, path)
	f.pwrite(t, []byte("x"), 100)
	w.mustMove(t, 0, mtime|ctime, "extending write")
}

func timesOfEmptyWrite(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_WRONLY, 0)
	w := watchTimes(t, path)
	f.write(t, nil)
	w.mustMove(t, 0, 0, "write of nothing")
}

func timesOfTruncate(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	for _, size := range []int64{2, 10, 0} {
		w := watchTimes(t, path)
		must(t, unix.Truncate(path, size), "truncate")
		w.mustMove(t, 0, mtime|ctime, "truncate to another size")
	}
}

// POSIX has truncate mark the times if the size changes; Linux marks them
// always.
func timesOfTruncateSameSize(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	w := watchTimes(t, path)
	must(t, unix.Truncate(path, 4), "truncate")
	w.mustMove(t, 0, mtime|ctime, "truncate to the same size")
}

// ftruncate(2) changes them always.
func timesOfFtruncateSameSize(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_WRONLY, 0)
	w := watchTimes(t, path)
	f.truncate(t, 4)
	w.mustMove(t, 0, mtime|ctime, "ftruncate to the same size")
}

// open(2) with O_TRUNC marks the times even of a file that was empty.
func timesOfTruncatingOpen(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	for range 2 {
		w := watchTimes(t, path, dir)
		open(t, path, unix.O_WRONLY|unix.O_TRUNC, 0)
		w.mustMove(t, 0, mtime|ctime, "open with O_TRUNC")
		w.mustMove(t, 1, 0, "open with O_TRUNC")
	}
}

func timesOfChmod(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	for range 2 { // the second changes nothing but the time
		w := watchTimes(t, path, dir)
		must(t, unix.Chmod(path, 0o600), "chmod")
		w.mustMove(t, 0, ctime, "chmod")
		w.mustMove(t, 1, 0, "chmod")
	}
}

func timesOfChown(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	w := watchTimes(t, path, dir)
	must(t, unix.Chown(path, unix.Geteuid(), -1), "chown")
	w.mustMove(t, 0, ctime, "chown")
	w.mustMove(t, 1, 0, "chown")
}

func timesOfXattr(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	for _, value := range []string{"one", "two"} {
		w := watchTimes(t, path, dir)
		must(t, unix.Setxattr(path, "user.k", []byte(value), 0), "setxattr")
		w.mustMove(t, 0, ctime, "setxattr")
		w.mustMove(t, 1, 0, "setxattr")
	}
	w := watchTimes(t, path)
	mustXattr(t, path, "user.k", "two")
	mustErrno(t, unix.Removexattr(path, "user.missing"), unix.ENODATA, "removexattr")
	w.mustMove(t, 0, 0, "getxattr")
	w = watchTimes(t, path)
	must(t, unix.Removexattr(path, "user.k"), "removexattr")
	w.mustMove(t, 0, ctime, "removexattr")
}

func timesOfLookup(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	w := watchTimes(t, path, dir)
	stat(t, path)
	mustNotExist(t, dir+"/missing")
	open(t, path, unix.O_RDWR, 0)
	must(t, unix.Access(path, unix.R_OK), "access")
	w.mustMove(t, 0, 0, "lookup and open")
	w.mustMove(t, 1, 0, "lookup and open")
}

func timesOfFallocate(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_WRONLY, 0)
	for _, mode := range []uint32{0, unix.FALLOC_FL_KEEP_SIZE, unix.FALLOC_FL_KEEP_SIZE | unix.FALLOC_FL_PUNCH_HOLE} {
		w := watchTimes(t, path)
		must(t, unix.Fallocate(f.fd, mode, 0, int64(pageSize)), "fallocate")
		w.mustMove(t, 0, mtime|ctime, "fallocate")
	}
}

// Stamps are real time, so that programs may compare them with the clock. The
// coarse clock lags behind the fine one: reading it before is a lower bound.
func timesAreTheClocks(t *testing.T, dir string) {
	before := coarse(t)
	st := stat(t, put(t, "data", dir, "x"))
	var after unix.Timespec
	must(t, unix.ClockGettime(unix.CLOCK_REALTIME, &after), "clock_gettime")
	for _, ts := range []unix.Timespec{st.Atim, st.Mtim, st.Ctim} {
		if compareTime(ts, before) < 0 || compareTime(ts, after) > 0 {
			t.Fatalf("stamp %v is not between %v and %v", ts, before, after)
		}
	}
}

// mustRelatime skips the test where the mount does not keep access times as
// mount(8) says of relatime: a read moves atime if it is not later than mtime
// or ctime.
func mustRelatime(t *testing.T, dir string) {
	t.Helper()
	var fs unix.Statfs_t
	must(t, unix.Statfs(dir, &fs), "statfs")
	if fs.Flags&unix.ST_RELATIME == 0 {
		t.Skip("the filesystem is not mounted relatime")
	}
}

// The file ends in the middle of its only page and is opened anew: a client
// that caches pages does not have it whole, so the read reaches the server.
func atimeMovesOnFirstRead(t *testing.T, dir string) {
	mustRelatime(t, dir)
	path := put(t, "data", dir, "x")
	w := watchTimes(t, path)
	mustData(t, open(t, path, unix.O_RDONLY, 0).pread(t, 10, 0), []byte("data"), "data")
	w.mustMove(t, 0, atime, "read")
}

func atimeStaysOnSecondRead(t *testing.T, dir string) {
	mustRelatime(t, dir)
	path := put(t, "data", dir, "x")
	tick(t)
	mustHold(t, path, "data")
	w := watchTimes(t, path)
	mustHold(t, path, "data")
	w.mustMove(t, 0, 0, "second read")
}

func atimeNoatimeFlag(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	w := watchTimes(t, path)
	open(t, path, unix.O_RDONLY|unix.O_NOATIME, 0).pread(t, 10, 0)
	w.mustMove(t, 0, 0, "read with O_NOATIME")
}

func atimeOfReaddir(t *testing.T, dir string) {
	mustRelatime(t, dir)
	d := mkdir(t, dir, "d")
	w := watchTimes(t, d)
	mustNames(t, d)
	w.mustMove(t, 0, atime, "getdents64")
}

func atimeOfReadlink(t *testing.T, dir string) {
	mustRelatime(t, dir)
	must(t, unix.Symlink("target", dir+"/s"), "symlink")
	w := watchTimes(t, dir+"/s")
	mustEqual(t, readlink(t, dir+"/s"), "target", "target")
	w.mustMove(t, 0, atime, "readlink")
}
