package memfs

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
)

// contents is what READ and WRITE are answered from.
type contents interface {
	Read(id inode.ID, dst []byte, offset int64) (int, syscall.Errno)
	Write(id inode.ID, data []byte, offset int64) (int, syscall.Errno)

	// For our own transport alone.
	Peek(id inode.ID, dst []byte, offset int64) (int, syscall.Errno)
	WriteBack(id inode.ID, data []byte, offset int64) (int, syscall.Errno)
}

// contentsOf returns the contents of a filesystem with options.
func contentsOf(store *inode.Store, o *Options) contents {
	if o.NoData {
		return noData{store}
	}
	return store
}

// noData is the contents of a filesystem with Options.NoData: files have a
// size, and nothing is copied.
type noData struct{ store *inode.Store }

// Read leaves dst as it is, up to the end of the file.
func (n noData) Read(id inode.ID, dst []byte, offset int64) (int, syscall.Errno) {
	a, errno := n.store.GetAttr(id)
	if errno != 0 || offset >= a.Size {
		return 0, errno
	}
	return int(min(int64(len(dst)), a.Size-offset)), 0
}

// Peek is Read, which does not touch the time of last access either.
func (n noData) Peek(id inode.ID, dst []byte, offset int64) (int, syscall.Errno) {
	return n.Read(id, dst, offset)
}

// Write extends the file, but takes no data.
func (n noData) Write(id inode.ID, data []byte, offset int64) (int, syscall.Errno) {
	a, errno := n.store.GetAttr(id)
	if errno != 0 {
		return 0, errno
	}
	if end := offset + int64(len(data)); end > a.Size {
		if _, errno := n.store.SetAttr(id, inode.SetAttr{Size: &end}); errno != 0 {
			return 0, errno
		}
	}
	return len(data), 0
}

// WriteBack is Write.
func (n noData) WriteBack(id inode.ID, data []byte, offset int64) (int, syscall.Errno) {
	return n.Write(id, data, offset)
}
