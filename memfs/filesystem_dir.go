package memfs

import (
	"context"
	"syscall"

	"github.com/jacobsa/fuse/fuseops"
	"github.com/jacobsa/fuse/fuseutil"

	"github.com/scratchfs/memfs/inode"
)

// OpenDir answers opendir(3) where the kernel asks at all.
func (fs *fileSystem) OpenDir(_ context.Context, op *fuseops.OpenDirOp) error {
	if fs.skips.opendir {
		return syscall.ENOSYS
	}
	op.CacheDir, op.KeepCache = true, true
	return nil
}

// ReadDir lists a directory.
func (fs *fileSystem) ReadDir(_ context.Context, op *fuseops.ReadDirOp) error {
	return result(fs.store.ReadDir(inode.ID(op.Inode), uint64(op.Offset), func(d inode.Dirent) bool {
		n := fuseutil.WriteDirent(op.Dst[op.BytesRead:], dirent(d))
		op.BytesRead += n
		return n > 0
	}))
}

// ReadDirPlus lists a directory with the inodes, as if each had been looked up.
func (fs *fileSystem) ReadDirPlus(_ context.Context, op *fuseops.ReadDirPlusOp) error {
	return result(fs.store.ReadDirPlus(inode.ID(op.Inode), uint64(op.Offset), func(d inode.Dirent, e inode.Entry) bool {
		plus := fuseutil.DirentPlus{Dirent: dirent(d), Entry: absent}
		if e.ID != 0 { // else "." and "..": inode 0 tells the kernel not to count a lookup
			entry(&plus.Entry, e)
		}
		n := fuseutil.WriteDirentPlus(op.Dst[op.BytesRead:], plus)
		op.BytesRead += n
		return n > 0
	}))
}

func dirent(d inode.Dirent) fuseutil.Dirent {
	return fuseutil.Dirent{
		Offset: fuseops.DirOffset(d.Next),
		Inode:  fuseops.InodeID(d.ID),
		Name:   d.Name,
		Type:   fuseutil.DirentType(d.Type >> 12), // IFTODT of dirent.h
	}
}

// ReleaseDirHandle answers closedir(3); there is nothing to release.
func (fs *fileSystem) ReleaseDirHandle(context.Context, *fuseops.ReleaseDirHandleOp) error {
	return nil
}
