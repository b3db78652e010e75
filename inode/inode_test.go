//go:build !lockrank

package inode

import (
	"testing"
	"unsafe"
)

// TestSizeOfInode: there may be millions, and a byte more takes sixteen.
func TestSizeOfInode(t *testing.T) {
	if got := unsafe.Sizeof(inode{}); got != 128 {
		t.Errorf("an inode takes %d bytes, want 128", got)
	}
}
