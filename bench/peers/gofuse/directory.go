package main

import (
	"context"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// A directory holds what the library's tree of inodes says: the library adds
// what these methods make, and removes and moves what they do not refuse.
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

// attributes are those that can be set and that the contents do not give.
type attributes struct {
	mu   sync.Mutex
	attr fuse.Attr
}

func newDirectory(mode uint32) *directory {
	return &directory{attributes: attributes{attr: fuse.Attr{Mode: mode}}}
}

func (d *directory) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	d.attributes.mu.Lock()
	defer d.attributes.mu.Unlock()
	out.Attr = d.attr
	return 0
}

func (d *directory) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	d.attributes.mu.Lock()
	defer d.attributes.mu.Unlock()
	set(&d.attr, in)
	out.Attr = d.attr
	return 0
}

// set applies what in asks for, but the size.
func set(a *fuse.Attr, in *fuse.SetAttrIn) {
	if mode, ok := in.GetMode(); ok {
		a.Mode = a.Mode&^0o7777 | mode&0o7777
	}
	if uid, ok := in.GetUID(); ok {
		a.Uid = uid
	}
	if gid, ok := in.GetGID(); ok {
		a.Gid = gid
	}
	if t, ok := in.GetATime(); ok {
		a.SetTimes(&t, nil, nil)
	}
	if t, ok := in.GetMTime(); ok {
		a.SetTimes(nil, &t, nil)
	}
}

func (d *directory) Mkdir(ctx context.Context, _ string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	child := newDirectory(mode)
	child.attr.Owner = owner(ctx)
	out.Attr = child.attr
	return d.NewInode(ctx, child, fs.StableAttr{Mode: syscall.S_IFDIR}), 0
}

func (d *directory) Create(ctx context.Context, _ string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	child := &file{}
	child.Attr.Mode, child.Attr.Owner = mode, owner(ctx)
	out.Attr = child.Attr
	return d.NewInode(ctx, child, fs.StableAttr{Mode: syscall.S_IFREG}), nil, fuse.FOPEN_KEEP_CACHE, 0
}

func (d *directory) Symlink(ctx context.Context, target, _ string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	child := &fs.MemSymlink{Data: []byte(target)}
	child.Attr.Mode, child.Attr.Owner, child.Attr.Size = 0o777, owner(ctx), uint64(len(target))
	out.Attr = child.Attr
	return d.NewInode(ctx, child, fs.StableAttr{Mode: syscall.S_IFLNK}), 0
}

func (d *directory) Link(ctx context.Context, target fs.InodeEmbedder, _ string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	var a fuse.AttrOut
	if g, ok := target.(fs.NodeGetattrer); ok {
		if errno := g.Getattr(ctx, nil, &a); errno != 0 {
			return nil, errno
		}
	}
	out.Attr = a.Attr
	return target.EmbeddedInode(), 0
}

func (d *directory) Unlink(context.Context, string) syscall.Errno { return 0 }

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

func owner(ctx context.Context) fuse.Owner {
	if c, ok := fuse.FromContext(ctx); ok {
		return c.Owner
	}
	return fuse.Owner{}
}
