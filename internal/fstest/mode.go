//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var modes = table{
	"ChmodEveryBit":              chmodEveryBit,
	"ChmodDirEveryBit":           chmodDirEveryBit,
	"ChmodFollowsSymlink":        chmodFollowsSymlink,
	"ChmodMissing":               chmodMissing,
	"ChmodKeepsType":             chmodKeepsType,
	"Fchmod":                     fchmod,
	"FchmodAfterUnlink":          fchmodAfterUnlink,
	"ChmodByOther":               chmodByOther,
	"ChmodByOwner":               chmodByOwner,
	"ChmodByNonMemberDropsSgid":  chmodByNonMemberDropsSgid,
	"ChmodByMemberKeepsSgid":     chmodByMemberKeepsSgid,
	"ChmodDoesNotTouchOpenFiles": chmodDoesNotTouchOpenFiles,
	"UmaskOnCreate":              umaskOnCreate,
	"UmaskDoesNotBindChmod":      umaskDoesNotBindChmod,
}

func chmodEveryBit(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	for _, mode := range []uint32{0, 0o1, 0o10, 0o100, 0o421, 0o777, 0o1644, 0o2755, 0o4755, 0o7777} {
		must(t, unix.Chmod(path, mode), "chmod")
		mustEqual(t, perm(stat(t, path)), mode, "mode")
	}
}

func chmodDirEveryBit(t *testing.T, dir string) {
	path := mkdir(t, dir, "d")
	for _, mode := range []uint32{0, 0o700, 0o1777, 0o2775, 0o4755, 0o7777} {
		must(t, unix.Chmod(path, mode), "chmod")
		mustEqual(t, perm(stat(t, path)), mode, "mode")
	}
}

func chmodFollowsSymlink(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	must(t, unix.Chmod(dir+"/s", 0o604), "chmod")
	mustEqual(t, perm(stat(t, path)), 0o604, "mode of the target")
	mustEqual(t, perm(stat(t, dir+"/s")), 0o777, "mode of the symlink")
}

func chmodMissing(t *testing.T, dir string) {
	mustErrno(t, unix.Chmod(dir+"/missing", 0o644), unix.ENOENT, "chmod")
	must(t, unix.Symlink("missing", dir+"/s"), "symlink")
	mustErrno(t, unix.Chmod(dir+"/s", 0o644), unix.ENOENT, "chmod of a dangling symlink")
}

// File type bits in the argument are ignored, not applied.
func chmodKeepsType(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, unix.S_IFDIR|0o600), "chmod")
	mustEqual(t, stat(t, path).Mode, unix.S_IFREG|0o600, "mode")
}

func fchmod(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDONLY, 0o644)
	must(t, unix.Fchmod(f.fd, 0o4711), "fchmod")
	mustEqual(t, perm(f.stat(t)), 0o4711, "mode")
	mustEqual(t, perm(stat(t, dir+"/x")), 0o4711, "mode by path")
}

func fchmodAfterUnlink(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDWR, 0o644)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	must(t, unix.Fchmod(f.fd, 0o600), "fchmod")
	mustEqual(t, perm(f.stat(t)), 0o600, "mode")
}

func chmodByOther(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0o666), "chmod")
	asAlice(t, func() {
		mustErrno(t, unix.Chmod(path, 0o600), unix.EPERM, "chmod of another's file")
	})
	mustEqual(t, perm(stat(t, path)), 0o666, "mode")
}

func chmodByOwner(t *testing.T, dir string) {
	needRoot(t)
	asAlice(t, func() {
		path := put(t, "", dir, "x")
		must(t, unix.Chmod(path, 0), "chmod")
		must(t, unix.Chmod(path, 0o640), "chmod of an unreadable file")
		mustEqual(t, perm(stat(t, path)), 0o640, "mode")
	})
}

// chmod(2): if the caller is not privileged and not in the file's group, the
// set-group-ID bit is turned off and no error returned.
func chmodByNonMemberDropsSgid(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, aliceUID, bobGID), "chown")
	asAlice(t, func() {
		must(t, unix.Chmod(path, 0o6755), "chmod")
		mustEqual(t, perm(stat(t, path)), 0o4755, "mode")
	})
}

func chmodByMemberKeepsSgid(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, aliceUID, teamGID), "chown")
	as(t, aliceUID, aliceGID, []int{teamGID}, func() {
		must(t, unix.Chmod(path, 0o2755), "chmod")
		mustEqual(t, perm(stat(t, path)), 0o2755, "mode")
	})
}

// Permission is checked at open, not at read and write.
func chmodDoesNotTouchOpenFiles(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDWR, 0o644)
	must(t, unix.Fchmod(f.fd, 0), "fchmod")
	f.write(t, []byte("data"))
	mustData(t, f.pread(t, 10, 0), []byte("data"), "data")
}

func umaskOnCreate(t *testing.T, dir string) {
	for _, mask := range []int{0, 0o022, 0o027, 0o077, 0o777} {
		withUmask(t, mask, func() {
			m := uint32(mask)
			fd, err := unix.Open(dir+"/f", unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_CLOEXEC, 0o777)
			must(t, err, "open")
			unix.Close(fd)
			must(t, unix.Mkdir(dir+"/d", 0o777), "mkdir")
			must(t, unix.Mknod(dir+"/n", unix.S_IFREG|0o777, 0), "mknod")
			must(t, unix.Mkfifo(dir+"/p", 0o777), "mkfifo")
			must(t, unix.Symlink("x", dir+"/s"), "symlink")
			for _, name := range []string{"f", "d", "n", "p"} {
				mustEqual(t, perm(stat(t, dir+"/"+name)), 0o777&^m, "mode of "+name)
			}
			mustEqual(t, perm(stat(t, dir+"/s")), 0o777, "mode of a symlink")
			for _, name := range []string{"f", "n", "p", "s"} {
				must(t, unix.Unlink(dir+"/"+name), "unlink")
			}
			must(t, unix.Rmdir(dir+"/d"), "rmdir")
		})
	}
}

func umaskDoesNotBindChmod(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	withUmask(t, 0o077, func() {
		must(t, unix.Chmod(path, 0o777), "chmod")
	})
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}
