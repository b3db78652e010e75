package main

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// A file is the library's file in memory, with the rest of its attributes.
type file struct {
	fs.MemRegularFile
	xattrs
}

var (
	_ fs.NodeSetattrer   = (*file)(nil)
	_ fs.NodeFsyncer     = (*file)(nil)
	_ fs.NodeSetxattrer  = (*file)(nil)
	_ fs.NodeGetxattrer  = (*file)(nil)
	_ fs.NodeListxattrer = (*file)(nil)
)

func (f *file) Setattr(ctx context.Context, fh fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	f.xattrs.mu.Lock()
	set(&f.Attr, in)
	f.xattrs.mu.Unlock()
	return f.MemRegularFile.Setattr(ctx, fh, in, out)
}

// Fsync has nothing to write anywhere.
func (f *file) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return 0 }
