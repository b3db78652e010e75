package inode

import (
	"math"
	"testing"
)

// TestReserveMoreThanThereIs: more than any machine has, and 4 GiB and a page, of
// which 32 bits have the page only.
func TestReserveMoreThanThereIs(t *testing.T) {
	sizes := []int64{math.MaxInt64 &^ (BlockSize - 1)}
	if math.MaxInt == math.MaxInt32 {
		sizes = append(sizes, 1<<32+BlockSize)
	}
	for _, n := range sizes {
		if mem, err := reserve(n); err == nil {
			t.Errorf("%d bytes: got %d", n, len(mem))
			unreserve(mem)
		}
	}
}
