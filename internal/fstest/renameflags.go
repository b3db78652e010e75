//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// renameat2(2) with flags. A FUSE server sees another operation than that of a
// plain rename, which it may not know.
var renameFlags = table{
	"Rename2NoReplace":           rename2NoReplace,
	"Rename2NoReplaceDir":        rename2NoReplaceDir,
	"Rename2ExchangeFiles":       rename2ExchangeFiles,
	"Rename2ExchangeFileWithDir": rename2ExchangeFileWithDir,
	"Rename2ExchangeMissing":     rename2ExchangeMissing,
	"Rename2ExchangeWithSubtree": rename2ExchangeWithSubtree,
	"Rename2BadFlags":            rename2BadFlags,
	"Rename2Whiteout":            rename2Whiteout,
}

func rename2(from, to string, flags uint) error {
	return unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, flags)
}

func rename2NoReplace(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	put(t, "other", dir, "y")
	mustErrno(t, rename2(path, dir+"/y", unix.RENAME_NOREPLACE), unix.EEXIST, "renameat2")
	mustHold(t, dir+"/y", "other")
	must(t, rename2(path, dir+"/z", unix.RENAME_NOREPLACE), "renameat2")
	mustHold(t, dir+"/z", "data")
	mustNames(t, dir, "y", "z")
}

func rename2NoReplaceDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	mkdir(t, dir, "e")
	mustErrno(t, rename2(d, dir+"/e", unix.RENAME_NOREPLACE), unix.EEXIST, "renameat2 over an empty directory")
	must(t, rename2(d, dir+"/e/d", unix.RENAME_NOREPLACE), "renameat2")
}

func rename2ExchangeFiles(t *testing.T, dir string) {
	sub := mkdir(t, dir, "sub")
	put(t, "x", dir, "x")
	put(t, "y", sub, "y")
	must(t, rename2(dir+"/x", sub+"/y", unix.RENAME_EXCHANGE), "renameat2")
	mustHold(t, dir+"/x", "y")
	mustHold(t, sub+"/y", "x")
}

func rename2ExchangeFileWithDir(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	put(t, "x", a, "x")
	mkdir(t, b, "d")
	put(t, "inner", b, "d", "inner")
	must(t, rename2(a+"/x", b+"/d", unix.RENAME_EXCHANGE), "renameat2")
	mustHold(t, b+"/d", "x")
	mustHold(t, a+"/x/inner", "inner")
	mustEqual(t, stat(t, a).Nlink, 3, "nlink of the directory's new parent")
	mustEqual(t, stat(t, b).Nlink, 2, "nlink of the directory's old parent")
}

func rename2ExchangeMissing(t *testing.T, dir string) {
	path := put(t, "x", dir, "x")
	mustErrno(t, rename2(path, dir+"/missing", unix.RENAME_EXCHANGE), unix.ENOENT, "renameat2")
	mustNames(t, dir, "x")
}

func rename2ExchangeWithSubtree(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	mkdir(t, d, "e")
	mustErrno(t, rename2(d, d+"/e", unix.RENAME_EXCHANGE), unix.EINVAL, "renameat2 with a child")
	mustErrno(t, rename2(d+"/e", d, unix.RENAME_EXCHANGE), unix.EINVAL, "renameat2 with the parent")
}

func rename2BadFlags(t *testing.T, dir string) {
	path := put(t, "x", dir, "x")
	for _, flags := range []uint{1 << 20, unix.RENAME_NOREPLACE | unix.RENAME_EXCHANGE, unix.RENAME_EXCHANGE | unix.RENAME_WHITEOUT} {
		mustErrno(t, rename2(path, dir+"/y", flags), unix.EINVAL, "renameat2")
	}
}

// A whiteout, as overlay filesystems use it, is a character device 0:0.
func rename2Whiteout(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "data", dir, "x")
	must(t, rename2(path, dir+"/y", unix.RENAME_WHITEOUT), "renameat2")
	mustHold(t, dir+"/y", "data")
	st := stat(t, path)
	mustEqual(t, kind(st), uint32(unix.S_IFCHR), "type of the old name")
	mustEqual(t, st.Rdev, 0, "device of the old name")
	mustNames(t, dir, "x", "y")
}
