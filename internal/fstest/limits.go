//go:build linux

package fstest

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The filesystem that Limits wants.
const (
	limitBytes  = 1 << 20
	limitInodes = 64
)

// settled waits until nothing but the root and dir exists, so that everything
// else is free, and returns the numbers of that state. What an earlier
// behaviour deleted may come back late: over FUSE the server may free an inode
// only when the kernel forgets it.
func settled(t *testing.T, dir string) unix.Statfs_t {
	t.Helper()
	fs := awaitFree(t, dir, limitBytes/uint64(pageSize), limitInodes-2)
	mustEqual(t, fs.Bsize, int64(pageSize), "bsize")
	return fs
}

// awaitFree polls until as many blocks and inodes are free, and fails with the
// last numbers if that takes unreasonably long.
func awaitFree(t *testing.T, dir string, blocks, inodes uint64) unix.Statfs_t {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		fs := statfs(t, dir)
		if fs.Bfree == blocks && fs.Ffree == inodes {
			return fs
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d blocks and %d of %d inodes are free, want %d and %d",
				fs.Bfree, fs.Blocks, fs.Ffree, fs.Files, blocks, inodes)
		}
		runtime.Gosched()
	}
}

// fillUp writes to f until the space is used up and returns how much fitted.
func fillUp(t *testing.T, f *file) int64 {
	t.Helper()
	buf := fill(pageSize)
	total := int64(0)
	for {
		n, err := unix.Write(f.fd, buf)
		if err == unix.ENOSPC {
			return total
		}
		must(t, err, "write")
		total += int64(n)
	}
}
