//go:build linux

package fusedev

import (
	"os"

	"golang.org/x/sys/unix"
)

// Buffers are mapped, not allocated: the kernel holds addresses in them, and a
// page of them costs memory only when it was used.

func newBuffer(size int) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return b, nil
}

func freeBuffer(b []byte) {
	if b != nil {
		unix.Munmap(b)
	}
}
