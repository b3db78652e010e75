package main

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// A file has the contents of the library's file in memory, and attributes of its
// own: those of the library's have no link count, without which the kernel
// refuses to link it.
type file struct {
	fs.MemRegularFile
	xattrs
	attributes
}

var (
	_ fs.NodeGetattrer   = (*file)(nil)
	_ fs.NodeSetattrer   = (*file)(nil)
	_ fs.NodeFsyncer     = (*file)(nil)
	_ fs.NodeSetxattrer  = (*file)(nil)
	_ fs.NodeGetxattrer  = (*file)(nil)
	_ fs.NodeListxattrer = (*file)(nil)
)

func (f *file) Getattr(ctx context.Context, fh fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	errno := f.MemRegularFile.Getattr(ctx, fh, out)
	f.fill(out)
	return errno
}

func (f *file) Setattr(ctx context.Context, fh fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	f.set(in)
	errno := f.MemRegularFile.Setattr(ctx, fh, in, out)
	f.fill(out)
	return errno
}

// fill fills in the attributes, but for the size, which the contents give.
func (f *file) fill(out *fuse.AttrOut) {
	size := out.Size
	out.Attr = f.get()
	out.Size = size
}

// Fsync has nothing to write anywhere.
func (f *file) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return 0 }
