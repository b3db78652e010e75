package memfs

import (
	"context"
	"io"
	"log"
	"syscall"
	"testing"

	"github.com/jacobsa/fuse/fuseops"
)

// TestPanicIsContained asks a filesystem without a store.
func TestPanicIsContained(t *testing.T) {
	old := log.Writer()
	log.SetOutput(io.Discard)
	defer log.SetOutput(old)
	if err := new(fileSystem).contain(request{ctx: context.Background(), op: &fuseops.StatFSOp{}}); err != syscall.EIO {
		t.Errorf("got %v, want EIO", err)
	}
}

func TestUnknownRequest(t *testing.T) {
	if err := new(fileSystem).contain(request{ctx: context.Background(), op: new(struct{})}); err != syscall.ENOSYS {
		t.Errorf("got %v, want ENOSYS", err)
	}
}
