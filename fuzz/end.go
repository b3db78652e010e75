package fuzz

import (
	"slices"
	"syscall"

	"github.com/scratchfs/memfs/inode"
)

// end compares all that there is, removes it, and checks that nothing is left.
func (x *execution) end() *Finding {
	// Attributes first, since reading changes them.
	for _, n := range x.model.nodes {
		if f := x.checkAttr(n); f != nil {
			return f
		}
	}
	for _, n := range x.model.nodes {
		if f := x.checkNode(n); f != nil {
			return f
		}
	}
	if f := x.checkStatFS(); f != nil {
		return f
	}
	if err := x.store.CheckInvariants(); err != nil {
		return differ("invariant", "%v", err)
	}
	if f := x.clear(); f != nil {
		f.Message += " (while everything was removed)"
		return f
	}
	return nil
}

// checkAttr compares the attributes of an inode.
func (x *execution) checkAttr(n *node) *Finding {
	a, errno := x.store.GetAttr(inode.ID(n.id))
	if errno != 0 {
		return differ("attributes", "of %s: %s", x.nameOf(n), errnoName(errno))
	}
	return x.sameAttr(&a, n)
}

// checkNode compares what is in an inode.
func (x *execution) checkNode(n *node) *Finding {
	id := inode.ID(n.id)
	if f := x.listXattr(id, inode.Caller{}, 1<<16); f != nil {
		return f
	}
	for name := range n.xattrs {
		if f := x.getXattr(id, name, xattrValueMax); f != nil {
			return f
		}
	}
	switch n.kind() {
	case typeRegular:
		if f := x.checkHoles(n); f != nil {
			return f
		}
		return x.checkContents(n)
	case typeSymlink:
		x.model.accessed(n)
		if got, errno := x.store.Readlink(id); errno != 0 || got != n.target {
			return differ("target", "of %s: %q, %s, want %q", x.nameOf(n), got, errnoName(errno), n.target)
		}
	case typeDir:
		if l := n.listing; l != nil { // what is still to come of it
			if f := x.listRest(n, l.next); f != nil {
				return f
			}
		}
		n.startListing()
		return x.listRest(n, 0)
	}
	return nil
}

func (x *execution) listRest(n *node, offset uint64) *Finding {
	if offset == 0 {
		x.model.accessed(n)
	}
	if errno, _ := x.readDir(inode.ID(n.id), ReadDir, offset, 0); errno != 0 {
		return differ("listing", "of %s: %s", x.nameOf(n), errnoName(errno))
	}
	return x.checkListed(n, ReadDir, true)
}

// checkContents reads a file: its start, its end, and each block that is no
// hole with those around it.
func (x *execution) checkContents(n *node) *Finding {
	starts := []int64{0, max(0, n.size-2*blockSize)}
	for at := range n.blocks {
		starts = append(starts, max(0, at-1)*blockSize)
	}
	slices.Sort(starts)
	read := int64(0) // up to where
	for _, start := range starts {
		start = max(start, read)
		if start >= n.size {
			break
		}
		end := start - start%blockSize + 3*blockSize
		if end < 0 || end > n.size { // it may be past 2^63
			end = n.size
		}
		if f := x.checkRange(n, start, end); f != nil {
			return f
		}
		read = end
	}
	return nil
}

// checkHoles goes from data to hole to data through a file.
func (x *execution) checkHoles(n *node) *Finding {
	at, whence := int64(0), uint32(seekData)
	for {
		got, errno := x.store.Seek(inode.ID(n.id), at, int(whence))
		want, wantErrno := x.model.seek(n.id, at, whence)
		if got != want || errno != wantErrno {
			return differ("holes", "of %s from %d, whence %d: %d, %s, want %d, %s", x.nameOf(n), at, whence, got, errnoName(errno), want, errnoName(wantErrno))
		}
		if errno != 0 { // the end, at the latest
			return nil
		}
		at, whence = got, seekData+seekHole-whence
	}
}

// checkRange reads a file from one offset to another.
func (x *execution) checkRange(n *node, start, end int64) *Finding {
	size := int(end - start)
	x.dst, x.want = sized(x.dst, size), sized(x.want, size)
	got, errno := x.store.Read(inode.ID(n.id), x.dst, start)
	if errno != 0 || got != size {
		return differ("contents", "of %s at %d: %d bytes, %s, want %d", x.nameOf(n), start, got, errnoName(errno), size)
	}
	x.model.accessed(n)
	n.copyTo(x.want, start)
	return sameBytes(x.dst, x.want, start)
}

func (x *execution) checkStatFS() *Finding {
	got, m := x.store.StatFS(), x.model
	want := inode.FSStat{
		BlockSize:  blockSize,
		Blocks:     uint64(m.limits.Blocks),
		BlocksFree: uint64(m.freeBlocks()),
		Inodes:     uint64(m.limits.Inodes + 1), // with the subject's own
		InodesFree: uint64(m.freeSpace() / inodeSpace),
	}
	if got != want {
		return differ("statfs", "%+v, want %+v", got, want)
	}
	return nil
}

// clear removes and forgets everything: the store must be empty then.
func (x *execution) clear() *Finding {
	x.tick()
	for _, n := range x.model.nodes {
		if n.flags != 0 {
			if f := x.errno(x.store.SetFlags(inode.ID(n.id), 0), x.model.clearFlags(n)); f != nil {
				return f
			}
		}
	}
	if f := x.clearDir(x.model.root); f != nil {
		return f
	}
	for len(x.model.nodes) > 1 {
		if f := x.forgetAll(x.model.nodes[len(x.model.nodes)-1]); f != nil {
			return f
		}
	}
	root := x.model.root
	for name := range root.xattrs {
		if f := x.step(&Op{Kind: RemoveXattr, Name: name}); f != nil {
			return f
		}
	}
	if errno := x.store.resetRoot(); errno != 0 {
		return differ("attributes", "of the root cannot be set: %s", errnoName(errno))
	}
	if x.model.usedBlocks != 0 || x.model.usedSpace != inodeSpace {
		return differ("model", "%d blocks and %d bytes are left in it", x.model.usedBlocks, x.model.usedSpace)
	}
	return x.checkStatFS()
}

// clearDir removes what is in a directory.
func (x *execution) clearDir(n *node) *Finding {
	for name, e := range n.entries {
		if e.node.isDir() {
			if f := x.clearDir(e.node); f != nil {
				return f
			}
			if f := x.errno(x.store.Rmdir(inode.ID(n.id), name), x.model.rmdir(n.id, name)); f != nil {
				return f
			}
		} else if f := x.errno(x.store.Unlink(inode.ID(n.id), name), x.model.unlink(n.id, name)); f != nil {
			return f
		}
	}
	return x.checkAttr(n)
}

// forgetAll takes back the lookups of an inode without links, the last one by
// itself: until then it must be there, and after that not.
func (x *execution) forgetAll(n *node) *Finding {
	id := inode.ID(n.id)
	x.store.Forget(id, uint64(n.lookups-1))
	if f := x.checkAttr(n); f != nil {
		return f
	}
	x.store.Forget(id, 1)
	if _, errno := x.store.GetAttr(id); errno != syscall.ESTALE {
		return differ("forget", "%s is there after all its %d lookups were forgotten", x.nameOf(n), n.lookups)
	}
	x.model.forget(n.id, uint64(n.lookups))
	return nil
}
