//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var creates = table{
	"CreateNew":                       createNew,
	"CreateExisting":                  createExisting,
	"CreateExclusiveExisting":         createExclusiveExisting,
	"CreateExclusiveOverSymlink":      createExclusiveOverSymlink,
	"CreateOnDir":                     createOnDir,
	"CreateTrailingSlash":             createTrailingSlash,
	"CreateThroughDanglingSymlink":    createThroughDanglingSymlink,
	"CreateNoFollowOverSymlink":       createNoFollowOverSymlink,
	"CreateInMissingDir":              createInMissingDir,
	"CreateInFile":                    createInFile,
	"CreateInRemovedDir":              createInRemovedDir,
	"CreateWithoutWrite":              createWithoutWrite,
	"CreateWithSetIDBits":             createWithSetIDBits,
	"CreateAfterUnlinkIsNewFile":      createAfterUnlinkIsNewFile,
	"CreateManyFiles":                 createManyFiles,
	"CreateTruncatesExistingWithFlag": createTruncatesExistingWithFlag,
}

const exclusive = unix.O_CREAT | unix.O_EXCL | unix.O_RDWR | unix.O_CLOEXEC

func createNew(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o640)
	f.write(t, []byte("data"))
	mustData(t, f.pread(t, 10, 0), []byte("data"), "data")
	mustNames(t, dir, "x")
}

func createExisting(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	before := stat(t, path)
	f := open(t, path, unix.O_CREAT|unix.O_RDWR, 0o600)
	mustEqual(t, f.stat(t), before, "attributes")
	mustHold(t, path, "data")
}

func createExclusiveExisting(t *testing.T, dir string) {
	for _, path := range makeEach(t, dir+"/") {
		_, err := unix.Open(path, exclusive, 0o644)
		mustErrno(t, err, unix.EEXIST, "open with O_EXCL of "+path)
	}
}

// open(2): with O_CREAT and O_EXCL symbolic links are not followed, whatever
// they point to.
func createExclusiveOverSymlink(t *testing.T, dir string) {
	must(t, unix.Symlink("missing", dir+"/s"), "symlink")
	_, err := unix.Open(dir+"/s", exclusive, 0o644)
	mustErrno(t, err, unix.EEXIST, "open with O_EXCL")
	mustNotExist(t, dir+"/missing")
}

func createOnDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	for _, flags := range []int{unix.O_RDONLY, unix.O_WRONLY, unix.O_RDWR} {
		_, err := unix.Open(d, unix.O_CREAT|flags, 0o644)
		mustErrno(t, err, unix.EISDIR, "open with O_CREAT")
	}
	_, err := unix.Open(d, exclusive, 0o644)
	mustErrno(t, err, unix.EEXIST, "open with O_CREAT|O_EXCL")
}

func createTrailingSlash(t *testing.T, dir string) {
	_, err := unix.Open(dir+"/x/", unix.O_CREAT|unix.O_RDWR, 0o644)
	mustErrno(t, err, unix.EISDIR, "open of x/ with O_CREAT")
	mustNames(t, dir)
}

func createThroughDanglingSymlink(t *testing.T, dir string) {
	must(t, unix.Symlink("target", dir+"/s"), "symlink")
	f := open(t, dir+"/s", unix.O_CREAT|unix.O_RDWR, 0o644)
	mustEqual(t, stat(t, dir+"/target").Ino, f.stat(t).Ino, "inode of the target")
	mustNames(t, dir, "s", "target")
}

func createNoFollowOverSymlink(t *testing.T, dir string) {
	must(t, unix.Symlink("target", dir+"/s"), "symlink")
	_, err := unix.Open(dir+"/s", unix.O_CREAT|unix.O_NOFOLLOW|unix.O_RDWR, 0o644)
	mustErrno(t, err, unix.ELOOP, "open with O_NOFOLLOW")
	mustNames(t, dir, "s")
}

func createInMissingDir(t *testing.T, dir string) {
	_, err := unix.Open(dir+"/missing/x", exclusive, 0o644)
	mustErrno(t, err, unix.ENOENT, "open")
}

func createInFile(t *testing.T, dir string) {
	put(t, "", dir, "file")
	_, err := unix.Open(dir+"/file/x", exclusive, 0o644)
	mustErrno(t, err, unix.ENOTDIR, "open")
}

// A directory that was removed while open stays empty for ever.
func createInRemovedDir(t *testing.T, dir string) {
	sub := mkdir(t, dir, "sub")
	file := put(t, "", dir, "file")
	d := open(t, sub, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	must(t, unix.Rmdir(sub), "rmdir")
	_, err := unix.Openat(d.fd, "x", exclusive, 0o644)
	mustErrno(t, err, unix.ENOENT, "openat")
	mustErrno(t, unix.Mkdirat(d.fd, "x", 0o777), unix.ENOENT, "mkdirat")
	mustErrno(t, unix.Mknodat(d.fd, "x", unix.S_IFIFO|0o666, 0), unix.ENOENT, "mknodat")
	mustErrno(t, unix.Symlinkat("x", d.fd, "x"), unix.ENOENT, "symlinkat")
	mustErrno(t, unix.Linkat(unix.AT_FDCWD, file, d.fd, "x", 0), unix.ENOENT, "linkat")
	mustErrno(t, unix.Renameat(unix.AT_FDCWD, file, d.fd, "x"), unix.ENOENT, "renameat")
}

func createWithoutWrite(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDONLY, 0o644)
	_, err := unix.Write(f.fd, []byte("x"))
	mustErrno(t, err, unix.EBADF, "write")
	mustEqual(t, f.stat(t).Size, 0, "size")
}

func createWithSetIDBits(t *testing.T, dir string) {
	withUmask(t, 0, func() {
		f := open(t, dir+"/x", exclusive, 0o7755)
		mustEqual(t, perm(f.stat(t)), 0o7755, "mode")
	})
}

func createAfterUnlinkIsNewFile(t *testing.T, dir string) {
	path := put(t, "old", dir, "x")
	old := open(t, path, unix.O_RDWR, 0)
	must(t, unix.Unlink(path), "unlink")
	put(t, "new", path)
	mustData(t, old.pread(t, 10, 0), []byte("old"), "data of the old file")
	if old.stat(t).Ino == stat(t, path).Ino {
		t.Fatal("the new file has the inode number of one still open")
	}
	old.pwrite(t, []byte("OLD"), 0)
	mustHold(t, path, "new")
}

func createManyFiles(t *testing.T, dir string) {
	want := numbered("file", 1000)
	for _, name := range want {
		must(t, unix.Mknod(dir+"/"+name, unix.S_IFREG|0o644, 0), "mknod")
	}
	mustNames(t, dir, want...)
	for _, name := range want {
		must(t, unix.Unlink(dir+"/"+name), "unlink")
	}
	mustNames(t, dir)
}

func createTruncatesExistingWithFlag(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	ino := stat(t, path).Ino
	f := open(t, path, unix.O_CREAT|unix.O_TRUNC|unix.O_WRONLY, 0o600)
	mustEqual(t, f.stat(t).Size, 0, "size")
	mustEqual(t, f.stat(t).Ino, ino, "ino")
}
