package memfs

import (
	"slices"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// longData is how many bytes a request has that another thread is woken for: more
// than longCopy, because here not all others wait for the one that reads. One of
// 1 MiB, the largest unless max_write says otherwise, holds up those of its CPU
// while that is copied, a few times as long as it takes to wake a thread; and
// streams of them are up to twice as fast.
const longData = 1 << 20

// takesLong reports whether a request may take longer than it takes to wake
// another thread. It is what long.go says of the requests of jacobsa/fuse, and
// what that does not carry: copies, waits for locks, notifications.
func (h *handler) takesLong(r *fusedev.Request) bool {
	switch r.Opcode {
	case fusedev.OpRead:
		return r.ReadIn().Size > longData || busy(h.store, node(r))
	case fusedev.OpWrite:
		return r.WriteIn().Size > longData || busy(h.store, node(r))
	case fusedev.OpCopyFileRange, fusedev.OpCopyFileRange64:
		in := r.CopyFileRangeIn()
		return in.Len > longData || busy(h.store, node(r)) || busy(h.store, inode.ID(in.NodeIDOut))
	case fusedev.OpFallocate:
		return r.FallocateIn().Length > longDrop*inode.BlockSize || busy(h.store, node(r))
	case fusedev.OpGetattr, fusedev.OpStatx, fusedev.OpLseek:
		return busy(h.store, node(r))
	case fusedev.OpSetattr, fusedev.OpForget:
		return large(h.store, node(r))
	case fusedev.OpBatchForget:
		return slices.ContainsFunc(r.Forgets(), func(f fusedev.ForgetOne) bool { return large(h.store, inode.ID(f.NodeID)) })
	case fusedev.OpSetlkw:
		return true
	case fusedev.OpIoctl:
		return r.IoctlIn().InSize > 0 // setFlags, which tells the kernel something
	}
	return false
}
