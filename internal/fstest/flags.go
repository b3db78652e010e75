//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Flags of files as lsattr(1) and chattr(1) show and set them, which tmpfs has
// since Linux 6.0. FUSE carries them in an ioctl that a server may not know.
//
// What goes by how a file was opened is left out: a FUSE server is not asked
// when a file is opened for writing, only when it is written.
var flags = table{
	"FlagsOfNewFile":     flagsOfNewFile,
	"FlagsRoundTrip":     flagsRoundTrip,
	"FlagsInherited":     flagsInherited,
	"FlagsImmutableFile": flagsImmutableFile,
	"FlagsImmutableDir":  flagsImmutableDir,
	"FlagsAppendFile":    flagsAppendFile,
	"FlagsAppendDir":     flagsAppendDir,
	"FlagsNoAtime":       flagsNoAtime,
	"FlagsNeedPrivilege": flagsNeedPrivilege,
	"FlagsUnknown":       flagsUnknown,
	"FlagsMoveCtime":     flagsMoveCtime,
}

// From linux/fs.h.
const (
	immutable  = 0x10
	appendOnly = 0x20
	noDump     = 0x40
	noAtime    = 0x80
)

func getFlags(t *testing.T, path string) uint32 {
	t.Helper()
	f := open(t, path, unix.O_RDONLY, 0)
	defer f.close(t)
	got, err := unix.IoctlGetUint32(f.fd, unix.FS_IOC_GETFLAGS)
	must(t, err, "FS_IOC_GETFLAGS")
	return got
}

func setFlags(t *testing.T, path string, set int) error {
	t.Helper()
	f := open(t, path, unix.O_RDONLY, 0)
	defer f.close(t)
	return unix.IoctlSetPointerInt(f.fd, unix.FS_IOC_SETFLAGS, set)
}

// withFlags sets flags until the test ends.
func withFlags(t *testing.T, path string, set int) {
	t.Helper()
	needRoot(t)
	must(t, setFlags(t, path, set), "FS_IOC_SETFLAGS")
	t.Cleanup(func() { must(t, setFlags(t, path, 0), "FS_IOC_SETFLAGS") })
}

func flagsOfNewFile(t *testing.T, dir string) {
	mustEqual(t, getFlags(t, put(t, "", dir, "x")), 0, "flags of a file")
	mustEqual(t, getFlags(t, mkdir(t, dir, "d")), 0, "flags of a directory")
}

func flagsRoundTrip(t *testing.T, dir string) {
	for _, path := range []string{put(t, "", dir, "x"), mkdir(t, dir, "d")} {
		for _, set := range []int{noDump, noAtime, noDump | noAtime, 0} {
			must(t, setFlags(t, path, set), "FS_IOC_SETFLAGS")
			mustEqual(t, getFlags(t, path), uint32(set), "flags")
		}
	}
}

func flagsInherited(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	must(t, setFlags(t, d, noDump|noAtime), "FS_IOC_SETFLAGS")
	mustEqual(t, getFlags(t, put(t, "", d, "x")), noDump|noAtime, "flags of a file")
	mustEqual(t, getFlags(t, mkdir(t, d, "e")), noDump|noAtime, "flags of a directory")
}

func flagsImmutableFile(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	withFlags(t, path, immutable)
	mustErrno(t, unix.Truncate(path, 0), unix.EPERM, "truncate")
	mustErrno(t, unix.Chmod(path, 0o600), unix.EPERM, "chmod")
	mustErrno(t, unix.Chown(path, 1, 1), unix.EPERM, "chown")
	mustErrno(t, unix.Unlink(path), unix.EPERM, "unlink")
	mustErrno(t, unix.Rename(path, dir+"/y"), unix.EPERM, "rename")
	mustErrno(t, unix.Rename(put(t, "", dir, "z"), path), unix.EPERM, "rename over it")
	mustErrno(t, unix.Link(path, dir+"/y"), unix.EPERM, "link")
	mustErrno(t, unix.Setxattr(path, "user.k", nil, 0), unix.EPERM, "setxattr")
	mustErrno(t, unix.UtimesNanoAt(unix.AT_FDCWD, path, make([]unix.Timespec, 2), 0), unix.EPERM, "utimensat")
	mustHold(t, path, "data")
}

func flagsImmutableDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	path := put(t, "data", d, "x")
	withFlags(t, d, immutable)
	_, err := unix.Open(d+"/y", exclusive, 0o644)
	mustErrno(t, err, unix.EPERM, "open with O_CREAT")
	mustErrno(t, unix.Mkdir(d+"/y", 0o755), unix.EPERM, "mkdir")
	mustErrno(t, unix.Symlink("y", d+"/y"), unix.EPERM, "symlink")
	mustErrno(t, unix.Unlink(path), unix.EPERM, "unlink")
	mustErrno(t, unix.Rename(path, dir+"/x"), unix.EPERM, "rename out of it")
	mustErrno(t, unix.Rmdir(d), unix.EPERM, "rmdir")
	f := open(t, path, unix.O_WRONLY, 0) // what is in it can change
	f.write(t, []byte("DATA"))
	mustNames(t, d, "x")
}

func flagsAppendFile(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	withFlags(t, path, appendOnly)
	f := open(t, path, unix.O_WRONLY|unix.O_APPEND, 0)
	f.write(t, []byte("more"))
	mustErrno(t, unix.Ftruncate(f.fd, 0), unix.EPERM, "ftruncate")
	mustErrno(t, unix.Unlink(path), unix.EPERM, "unlink")
	mustErrno(t, unix.Chmod(path, 0o600), unix.EPERM, "chmod")
	mustErrno(t, unix.Fallocate(f.fd, punch, 0, int64(pageSize)), unix.EPERM, "fallocate")
	must(t, unix.UtimesNanoAt(unix.AT_FDCWD, path, nil, 0), "utimensat without times")
	mustHold(t, path, "datamore")
}

func flagsAppendDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	withFlags(t, d, appendOnly)
	path := put(t, "", d, "x")
	t.Cleanup(func() {
		must(t, setFlags(t, d, 0), "FS_IOC_SETFLAGS")
		must(t, unix.Unlink(path), "unlink")
	})
	mustErrno(t, unix.Unlink(path), unix.EPERM, "unlink")
	mustErrno(t, unix.Rename(path, d+"/y"), unix.EPERM, "rename")
	mustNames(t, d, "x")
}

func flagsNoAtime(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, setFlags(t, path, noAtime), "FS_IOC_SETFLAGS")
	long := []unix.Timespec{{Sec: 1000}, {Sec: 1000}}
	must(t, unix.UtimesNanoAt(unix.AT_FDCWD, path, long, 0), "utimensat")
	mustHold(t, path, "data")
	mustEqual(t, stat(t, path).Atim.Sec, 1000, "atime")
}

func flagsNeedPrivilege(t *testing.T, dir string) {
	needRoot(t)
	asAlice(t, func() {
		path := put(t, "", dir, "x")
		must(t, setFlags(t, path, noDump), "FS_IOC_SETFLAGS by the owner")
		mustErrno(t, setFlags(t, path, immutable), unix.EPERM, "FS_IOC_SETFLAGS of immutable")
		mustErrno(t, setFlags(t, path, appendOnly), unix.EPERM, "FS_IOC_SETFLAGS of append-only")
	})
	asBob(t, func() {
		err := setFlags(t, dir+"/x", 0)
		if err != unix.EPERM && err != unix.EACCES {
			t.Fatalf("FS_IOC_SETFLAGS by another: %v", err)
		}
	})
	mustEqual(t, getFlags(t, dir+"/x"), noDump, "flags")
}

func flagsUnknown(t *testing.T, dir string) {
	const compress = 0x4
	path := put(t, "", dir, "x")
	mustErrno(t, setFlags(t, path, compress), unix.EOPNOTSUPP, "FS_IOC_SETFLAGS")
	mustEqual(t, getFlags(t, path), 0, "flags")
}

func flagsMoveCtime(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	before := stat(t, path)
	tick(t)
	must(t, setFlags(t, path, noDump), "FS_IOC_SETFLAGS")
	after := stat(t, path)
	if after.Ctim == before.Ctim || after.Mtim != before.Mtim {
		t.Fatalf("ctime %v to %v, mtime %v to %v", before.Ctim, after.Ctim, before.Mtim, after.Mtim)
	}
}
