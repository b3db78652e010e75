package memfs

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// readdir lists a directory.
func (h *handler) readdir(r *fusedev.Request) syscall.Errno {
	return h.store.ReadDir(node(r), r.ReadIn().Offset, func(d inode.Dirent) bool {
		return r.AddDirent(d.Name, uint64(d.ID), d.Next, direntType(d))
	})
}

// readdirplus lists a directory with the inodes, as if each had been looked up.
func (h *handler) readdirplus(r *fusedev.Request) syscall.Errno {
	return h.store.ReadDirPlus(node(r), r.ReadIn().Offset, func(d inode.Dirent, e inode.Entry) bool {
		out := r.AddDirentplus(d.Name, uint64(d.ID), d.Next, direntType(d))
		if out == nil {
			return false
		}
		if e.ID != 0 { // else "." and ".."
			setEntry(out, &e)
		}
		return true
	})
}

// direntType returns d_type: IFTODT of dirent.h.
func direntType(d inode.Dirent) uint32 { return d.Type >> 12 }
