//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var setTimes = table{
	"UtimensNanoseconds":         utimensNanoseconds,
	"UtimensNow":                 utimensNow,
	"UtimensOmit":                utimensOmit,
	"UtimensOmitBoth":            utimensOmitBoth,
	"UtimensInvalid":             utimensInvalid,
	"UtimensFarDates":            utimensFarDates,
	"UtimensFractionBefore1970":  utimensFractionBefore1970,
	"UtimensSymlinkItself":       utimensSymlinkItself,
	"UtimensFollowsSymlink":      utimensFollowsSymlink,
	"UtimensMovesCtime":          utimensMovesCtime,
	"UtimensDir":                 utimensDir,
	"UtimensByOtherExplicit":     utimensByOtherExplicit,
	"UtimensByOtherNow":          utimensByOtherNow,
	"UtimensReadOnlyFileByOwner": utimensReadOnlyFileByOwner,
	"UtimensIsOverwritten":       utimensIsOverwritten,
	"UtimensMissing":             utimensMissing,
}

func utimens(path string, a, m unix.Timespec) error {
	return unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{a, m}, unix.AT_SYMLINK_NOFOLLOW)
}

var (
	now  = unix.Timespec{Nsec: unix.UTIME_NOW}
	omit = unix.Timespec{Nsec: unix.UTIME_OMIT}
)

// mustTimes ends the test unless atime and mtime are as given.
func mustTimes(t *testing.T, path string, a, m unix.Timespec) {
	t.Helper()
	st := stat(t, path)
	mustEqual(t, st.Atim, a, "atime")
	mustEqual(t, st.Mtim, m, "mtime")
}

func utimensNanoseconds(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	for _, ns := range []int64{0, 1, 999, 1000, 123456789, 999999999} {
		a, m := unix.Timespec{Sec: 1000, Nsec: ns}, unix.Timespec{Sec: 2000, Nsec: 999999999 - ns}
		must(t, utimens(path, a, m), "utimensat")
		mustTimes(t, path, a, m)
	}
}

func utimensNow(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	old := unix.Timespec{Sec: 1, Nsec: 2}
	must(t, utimens(path, old, old), "utimensat")
	before := coarse(t)
	must(t, utimens(path, now, old), "utimensat")
	st := stat(t, path)
	if compareTime(st.Atim, before) < 0 {
		t.Fatalf("atime = %v, want now", st.Atim)
	}
	mustEqual(t, st.Mtim, old, "mtime")

	must(t, unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{now, now}, 0), "utimensat")
	st = stat(t, path)
	mustEqual(t, st.Atim, st.Mtim, "atime beside mtime")
}

func utimensOmit(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	a, m := unix.Timespec{Sec: 1, Nsec: 2}, unix.Timespec{Sec: 3, Nsec: 4}
	must(t, utimens(path, a, m), "utimensat")
	n := unix.Timespec{Sec: 5, Nsec: 6}
	must(t, utimens(path, n, omit), "utimensat")
	mustTimes(t, path, n, m)
	must(t, utimens(path, omit, n), "utimensat")
	mustTimes(t, path, n, n)
}

// utimensat(2): with both omitted nothing happens, not even to ctime, and no
// permission is needed.
func utimensOmitBoth(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	w := watchTimes(t, path)
	must(t, utimens(path, omit, omit), "utimensat")
	w.mustMove(t, 0, 0, "utimensat")
	if unix.Geteuid() == 0 {
		asAlice(t, func() { must(t, utimens(path, omit, omit), "utimensat by another user") })
	}
}

func utimensInvalid(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	for _, ns := range []int64{-1, 1e9} {
		mustErrno(t, utimens(path, unix.Timespec{Nsec: ns}, omit), unix.EINVAL, "utimensat")
		mustErrno(t, utimens(path, now, unix.Timespec{Nsec: ns}), unix.EINVAL, "utimensat")
	}
}

// Times have 64 bits: they reach back before 1970 and beyond 2106.
func utimensFarDates(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	for _, ts := range []unix.Timespec{
		{Sec: -1 << 32}, {Sec: -1}, {Sec: 0, Nsec: 5}, {Sec: 1<<31 - 1, Nsec: 5}, {Sec: 1 << 31, Nsec: 5}, {Sec: 1 << 33, Nsec: 5},
	} {
		must(t, utimens(path, ts, ts), "utimensat")
		mustTimes(t, path, ts, ts)
	}
}

func utimensFractionBefore1970(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	ts := unix.Timespec{Sec: -2, Nsec: 5}
	must(t, utimens(path, ts, ts), "utimensat")
	mustTimes(t, path, ts, ts)
}

func utimensSymlinkItself(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	before := stat(t, path)
	ts := unix.Timespec{Sec: 7, Nsec: 8}
	must(t, utimens(dir+"/s", ts, ts), "utimensat")
	mustTimes(t, dir+"/s", ts, ts)
	mustEqual(t, stat(t, path), before, "attributes of the target")
}

func utimensFollowsSymlink(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	ts := unix.Timespec{Sec: 7, Nsec: 8}
	must(t, unix.UtimesNanoAt(unix.AT_FDCWD, dir+"/s", []unix.Timespec{ts, ts}, 0), "utimensat")
	mustTimes(t, path, ts, ts)
}

func utimensMovesCtime(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	before := stat(t, path)
	tick(t)
	ts := unix.Timespec{Sec: 7}
	must(t, utimens(path, ts, omit), "utimensat")
	if compareTime(stat(t, path).Ctim, before.Ctim) <= 0 {
		t.Fatal("ctime did not move")
	}
}

func utimensDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	a, m := unix.Timespec{Sec: 1, Nsec: 2}, unix.Timespec{Sec: 3, Nsec: 4}
	must(t, utimens(d, a, m), "utimensat")
	mustTimes(t, d, a, m)
	put(t, "", d, "x")
	if stat(t, d).Mtim == m {
		t.Fatal("mtime did not move when an entry was made")
	}
}

func utimensByOtherExplicit(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0o666), "chmod")
	ts := unix.Timespec{Sec: 7}
	asAlice(t, func() {
		mustErrno(t, utimens(path, ts, ts), unix.EPERM, "utimensat")
		mustErrno(t, utimens(path, now, ts), unix.EPERM, "utimensat")
		// Even one now and one omitted is more than write access allows.
		mustErrno(t, utimens(path, now, omit), unix.EPERM, "utimensat")
	})
}

// Setting both to now is what a write could do, so write access suffices.
func utimensByOtherNow(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	ts := unix.Timespec{Sec: 7}
	must(t, utimens(path, ts, ts), "utimensat")
	must(t, unix.Chmod(path, 0o666), "chmod")
	asAlice(t, func() { must(t, utimens(path, now, now), "utimensat") })
	if stat(t, path).Mtim == ts {
		t.Fatal("mtime did not move")
	}
	must(t, unix.Chmod(path, 0o644), "chmod")
	asAlice(t, func() { mustErrno(t, utimens(path, now, now), unix.EACCES, "utimensat") })
}

func utimensReadOnlyFileByOwner(t *testing.T, dir string) {
	needRoot(t)
	asAlice(t, func() {
		path := put(t, "", dir, "x")
		must(t, unix.Chmod(path, 0), "chmod")
		ts := unix.Timespec{Sec: 7}
		must(t, utimens(path, ts, ts), "utimensat")
		must(t, utimens(path, now, now), "utimensat")
	})
}

// A set mtime does not stick: the next write replaces it, also when the set
// one lies in the future.
func utimensIsOverwritten(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	f := open(t, path, unix.O_WRONLY, 0)
	future := unix.Timespec{Sec: 1 << 33}
	must(t, utimens(path, future, future), "utimensat")
	f.write(t, []byte("x"))
	st := stat(t, path)
	mustEqual(t, st.Atim, future, "atime")
	if compareTime(st.Mtim, future) >= 0 {
		t.Fatalf("mtime = %v, want the time of the write", st.Mtim)
	}
}

func utimensMissing(t *testing.T, dir string) {
	mustErrno(t, utimens(dir+"/missing", now, now), unix.ENOENT, "utimensat")
}
