//go:build linux

package fstest

import (
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Handles of files, open_by_handle_at(2), as an NFS server has them. FUSE finds
// a file by its handle after the kernel has forgotten it, if the server agrees to
// that.
var handles = table{
	"HandleOfFile":              handleOfFile,
	"HandleOfUnlinked":          handleOfUnlinked,
	"HandleOfReusedNumber":      handleOfReusedNumber,
	"HandleOfForgottenFile":     handleOfForgottenFile,
	"HandleOfForgottenDir":      handleOfForgottenDir,
	"HandleOfForgottenSymlink":  handleOfForgottenSymlink,
	"HandleOfForgottenUnlinked": handleOfForgottenUnlinked,
}

func handleOf(t *testing.T, path string) unix.FileHandle {
	t.Helper()
	needRoot(t)
	h, _, err := unix.NameToHandleAt(unix.AT_FDCWD, path, 0)
	must(t, err, "name_to_handle_at")
	return h
}

// openHandle opens a handle of the filesystem that dir is on.
func openHandle(t *testing.T, dir string, h unix.FileHandle, flags int) (*file, error) {
	t.Helper()
	mount := open(t, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	defer mount.close(t)
	fd, err := unix.OpenByHandleAt(mount.fd, h, flags|unix.O_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return adopt(t, fd), nil
}

// mustBecomeStale ends the test unless a handle leads nowhere. A FUSE server may
// learn late that a file was closed, and until then the kernel has it.
func mustBecomeStale(t *testing.T, dir string, h unix.FileHandle) {
	t.Helper()
	for start := time.Now(); ; runtime.Gosched() {
		f, err := openHandle(t, dir, h, unix.O_RDONLY)
		if err != nil || time.Since(start) > 10*time.Second {
			mustErrno(t, err, unix.ESTALE, "open_by_handle_at")
			return
		}
		f.close(t)
	}
}

// forget has the kernel drop every dentry and inode that is not in use.
func forget(t *testing.T) {
	t.Helper()
	must(t, os.WriteFile("/proc/sys/vm/drop_caches", []byte("2"), 0), "drop_caches")
}

func handleOfFile(t *testing.T, dir string) {
	h := handleOf(t, put(t, "data", dir, "x"))
	f, err := openHandle(t, dir, h, unix.O_RDONLY)
	must(t, err, "open_by_handle_at")
	mustData(t, f.pread(t, 10, 0), []byte("data"), "data")
}

func handleOfUnlinked(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	h := handleOf(t, path)
	must(t, unix.Unlink(path), "unlink")
	mustBecomeStale(t, dir, h)
}

// A number may be used again; the handle tells the files apart.
func handleOfReusedNumber(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	h := handleOf(t, path)
	must(t, unix.Unlink(path), "unlink")
	for range 100 {
		put(t, "other", dir, "y")
		mustBecomeStale(t, dir, h)
		must(t, unix.Unlink(dir+"/y"), "unlink")
	}
}

func handleOfForgottenFile(t *testing.T, dir string) {
	h := handleOf(t, put(t, "data", mkdir(t, dir, "d"), "x"))
	forget(t)
	f, err := openHandle(t, dir, h, unix.O_RDWR)
	must(t, err, "open_by_handle_at")
	mustData(t, f.pread(t, 10, 0), []byte("data"), "data")
	f.write(t, []byte("DATA"))
	mustHold(t, dir+"/d/x", "DATA")
}

// The kernel connects a directory with the root, through "..".
func handleOfForgottenDir(t *testing.T, dir string) {
	deep := mkdir(t, mkdir(t, mkdir(t, dir, "a"), "b"), "c")
	put(t, "data", deep, "x")
	h := handleOf(t, deep)
	forget(t)
	d, err := openHandle(t, dir, h, unix.O_RDONLY|unix.O_DIRECTORY)
	must(t, err, "open_by_handle_at")
	got, err := os.Readlink(procFD(d))
	must(t, err, "readlink")
	mustEqual(t, got, deep, "path")
	fd, err := unix.Openat(d.fd, "../c/x", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	must(t, err, "openat")
	mustData(t, adopt(t, fd).pread(t, 10, 0), []byte("data"), "data")
}

func handleOfForgottenSymlink(t *testing.T, dir string) {
	must(t, unix.Symlink("target", dir+"/l"), "symlink")
	h := handleOf(t, dir+"/l")
	forget(t)
	f, err := openHandle(t, dir, h, unix.O_PATH|unix.O_NOFOLLOW)
	must(t, err, "open_by_handle_at")
	b := make([]byte, 20)
	n, err := unix.Readlinkat(f.fd, "", b)
	must(t, err, "readlinkat")
	mustData(t, b[:n], []byte("target"), "target")
}

func handleOfForgottenUnlinked(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	h := handleOf(t, path)
	must(t, unix.Unlink(path), "unlink")
	forget(t)
	mustBecomeStale(t, dir, h)
}
