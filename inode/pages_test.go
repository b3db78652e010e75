package inode

import (
	"bytes"
	"os"
	"testing"
)

func TestWholePages(t *testing.T) {
	const k = 1 << 10
	for _, p := range []struct{ page, at, n, from, to uintptr }{
		{4 * k, 4 * k, 4 * k, 0, 4 * k},
		{4 * k, 12 * k, 8 * k, 0, 8 * k},
		{16 * k, 16 * k, 12 * k, 0, 0}, // at the start of a page, not to its end
		{16 * k, 20 * k, 12 * k, 12 * k, 12 * k},
		{16 * k, 20 * k, 4 * k, 4 * k, 4 * k},
		{16 * k, 28 * k, 8 * k, 4 * k, 4 * k}, // of two pages
		{16 * k, 28 * k, 20 * k, 4 * k, 20 * k},
		{16 * k, 16 * k, 32 * k, 0, 32 * k},
		{16 * k, 28 * k, 44 * k, 4 * k, 36 * k},
		{64 * k, 64 * k, 64 * k, 0, 64 * k},
		{64 * k, 60 * k, 192 * k, 4 * k, 132 * k},
		{64 * k, 68 * k, 100 * k, 60 * k, 60 * k},
		{64 * k, ^uintptr(0) - 128*k + 1, 68 * k, 0, 64 * k},
	} {
		if from, to := wholePages(p.at, p.n, p.page); from != p.from || to != p.to {
			t.Errorf("%+v: %d, %d", p, from, to)
		}
	}
}

// TestRelease: what is released is zero, and what is beside it as it was, in the
// same page too.
func TestRelease(t *testing.T) {
	page := os.Getpagesize()
	mem, err := reserve(int64(4 * page))
	if err != nil {
		t.Fatal(err)
	}
	defer unreserve(mem)
	ones := bytes.Repeat([]byte{1}, len(mem))
	for from := 0; from < len(mem); from += page / 4 {
		for to := from; to <= len(mem); to += page / 4 {
			copy(mem, ones)
			release(mem[from:to])
			if !bytes.Equal(mem[from:to], make([]byte, to-from)) {
				t.Errorf("quarters of pages %d to %d: not zero", from*4/page, to*4/page)
			}
			if !bytes.Equal(mem[:from], ones[:from]) || !bytes.Equal(mem[to:], ones[to:]) {
				t.Errorf("quarters of pages %d to %d: others are not as they were", from*4/page, to*4/page)
			}
		}
	}
}
