package memfs

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// statfs answers statfs(2).
func (h *handler) statfs(r *fusedev.Request) syscall.Errno {
	st := h.store.StatFS()
	out := r.StatfsOut()
	out.Bsize, out.Frsize = st.BlockSize, st.BlockSize
	out.Blocks, out.Bfree, out.Bavail = st.Blocks, st.BlocksFree, st.BlocksFree
	out.Files, out.Ffree = st.Inodes, st.InodesFree
	out.Namelen = inode.NameMax
	return 0
}
