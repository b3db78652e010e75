package inode

import (
	"fmt"
	"math"

	"golang.org/x/sys/unix"
)

// reserve returns n bytes of address space that read as zero and take memory
// as they are written. They are left out of core dumps.
func reserve(n int64) ([]byte, error) {
	if n > math.MaxInt { // of 32 bits
		return nil, fmt.Errorf("inode: cannot reserve %d bytes of address space: %w", n, unix.ENOMEM)
	}
	mem, err := unix.Mmap(-1, 0, int(n), unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("inode: cannot reserve %d bytes of address space (see vm.overcommit_memory and ulimit -v): %w", n, err)
	}
	unix.Madvise(mem, unix.MADV_DONTDUMP)
	// Where transparent_hugepage/enabled is "always", as some distributions have it,
	// a page fault and khugepaged (max_ptes_none) would fill up with zeros what was
	// given back around a page that is in use. EINVAL if there are no huge pages.
	unix.Madvise(mem, unix.MADV_NOHUGEPAGE)
	return mem, nil
}

// discard gives whole pages back to the system; they read as zero again. It fails
// if they are locked into memory (mlockall(2)).
func discard(pages []byte) error { return unix.Madvise(pages, unix.MADV_DONTNEED) }

// populate has the system provide the memory behind mem at once, which takes
// half as long as by a page fault a page. Linux 5.14; before, it does nothing.
func populate(mem []byte) { unix.Madvise(mem, unix.MADV_POPULATE_WRITE) }

func unreserve(mem []byte) error { return unix.Munmap(mem) }
