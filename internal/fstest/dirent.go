//go:build linux

package fstest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

// A dirent is one record of getdents64(2). Its off is what to seek to in order
// to read the entry after it.
type dirent struct {
	ino  uint64
	off  int64
	typ  byte
	name string
}

// getdents reads one buffer of n bytes full of entries; none mean the end.
func (f *file) getdents(t *testing.T, n int) []dirent {
	t.Helper()
	buf := make([]byte, n)
	n, err := unix.Getdents(f.fd, buf)
	must(t, err, "getdents64")
	var all []dirent
	for rec := buf[:n]; len(rec) > 0; {
		size := binary.NativeEndian.Uint16(rec[16:])
		name, _, _ := bytes.Cut(rec[19:size], []byte{0})
		all = append(all, dirent{
			ino:  binary.NativeEndian.Uint64(rec),
			off:  int64(binary.NativeEndian.Uint64(rec[8:])),
			typ:  rec[18],
			name: string(name),
		})
		rec = rec[size:]
	}
	return all
}

// readAll reads to the end of the directory with buffers of n bytes.
func (f *file) readAll(t *testing.T, n int) []dirent {
	t.Helper()
	var all []dirent
	for {
		some := f.getdents(t, n)
		if len(some) == 0 {
			return all
		}
		all = append(all, some...)
	}
}

// seek sets the offset, in bytes of a file or as some dirent of a directory
// told it.
func (f *file) seek(t *testing.T, off int64) {
	t.Helper()
	_, err := unix.Seek(f.fd, off, unix.SEEK_SET)
	must(t, err, "lseek")
}

func opendir(t *testing.T, dir string) *file {
	t.Helper()
	return open(t, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
}

// numbered returns n names that begin with prefix.
func numbered(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%05d", prefix, i)
	}
	return all
}

// populate makes empty files in dir.
func populate(t *testing.T, dir string, names []string) {
	t.Helper()
	for _, name := range names {
		must(t, unix.Mknod(dir+"/"+name, unix.S_IFREG|0o644, 0), "mknod")
	}
}

// tally counts how often each name occurs.
func tally(entries []dirent) map[string]int {
	seen := map[string]int{}
	for _, e := range entries {
		seen[e.name]++
	}
	return seen
}
