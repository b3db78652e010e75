package memfs_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/mounttest"
)

// limited opens a new file on a mount on which 768 KiB fit, less than a request
// may carry.
func limited(t *testing.T, options string) int {
	t.Helper()
	dir := mounttest.Mount(t, "size=768k"+options, deadline)
	fd, err := unix.Open(filepath.Join(dir, "file"), unix.O_CREAT|unix.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

const tooMuch = 1 << 20

// TestWritebackAtTheLimit writes more than fits to the page cache. That not all
// of it was stored must come out by fsync(2).
func TestWritebackAtTheLimit(t *testing.T) {
	fd := limited(t, ",writeback")
	if n, err := unix.Write(fd, make([]byte, tooMuch)); n != tooMuch || err != nil {
		t.Fatalf("write: %d, %v", n, err)
	}
	if err := unix.Fsync(fd); err != unix.ENOSPC {
		t.Errorf("fsync: %v, want ENOSPC", err)
	}
}

// TestMappingAtTheLimit writes more than fits through a shared mapping. On
// tmpfs that is SIGBUS.
func TestMappingAtTheLimit(t *testing.T) {
	fd := limited(t, "")
	if err := unix.Ftruncate(fd, tooMuch); err != nil {
		t.Fatal(err)
	}
	mem, err := unix.Mmap(fd, 0, tooMuch, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(mem)
	for at := range mem {
		mem[at] = 1
	}
	if err := unix.Msync(mem, unix.MS_SYNC); err != unix.ENOSPC {
		t.Errorf("msync: %v, want ENOSPC", err)
	}
}

// TestSpaceAfterRemove fills the filesystem, removes what is there, and fills it
// again at once. The kernel does not wait until the server has freed a file.
func TestSpaceAfterRemove(t *testing.T) {
	onOwnLoops(t, "size=64m", func(t *testing.T, dir string) {
		data := make([]byte, 1<<20)
		for round := range 20 {
			path := filepath.Join(dir, "file")
			fd, err := unix.Open(path, unix.O_CREAT|unix.O_WRONLY, 0o644)
			if err != nil {
				t.Fatal(err)
			}
			for range 64 {
				if n, err := unix.Write(fd, data); n != len(data) || err != nil {
					t.Fatalf("round %d: %d, %v", round, n, err)
				}
			}
			unix.Close(fd)
			if err := unix.Unlink(path); err != nil {
				t.Fatal(err)
			}
		}
	})
}
