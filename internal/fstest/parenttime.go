//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Which operation on a name moves which stamps of the directory and of the
// file named.
var parentTimes = table{
	"TimesOfCreate":             timesOfCreate,
	"TimesOfFailedCreate":       timesOfFailedCreate,
	"TimesOfMkdir":              timesOfMkdir,
	"TimesOfMknod":              timesOfMknod,
	"TimesOfSymlink":            timesOfSymlink,
	"TimesOfLink":               timesOfLink,
	"TimesOfUnlink":             timesOfUnlink,
	"TimesOfUnlinkLinked":       timesOfUnlinkLinked,
	"TimesOfRmdir":              timesOfRmdir,
	"TimesOfRename":             timesOfRename,
	"TimesOfRenameAcross":       timesOfRenameAcross,
	"TimesOfRenameOver":         timesOfRenameOver,
	"TimesOfRenameDirAcross":    timesOfRenameDirAcross,
	"TimesOfFailedRemovals":     timesOfFailedRemovals,
	"TimesOfGrandparentAreKept": timesOfGrandparentAreKept,
}

// mustMoveParent checks that op, which makes a name, moves the stamps of its
// directory and nothing else.
func mustMoveParent(t *testing.T, dir, op string, do func(path string) error) {
	t.Helper()
	w := watchTimes(t, dir)
	must(t, do(dir+"/new"), op)
	w.mustMove(t, 0, mtime|ctime, op)
	st := stat(t, dir+"/new")
	if compareTime(st.Mtim, w.before[0].Mtim) <= 0 {
		t.Fatalf("%s: mtime of the new entry is %v, not later than its directory's was", op, st.Mtim)
	}
}

func timesOfCreate(t *testing.T, dir string) {
	mustMoveParent(t, dir, "open with O_CREAT", func(path string) error {
		fd, err := unix.Open(path, exclusive, 0o644)
		unix.Close(fd)
		return err
	})
	w := watchTimes(t, dir, dir+"/new")
	open(t, dir+"/new", unix.O_CREAT|unix.O_RDWR, 0o644)
	w.mustMove(t, 0, 0, "open with O_CREAT of what is there")
	w.mustMove(t, 1, 0, "open with O_CREAT of what is there")
}

func timesOfFailedCreate(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	w := watchTimes(t, dir, path)
	_, err := unix.Open(path, exclusive, 0o644)
	mustErrno(t, err, unix.EEXIST, "open")
	mustErrno(t, unix.Mkdir(path, 0o777), unix.EEXIST, "mkdir")
	mustErrno(t, unix.Link(path, path), unix.EEXIST, "link")
	mustErrno(t, unix.Symlink("x", path), unix.EEXIST, "symlink")
	w.mustMove(t, 0, 0, "failure")
	w.mustMove(t, 1, 0, "failure")
}

func timesOfMkdir(t *testing.T, dir string) {
	mustMoveParent(t, dir, "mkdir", func(path string) error { return unix.Mkdir(path, 0o777) })
}

func timesOfMknod(t *testing.T, dir string) {
	mustMoveParent(t, dir, "mknod", func(path string) error { return unix.Mknod(path, unix.S_IFIFO|0o666, 0) })
}

func timesOfSymlink(t *testing.T, dir string) {
	mustMoveParent(t, dir, "symlink", func(path string) error { return unix.Symlink("target", path) })
}

func timesOfLink(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	d := mkdir(t, dir, "d")
	w := watchTimes(t, path, dir, d)
	must(t, unix.Link(path, d+"/y"), "link")
	w.mustMove(t, 0, ctime, "link")
	w.mustMove(t, 1, 0, "link") // the old name's directory
	w.mustMove(t, 2, mtime|ctime, "link")
}

func timesOfUnlink(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	w := watchTimes(t, dir+"/x", dir)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	mustEqual(t, moved(t, w.before[0], f.stat(t), "x"), ctime, "what unlink moved")
	w.mustMove(t, 1, mtime|ctime, "unlink")
}

func timesOfUnlinkLinked(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Link(path, dir+"/y"), "link")
	w := watchTimes(t, dir+"/y", dir)
	must(t, unix.Unlink(path), "unlink")
	w.mustMove(t, 0, ctime, "unlink")
	w.mustMove(t, 1, mtime|ctime, "unlink")
}

func timesOfRmdir(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	w := watchTimes(t, dir)
	must(t, unix.Rmdir(dir+"/d"), "rmdir")
	w.mustMove(t, 0, mtime|ctime, "rmdir")
}

// POSIX leaves the ctime of the file open; Linux filesystems move it.
func timesOfRename(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	w := watchTimes(t, path, dir)
	must(t, unix.Rename(path, dir+"/y"), "rename")
	w.mustMoveAt(t, 0, dir+"/y", ctime, "rename")
	w.mustMove(t, 1, mtime|ctime, "rename")
}

func timesOfRenameAcross(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	put(t, "", a, "x")
	w := watchTimes(t, a, b, a+"/x", dir)
	must(t, unix.Rename(a+"/x", b+"/x"), "rename")
	w.mustMove(t, 0, mtime|ctime, "rename")
	w.mustMove(t, 1, mtime|ctime, "rename")
	w.mustMoveAt(t, 2, b+"/x", ctime, "rename")
	w.mustMove(t, 3, 0, "rename")
}

func timesOfRenameOver(t *testing.T, dir string) {
	put(t, "", dir, "x")
	put(t, "", dir, "y")
	must(t, unix.Link(dir+"/y", dir+"/z"), "link")
	w := watchTimes(t, dir, dir+"/x", dir+"/z")
	must(t, unix.Rename(dir+"/x", dir+"/y"), "rename")
	w.mustMove(t, 0, mtime|ctime, "rename")
	w.mustMoveAt(t, 1, dir+"/y", ctime, "rename")
	w.mustMove(t, 2, ctime, "rename") // what was replaced lost a link
}

func timesOfRenameDirAcross(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	mkdir(t, a, "d")
	w := watchTimes(t, a, b, a+"/d")
	must(t, unix.Rename(a+"/d", b+"/d"), "rename")
	w.mustMove(t, 0, mtime|ctime, "rename")
	w.mustMove(t, 1, mtime|ctime, "rename")
	w.mustMoveAt(t, 2, b+"/d", ctime, "rename")
}

func timesOfFailedRemovals(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	put(t, "", d, "x")
	mkdir(t, dir, "e")
	w := watchTimes(t, dir, d)
	mustErrno(t, unix.Rmdir(d), unix.ENOTEMPTY, "rmdir")
	mustErrno(t, unix.Unlink(d), unix.EISDIR, "unlink")
	mustErrno(t, unix.Rename(dir+"/e", d), unix.ENOTEMPTY, "rename")
	w.mustMove(t, 0, 0, "failure")
	w.mustMove(t, 1, 0, "failure")
}

func timesOfGrandparentAreKept(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	w := watchTimes(t, dir)
	put(t, "data", d, "x")
	must(t, unix.Chmod(d, 0o700), "chmod")
	must(t, unix.Unlink(d+"/x"), "unlink")
	w.mustMove(t, 0, 0, "work in a subdirectory")
}
