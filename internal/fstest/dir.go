//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var dirs = table{
	"MkdirMode":                mkdirMode,
	"MkdirExisting":            mkdirExisting,
	"MkdirMissingParent":       mkdirMissingParent,
	"MkdirInFile":              mkdirInFile,
	"MkdirTrailingSlash":       mkdirTrailingSlash,
	"MkdirOverDanglingSymlink": mkdirOverDanglingSymlink,
	"MkdirDot":                 mkdirDot,
	"RmdirEmpty":               rmdirEmpty,
	"RmdirNotEmpty":            rmdirNotEmpty,
	"RmdirFile":                rmdirFile,
	"RmdirSymlinkToDir":        rmdirSymlinkToDir,
	"RmdirMissing":             rmdirMissing,
	"RmdirDot":                 rmdirDot,
	"RmdirDotDot":              rmdirDotDot,
	"RmdirTrailingSlash":       rmdirTrailingSlash,
	"RmdirWorkingDir":          rmdirWorkingDir,
	"RmdirThenMkdir":           rmdirThenMkdir,
	"DirNlinkCountsSubdirs":    dirNlinkCountsSubdirs,
	"DirCannotBeWritten":       dirCannotBeWritten,
	"DirCannotBeRead":          dirCannotBeRead,
	"DirFsync":                 dirFsync,
}

func mkdirMode(t *testing.T, dir string) {
	withUmask(t, 0, func() {
		for mode, want := range map[uint32]uint32{
			0:      0,
			0o700:  0o700,
			0o777:  0o777,
			0o1755: 0o1755,
			// mkdir(2): other than the permissions only the sticky
			// bit is honoured on Linux.
			0o6755: 0o755,
		} {
			must(t, unix.Mkdir(dir+"/d", mode), "mkdir")
			mustEqual(t, stat(t, dir+"/d").Mode, unix.S_IFDIR|want, "mode")
			must(t, unix.Rmdir(dir+"/d"), "rmdir")
		}
	})
}

func mkdirExisting(t *testing.T, dir string) {
	for _, path := range makeEach(t, dir+"/") {
		mustErrno(t, unix.Mkdir(path, 0o777), unix.EEXIST, "mkdir")
	}
}

func mkdirMissingParent(t *testing.T, dir string) {
	mustErrno(t, unix.Mkdir(dir+"/a/b", 0o777), unix.ENOENT, "mkdir")
}

func mkdirInFile(t *testing.T, dir string) {
	put(t, "", dir, "file")
	mustErrno(t, unix.Mkdir(dir+"/file/d", 0o777), unix.ENOTDIR, "mkdir")
}

func mkdirTrailingSlash(t *testing.T, dir string) {
	must(t, unix.Mkdir(dir+"/d///", 0o777), "mkdir")
	mustNames(t, dir, "d")
}

// Unlike open, mkdir never follows the last component.
func mkdirOverDanglingSymlink(t *testing.T, dir string) {
	must(t, unix.Symlink("target", dir+"/s"), "symlink")
	mustErrno(t, unix.Mkdir(dir+"/s", 0o777), unix.EEXIST, "mkdir")
	mustNotExist(t, dir+"/target")
}

func mkdirDot(t *testing.T, dir string) {
	mustErrno(t, unix.Mkdir(dir+"/.", 0o777), unix.EEXIST, "mkdir of .")
	mustErrno(t, unix.Mkdir(dir+"/..", 0o777), unix.EEXIST, "mkdir of ..")
}

func rmdirEmpty(t *testing.T, dir string) {
	must(t, unix.Rmdir(mkdir(t, dir, "d")), "rmdir")
	mustNotExist(t, dir+"/d")
	mustNames(t, dir)
}

func rmdirNotEmpty(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	for _, path := range makeEach(t, d+"/") {
		mustErrno(t, unix.Rmdir(d), unix.ENOTEMPTY, "rmdir")
		if kind(stat(t, path)) == unix.S_IFDIR {
			must(t, unix.Rmdir(path), "rmdir")
		} else {
			must(t, unix.Unlink(path), "unlink")
		}
	}
	must(t, unix.Rmdir(d), "rmdir")
}

func rmdirFile(t *testing.T, dir string) {
	mustErrno(t, unix.Rmdir(put(t, "", dir, "file")), unix.ENOTDIR, "rmdir of a file")
	mustErrno(t, unix.Rmdir(dir+"/file/x"), unix.ENOTDIR, "rmdir through a file")
}

func rmdirSymlinkToDir(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	must(t, unix.Symlink("d", dir+"/s"), "symlink")
	mustErrno(t, unix.Rmdir(dir+"/s"), unix.ENOTDIR, "rmdir of a symlink")
	mustErrno(t, unix.Rmdir(dir+"/s/"), unix.ENOTDIR, "rmdir of a symlink with a slash")
}

func rmdirMissing(t *testing.T, dir string) {
	mustErrno(t, unix.Rmdir(dir+"/missing"), unix.ENOENT, "rmdir")
}

func rmdirDot(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	mustErrno(t, unix.Rmdir(dir+"/d/."), unix.EINVAL, "rmdir of .")
}

func rmdirDotDot(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	mustErrno(t, unix.Rmdir(dir+"/d/.."), unix.ENOTEMPTY, "rmdir of ..")
}

func rmdirTrailingSlash(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	must(t, unix.Rmdir(dir+"/d/"), "rmdir of d/")
	mustNames(t, dir)
}

// Linux lets a process saw off the branch it sits on.
func rmdirWorkingDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	inDir(t, d, func() {
		must(t, unix.Rmdir(d), "rmdir")
		var st unix.Stat_t
		must(t, unix.Stat(".", &st), "stat of .")
		mustEqual(t, st.Nlink, 0, "nlink")
		_, err := unix.Open("x", exclusive, 0o644)
		mustErrno(t, err, unix.ENOENT, "creating a file")
		mustErrno(t, unix.Rmdir("../d"), unix.ENOENT, "rmdir again")
	})
}

func rmdirThenMkdir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	old := open(t, d, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	must(t, unix.Rmdir(d), "rmdir")
	mkdir(t, dir, "d")
	put(t, "", d, "x")
	mustEqual(t, old.stat(t).Nlink, 0, "nlink of the removed directory")
	mustNames(t, d, "x")
}

// One link is the name, one the directory's dot, and one each the dot-dot of
// its subdirectories.
func dirNlinkCountsSubdirs(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	mustEqual(t, stat(t, d).Nlink, 2, "nlink of an empty directory")
	mkdir(t, d, "a")
	mkdir(t, d, "b")
	put(t, "", d, "file")
	must(t, unix.Symlink("a", d+"/s"), "symlink")
	mustEqual(t, stat(t, d).Nlink, 4, "nlink with two subdirectories")
	must(t, unix.Rmdir(d+"/a"), "rmdir")
	mustEqual(t, stat(t, d).Nlink, 3, "nlink with one subdirectory")
}

func dirCannotBeWritten(t *testing.T, dir string) {
	for _, flags := range []int{unix.O_WRONLY, unix.O_RDWR, unix.O_RDONLY | unix.O_TRUNC} {
		_, err := unix.Open(dir, flags, 0)
		mustErrno(t, err, unix.EISDIR, "open of a directory for writing")
	}
	mustErrno(t, unix.Truncate(dir, 0), unix.EISDIR, "truncate of a directory")
}

func dirCannotBeRead(t *testing.T, dir string) {
	d := open(t, dir, unix.O_RDONLY, 0)
	_, err := unix.Read(d.fd, make([]byte, 10))
	mustErrno(t, err, unix.EISDIR, "read of a directory")
	_, err = unix.Write(d.fd, []byte("x"))
	mustErrno(t, err, unix.EBADF, "write to a directory")
}

func dirFsync(t *testing.T, dir string) {
	d := open(t, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	put(t, "", dir, "x")
	must(t, unix.Fsync(d.fd), "fsync")
	must(t, unix.Fdatasync(d.fd), "fdatasync")
}
