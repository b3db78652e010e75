//go:build unix && !linux

package inode

import (
	"fmt"
	"math"
	"unsafe"

	"golang.org/x/sys/unix"
)

// reserve returns n bytes of address space that read as zero and take memory
// as they are written.
func reserve(n int64) ([]byte, error) {
	if n > math.MaxInt { // of 32 bits
		return nil, fmt.Errorf("inode: cannot reserve %d bytes of address space: %w", n, unix.ENOMEM)
	}
	mem, err := unix.Mmap(-1, 0, int(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("inode: cannot reserve %d bytes of address space: %w", n, err)
	}
	return mem, nil
}

// discard gives whole pages back to the system; they read as zero again.
// MADV_DONTNEED does not promise that here, a new mapping does.
func discard(pages []byte) error {
	_, err := unix.MmapPtr(-1, 0, unsafe.Pointer(&pages[0]), uintptr(len(pages)),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_FIXED)
	return err
}

// populate has the system provide the memory behind mem at once: there is no
// way to ask for that here.
func populate([]byte) {}

func unreserve(mem []byte) error { return unix.Munmap(mem) }
