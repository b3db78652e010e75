package memfs

import (
	"slices"

	"github.com/jacobsa/fuse/fuseops"

	"github.com/scratchfs/memfs/inode"
)

const (
	longCopy = 32 << 10                   // bytes to copy
	longDrop = 16 << 20 / inode.BlockSize // blocks to clear or to give back
)

// takesLong reports whether a request may take longer than it takes to wake
// another thread: one with much data, one that empties a large file, or one for
// a file that another request has locked.
func (fs *fileSystem) takesLong(op any) bool {
	switch op := op.(type) {
	case *fuseops.ReadFileOp:
		return op.Size > longCopy || busy(fs.store, inode.ID(op.Inode))
	case *fuseops.WriteFileOp:
		return len(op.Data) > longCopy || busy(fs.store, inode.ID(op.Inode))
	case *fuseops.FallocateOp:
		return op.Length > longDrop*inode.BlockSize || busy(fs.store, inode.ID(op.Inode))
	case *fuseops.GetInodeAttributesOp:
		return busy(fs.store, inode.ID(op.Inode))
	case *fuseops.SetInodeAttributesOp:
		return large(fs.store, inode.ID(op.Inode))
	case *fuseops.ForgetInodeOp:
		return large(fs.store, inode.ID(op.Inode))
	case *fuseops.BatchForgetOp:
		return slices.ContainsFunc(op.Entries, func(e fuseops.BatchForgetEntry) bool { return large(fs.store, inode.ID(e.Inode)) })
	}
	return false
}

// busy reports whether a request for the inode would have to wait.
func busy(s *inode.Store, id inode.ID) bool {
	_, free := s.TryGetAttr(id)
	return !free
}

// large reports whether it takes long to empty a file, or to get at it.
func large(s *inode.Store, id inode.ID) bool {
	a, free := s.TryGetAttr(id)
	return !free || a.Blocks > longDrop
}
