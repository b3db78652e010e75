//go:build linux

package fstest

import (
	"testing"
)

var sparses = table{
	"SparseOver4GiB":         sparseOver4GiB,
	"Sparse1TiB":             sparse1TiB,
	"SparseHoleReadsZeros":   sparseHoleReadsZeros,
	"SparseHolesBetweenData": sparseHolesBetweenData,
	"SparseTruncateFrees":    sparseTruncateFrees,
}

// Offsets do not wrap at 32 bits.
func sparseOver4GiB(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("start"))
	for _, off := range []int64{1<<31 - 2, 1<<32 - 2, 1 << 32, 5<<30 + 1} {
		f.pwrite(t, []byte("data"), off)
		mustData(t, f.pread(t, 4, off), []byte("data"), "data")
		mustEqual(t, f.stat(t).Size, max(off+4, 0), "size")
	}
	mustData(t, f.pread(t, 6, 0), []byte("start\x00"), "data at the start")
}

func sparse1TiB(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	const size = 1 << 40
	f.pwrite(t, []byte("end"), size-3)
	mustEqual(t, f.stat(t).Size, size, "size")
	mustData(t, f.pread(t, 10, size-5), []byte("\x00\x00end"), "data at the end")
	for _, off := range []int64{0, 1 << 20, 1<<39 + 5} {
		mustData(t, f.pread(t, 1<<16, off), make([]byte, 1<<16), "hole")
	}
}

func sparseHoleReadsZeros(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.truncate(t, 1<<20)
	mustData(t, f.pread(t, 1<<20+1, 0), make([]byte, 1<<20), "hole")
}

func sparseHolesBetweenData(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	want := make([]byte, 40*pageSize)
	for i := 39; i >= 0; i -= 3 { // backwards
		copy(want[i*pageSize:(i+1)*pageSize], fill(pageSize))
		f.pwrite(t, fill(pageSize), int64(i*pageSize))
	}
	mustData(t, f.pread(t, len(want)+1, 0), want, "data")
}

func sparseTruncateFrees(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.pwrite(t, []byte("x"), 1<<40)
	f.truncate(t, 0)
	f.truncate(t, 1<<41)
	mustData(t, f.pread(t, 10, 1<<40), make([]byte, 10), "data")
}
