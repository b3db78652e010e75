//go:build linux

package fstest

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A file is an open file description. Unlike os.File it never hides a short
// read or write, and never puts its descriptor into the poller.
type file struct {
	fd     int
	closed bool
}

// open opens the file, which is closed when the test ends at the latest.
func open(t *testing.T, path string, flags int, mode uint32) *file {
	t.Helper()
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, mode)
	must(t, err, "open "+path)
	return adopt(t, fd)
}

// adopt makes a file of a descriptor that some other system call returned.
func adopt(t *testing.T, fd int) *file {
	f := &file{fd: fd}
	t.Cleanup(func() {
		if !f.closed {
			unix.Close(f.fd)
		}
	})
	return f
}

func (f *file) close(t *testing.T) {
	t.Helper()
	f.closed = true
	must(t, unix.Close(f.fd), "close")
}

// write writes all of data at the file's offset with one write(2).
func (f *file) write(t *testing.T, data []byte) {
	t.Helper()
	n, err := unix.Write(f.fd, data)
	must(t, err, "write")
	mustEqual(t, n, len(data), "bytes written")
}

// pwrite writes all of data at off with one pwrite(2).
func (f *file) pwrite(t *testing.T, data []byte, off int64) {
	t.Helper()
	n, err := unix.Pwrite(f.fd, data, off)
	must(t, err, "pwrite")
	mustEqual(t, n, len(data), "bytes written")
}

// pread reads up to n bytes at off with one pread(2).
func (f *file) pread(t *testing.T, n int, off int64) []byte {
	t.Helper()
	b := make([]byte, n)
	n, err := unix.Pread(f.fd, b, off)
	must(t, err, "pread")
	return b[:n]
}

func (f *file) truncate(t *testing.T, size int64) {
	t.Helper()
	must(t, unix.Ftruncate(f.fd, size), "ftruncate")
}

func (f *file) stat(t *testing.T) unix.Stat_t {
	t.Helper()
	var st unix.Stat_t
	must(t, unix.Fstat(f.fd, &st), "fstat")
	return st
}

// stat is lstat(2), which must succeed.
func stat(t *testing.T, path string) unix.Stat_t {
	t.Helper()
	var st unix.Stat_t
	must(t, unix.Lstat(path, &st), "lstat "+path)
	return st
}

// mustNotExist ends the test unless the path's last component is missing.
func mustNotExist(t *testing.T, path string) {
	t.Helper()
	var st unix.Stat_t
	mustErrno(t, unix.Lstat(path, &st), unix.ENOENT, "lstat "+path)
}

// put makes a file of mode 0666 less the umask, holding data, and returns its
// path.
func put(t *testing.T, data string, elem ...string) string {
	t.Helper()
	path := filepath.Join(elem...)
	f := open(t, path, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY, 0o666)
	if data != "" {
		f.write(t, []byte(data))
	}
	f.close(t)
	return path
}

// mustHold ends the test unless the file at path holds data.
func mustHold(t *testing.T, path, data string) {
	t.Helper()
	got, err := os.ReadFile(path)
	must(t, err, "reading")
	mustData(t, got, []byte(data), path)
}

// mkdir makes a directory of mode 0777 less the umask and returns its path.
func mkdir(t *testing.T, elem ...string) string {
	t.Helper()
	path := filepath.Join(elem...)
	must(t, unix.Mkdir(path, 0o777), "mkdir "+path)
	return path
}

// names returns the names in dir without dot and dot-dot.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	d := open(t, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	defer d.close(t)
	for _, e := range d.readAll(t, 4096) {
		if e.name != "." && e.name != ".." {
			all = append(all, e.name)
		}
	}
	return all
}

// perm returns the permission bits and the set-id and sticky bits of mode.
func perm(st unix.Stat_t) uint32 { return st.Mode & 0o7777 }

// kind returns the file type in a mode.
func kind(st unix.Stat_t) uint32 { return st.Mode & unix.S_IFMT }
