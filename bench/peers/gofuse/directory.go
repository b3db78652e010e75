package main

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// A directory holds what the library's tree of inodes says: the library adds
// what these methods make, and removes and moves what they do not refuse. Inodes
// are persistent: others would go when the kernel forgets them.
type directory struct {
	fs.Inode
	xattrs
	attributes
}

var (
	_ fs.NodeGetattrer = (*directory)(nil)
	_ fs.NodeSetattrer = (*directory)(nil)
	_ fs.NodeMkdirer   = (*directory)(nil)
	_ fs.NodeCreater   = (*directory)(nil)
	_ fs.NodeSymlinker = (*directory)(nil)
	_ fs.NodeLinker    = (*directory)(nil)
	_ fs.NodeUnlinker  = (*directory)(nil)
	_ fs.NodeRmdirer   = (*directory)(nil)
	_ fs.NodeRenamer   = (*directory)(nil)
	_ fs.NodeStatfser  = (*directory)(nil)
	_ fs.NodeFsyncer   = (*directory)(nil)

	_ fs.NodeSetxattrer  = (*directory)(nil)
	_ fs.NodeGetxattrer  = (*directory)(nil)
	_ fs.NodeListxattrer = (*directory)(nil)
)

func newDirectory(ctx context.Context, mode uint32) *directory {
	return &directory{attributes: newAttributes(ctx, mode, 2)}
}

func (d *directory) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Attr = d.get()
	return 0
}

func (d *directory) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	d.set(in)
	out.Attr = d.get()
	return 0
}

func (d *directory) Mkdir(ctx context.Context, _ string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	child := newDirectory(ctx, mode)
	out.Attr = child.get()
	return d.NewPersistentInode(ctx, child, fs.StableAttr{Mode: syscall.S_IFDIR}), 0
}

func (d *directory) Create(ctx context.Context, _ string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	child := &file{attributes: newAttributes(ctx, mode, 1)}
	out.Attr = child.get()
	return d.NewPersistentInode(ctx, child, fs.StableAttr{Mode: syscall.S_IFREG}), nil, fuse.FOPEN_KEEP_CACHE, 0
}

func (d *directory) Symlink(ctx context.Context, target, _ string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	a := newAttributes(ctx, 0o777, 1)
	child := &fs.MemSymlink{Data: []byte(target), Attr: a.get()}
	child.Attr.Size = uint64(len(target))
	out.Attr = child.Attr
	return d.NewPersistentInode(ctx, child, fs.StableAttr{Mode: syscall.S_IFLNK}), 0
}

func (d *directory) Link(ctx context.Context, target fs.InodeEmbedder, _ string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	f, ok := target.(*file)
	if !ok {
		return nil, syscall.EPERM
	}
	f.link(1)
	var a fuse.AttrOut
	if errno := f.Getattr(ctx, nil, &a); errno != 0 {
		return nil, errno
	}
	out.Attr = a.Attr
	return f.EmbeddedInode(), 0
}

func (d *directory) Unlink(_ context.Context, name string) syscall.Errno {
	if child := d.GetChild(name); child != nil {
		if f, ok := child.Operations().(*file); ok {
			f.link(-1)
		}
	}
	return 0
}

func (d *directory) Rmdir(_ context.Context, name string) syscall.Errno {
	if child := d.GetChild(name); child != nil && len(child.Children()) > 0 {
		return syscall.ENOTEMPTY
	}
	return 0
}

func (d *directory) Rename(context.Context, string, fs.InodeEmbedder, string, uint32) syscall.Errno {
	return 0
}

// Fsync has nothing to write anywhere.
func (d *directory) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return 0 }

func (d *directory) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	const blocks = 1 << 20
	out.Bsize, out.Frsize, out.Blocks, out.Bfree, out.Bavail = 4096, 4096, blocks, blocks, blocks
	out.Files, out.Ffree, out.NameLen = blocks, blocks, 255
	return 0
}
