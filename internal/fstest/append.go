//go:build linux

package fstest

import (
	"bytes"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

var appends = table{
	"AppendWrites":         appendWrites,
	"AppendTwoDescriptors": appendTwoDescriptors,
	"AppendSetLater":       appendSetLater,
	"AppendPwrite":         appendPwrite,
	"AppendAfterTruncate":  appendAfterTruncate,
	"AppendConcurrently":   appendConcurrently,
}

// O_APPEND moves the offset to the end before each write, wherever it was.
func appendWrites(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDWR|unix.O_APPEND, 0)
	f.seek(t, 1)
	f.write(t, []byte("+1"))
	off, err := unix.Seek(f.fd, 0, unix.SEEK_CUR)
	must(t, err, "lseek")
	mustEqual(t, off, 6, "offset after an append")
	mustHold(t, dir+"/x", "data+1")
}

func appendTwoDescriptors(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	a := open(t, path, unix.O_WRONLY|unix.O_APPEND, 0)
	b := open(t, path, unix.O_WRONLY|unix.O_APPEND, 0)
	for range 3 {
		a.write(t, []byte("a"))
		b.write(t, []byte("bb"))
	}
	mustHold(t, path, "abbabbabb")
}

func appendSetLater(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_WRONLY, 0)
	f.write(t, []byte("D"))
	_, err := unix.FcntlInt(uintptr(f.fd), unix.F_SETFL, unix.O_APPEND)
	must(t, err, "fcntl(F_SETFL)")
	f.write(t, []byte("+"))
	mustHold(t, dir+"/x", "Data+")
}

// pwrite(2), BUGS: on a file opened with O_APPEND Linux appends, whatever the
// offset says.
func appendPwrite(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_WRONLY|unix.O_APPEND, 0)
	f.pwrite(t, []byte("+"), 0)
	mustHold(t, dir+"/x", "data+")
}

func appendAfterTruncate(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_WRONLY|unix.O_APPEND, 0o644)
	f.write(t, []byte("data"))
	must(t, unix.Truncate(dir+"/x", 1), "truncate")
	f.write(t, []byte("+"))
	mustHold(t, dir+"/x", "d+")
}

// Appends do not overwrite each other, nor mix.
func appendConcurrently(t *testing.T, dir string) {
	const writers, lines, size = 8, 100, 64
	path := put(t, "", dir, "x")
	var g errgroup.Group
	for w := range writers {
		g.Go(func() error {
			fd, err := unix.Open(path, unix.O_WRONLY|unix.O_APPEND|unix.O_CLOEXEC, 0)
			if err != nil {
				return opError("open", err)
			}
			defer unix.Close(fd)
			for i := range lines {
				line := fmt.Appendf(nil, "%-*d\n", size-1, w*lines+i)
				if n, err := unix.Write(fd, line); err != nil || n != size {
					return fmt.Errorf("write of %d bytes: %d, %v", size, n, err)
				}
			}
			return nil
		})
	}
	must(t, g.Wait(), "appending")

	f := open(t, path, unix.O_RDONLY, 0)
	got := f.pread(t, writers*lines*size+1, 0)
	mustEqual(t, len(got), writers*lines*size, "size")
	seen := map[string]bool{}
	for line := range bytes.Lines(got) {
		mustEqual(t, len(line), size, "length of a line")
		seen[string(line)] = true
	}
	mustEqual(t, len(seen), writers*lines, "distinct lines")
}
