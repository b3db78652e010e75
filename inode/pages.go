package inode

import (
	"os"
	"unsafe"
)

// release gives the memory behind mem back to the system; it reads as zero
// again. The system gives and takes whole pages, which on some machines are
// larger than a block and have other blocks in them: what is not a whole page of
// mem stays, but zero.
func release(mem []byte) {
	at := uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
	from, to := wholePages(at, uintptr(len(mem)), uintptr(os.Getpagesize()))
	clear(mem[:from])
	if pages := mem[from:to]; len(pages) > 0 && discard(pages) != nil {
		clear(pages)
	}
	clear(mem[to:])
}

// wholePages returns where in n bytes at an address the whole pages begin and
// end, which may be nowhere.
func wholePages(at, n, page uintptr) (from, to uintptr) {
	from = min(-at%page, n) // a page is a power of two
	return from, from + (n-from)/page*page
}
