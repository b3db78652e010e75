//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Files that are born without a name, open(2). FUSE has an operation of its
// own for them, which a server may not know.
var tmpfiles = table{
	"TmpfileHasNoName":     tmpfileHasNoName,
	"TmpfileGetsName":      tmpfileGetsName,
	"TmpfileExclusive":     tmpfileExclusive,
	"TmpfileNeedsWriting":  tmpfileNeedsWriting,
	"TmpfileOwnerAndUmask": tmpfileOwnerAndUmask,
}

func tmpfileHasNoName(t *testing.T, dir string) {
	f := open(t, dir, unix.O_TMPFILE|unix.O_RDWR, 0o600)
	f.write(t, []byte("data"))
	mustData(t, f.pread(t, 10, 0), []byte("data"), "data")
	mustEqual(t, f.stat(t).Nlink, 0, "nlink")
	mustNames(t, dir)
}

func tmpfileGetsName(t *testing.T, dir string) {
	f := open(t, dir, unix.O_TMPFILE|unix.O_RDWR, 0o600)
	f.write(t, []byte("data"))
	must(t, unix.Linkat(unix.AT_FDCWD, procFD(f), unix.AT_FDCWD, dir+"/x", unix.AT_SYMLINK_FOLLOW), "linkat")
	mustHold(t, dir+"/x", "data")
	mustEqual(t, f.stat(t).Nlink, 1, "nlink")
}

// With O_EXCL the file never gets a name.
func tmpfileExclusive(t *testing.T, dir string) {
	f := open(t, dir, unix.O_TMPFILE|unix.O_EXCL|unix.O_RDWR, 0o600)
	err := unix.Linkat(unix.AT_FDCWD, procFD(f), unix.AT_FDCWD, dir+"/x", unix.AT_SYMLINK_FOLLOW)
	mustErrno(t, err, unix.ENOENT, "linkat")
}

func tmpfileNeedsWriting(t *testing.T, dir string) {
	_, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDONLY, 0o600)
	mustErrno(t, err, unix.EINVAL, "open with O_TMPFILE|O_RDONLY")
	_, err = unix.Open(put(t, "", dir, "x"), unix.O_TMPFILE|unix.O_RDWR, 0o600)
	mustErrno(t, err, unix.ENOTDIR, "open of a file with O_TMPFILE")
}

func tmpfileOwnerAndUmask(t *testing.T, dir string) {
	needRoot(t)
	asAlice(t, func() {
		unix.Umask(0o027)
		f := open(t, dir, unix.O_TMPFILE|unix.O_RDWR, 0o666)
		mustOwn(t, f.stat(t), aliceUID, aliceGID)
		mustEqual(t, perm(f.stat(t)), 0o640, "mode")
	})
}
