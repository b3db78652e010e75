//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var unlinks = table{
	"UnlinkFile":             unlinkFile,
	"UnlinkDir":              unlinkDir,
	"UnlinkMissing":          unlinkMissing,
	"UnlinkTrailingSlash":    unlinkTrailingSlash,
	"UnlinkSymlinkItself":    unlinkSymlinkItself,
	"UnlinkDot":              unlinkDot,
	"UnlinkEachKind":         unlinkEachKind,
	"UnlinkedFileStaysOpen":  unlinkedFileStaysOpen,
	"UnlinkedFileGrows":      unlinkedFileGrows,
	"UnlinkedFileAttributes": unlinkedFileAttributes,
	"UnlinkReplacedFile":     unlinkReplacedFile,
	"UnlinkMapped":           unlinkMapped,
	"UnlinkatRemoveDir":      unlinkatRemoveDir,
}

func unlinkFile(t *testing.T, dir string) {
	must(t, unix.Unlink(put(t, "data", dir, "x")), "unlink")
	mustNotExist(t, dir+"/x")
	mustNames(t, dir)
}

// Linux returns EISDIR, where POSIX has EPERM, unlink(2).
func unlinkDir(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	mustErrno(t, unix.Unlink(dir+"/d"), unix.EISDIR, "unlink of a directory")
	mustErrno(t, unix.Unlink(dir+"/d/"), unix.EISDIR, "unlink of d/")
	mustNames(t, dir, "d")
}

func unlinkMissing(t *testing.T, dir string) {
	mustErrno(t, unix.Unlink(dir+"/missing"), unix.ENOENT, "unlink")
	mustErrno(t, unix.Unlink(dir+"/missing/"), unix.ENOENT, "unlink of missing/")
	mustErrno(t, unix.Unlink(dir+"/missing/x"), unix.ENOENT, "unlink")
	put(t, "", dir, "file")
	mustErrno(t, unix.Unlink(dir+"/file/x"), unix.ENOTDIR, "unlink through a file")
}

func unlinkTrailingSlash(t *testing.T, dir string) {
	put(t, "", dir, "x")
	mustErrno(t, unix.Unlink(dir+"/x/"), unix.ENOTDIR, "unlink of x/")
	mustNames(t, dir, "x")
}

func unlinkSymlinkItself(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	must(t, unix.Unlink(dir+"/s"), "unlink")
	mustNames(t, dir, "x")
	mkdir(t, dir, "d")
	must(t, unix.Symlink("d", dir+"/s"), "symlink")
	mustErrno(t, unix.Unlink(dir+"/s/"), unix.ENOTDIR, "unlink of s/")
	must(t, unix.Unlink(dir+"/s"), "unlink")
	mustNames(t, dir, "x", "d")
}

func unlinkDot(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	mustErrno(t, unix.Unlink(dir+"/d/."), unix.EISDIR, "unlink of .")
	mustErrno(t, unix.Unlink(dir+"/d/.."), unix.EISDIR, "unlink of ..")
}

func unlinkEachKind(t *testing.T, dir string) {
	for _, path := range makeEach(t, dir+"/") {
		if kind(stat(t, path)) == unix.S_IFDIR {
			must(t, unix.Rmdir(path), "rmdir")
			continue
		}
		must(t, unix.Unlink(path), "unlink")
	}
	mustNames(t, dir)
}

func unlinkedFileStaysOpen(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	must(t, unix.Unlink(dir+"/x"), "unlink")
	mustData(t, f.pread(t, 10, 0), []byte("data"), "data")
	mustEqual(t, f.stat(t).Nlink, 0, "nlink")
	f.write(t, []byte("+more"))
	mustData(t, f.pread(t, 10, 0), []byte("data+more"), "data")
	must(t, unix.Fsync(f.fd), "fsync")
}

func unlinkedFileGrows(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	want := fill(10*pageSize + 7)
	f.write(t, want)
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
	f.truncate(t, 5)
	f.truncate(t, 10)
	mustData(t, f.pread(t, 20, 0), append(want[:5:5], 0, 0, 0, 0, 0), "data")
}

func unlinkedFileAttributes(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Link(dir+"/x", dir+"/y"), "link")
	must(t, unix.Unlink(dir+"/x"), "unlink")
	mustEqual(t, f.stat(t).Nlink, 1, "nlink with one name left")
	must(t, unix.Unlink(dir+"/y"), "unlink")
	must(t, unix.Fchmod(f.fd, 0o600), "fchmod")
	must(t, unix.Fsetxattr(f.fd, "user.k", []byte("v"), 0), "fsetxattr")
	ts := []unix.Timeval{{Sec: 1}, {Sec: 2}}
	must(t, unix.Futimes(f.fd, ts), "futimes")
	st := f.stat(t)
	mustEqual(t, st.Nlink, 0, "nlink")
	mustEqual(t, perm(st), 0o600, "mode")
	mustEqual(t, st.Mtim.Sec, 2, "mtime")
}

func unlinkReplacedFile(t *testing.T, dir string) {
	f := open(t, put(t, "old", dir, "x"), unix.O_RDWR, 0)
	put(t, "new", dir, "y")
	must(t, unix.Rename(dir+"/y", dir+"/x"), "rename")
	mustEqual(t, f.stat(t).Nlink, 0, "nlink of what was replaced")
	f.write(t, []byte("OLD"))
	mustData(t, f.pread(t, 10, 0), []byte("OLD"), "data of what was replaced")
	mustHold(t, dir+"/x", "new")
}

// A mapping keeps a file alive as a descriptor does.
func unlinkMapped(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	m := f.mmap(t, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	f.close(t)
	mustData(t, m[:4], []byte("data"), "mapping")
	copy(m, "DATA")
	mustData(t, m[:4], []byte("DATA"), "mapping")
}

func unlinkatRemoveDir(t *testing.T, dir string) {
	d := opendir(t, dir)
	mkdir(t, dir, "d")
	put(t, "", dir, "x")
	mustErrno(t, unix.Unlinkat(d.fd, "d", 0), unix.EISDIR, "unlinkat of a directory")
	mustErrno(t, unix.Unlinkat(d.fd, "x", unix.AT_REMOVEDIR), unix.ENOTDIR, "unlinkat with AT_REMOVEDIR of a file")
	must(t, unix.Unlinkat(d.fd, "d", unix.AT_REMOVEDIR), "unlinkat with AT_REMOVEDIR")
	must(t, unix.Unlinkat(d.fd, "x", 0), "unlinkat")
	mustNames(t, dir)
}
