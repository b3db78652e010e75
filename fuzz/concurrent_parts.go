package fuzz

import (
	"slices"
	"syscall"

	"github.com/scratchfs/memfs/inode"
)

// part is a part of a history that can be explained by itself, since no
// operation outside it touches an inode in it.
type part struct {
	model *model // before the threads
	calls []*call
	end   call
	final *model // after them
}

// roomy are limits that threads do not meet: then what one operation takes is
// nothing to the others.
func (l Limits) roomy() bool { return l.Blocks >= 40 && l.Inodes >= 512 }

// divide finds the parts of a history.
func (x *execution) divide(h history) []*part {
	one := !x.model.limits.roomy()
	for _, c := range h.calls {
		one = one || c.short()
	}
	u := union{}
	for id := range x.model.byID {
		u.find(inode.ID(id))
	}
	for _, c := range h.calls {
		for _, id := range append(x.touches(c), c.id) {
			u.unite(id, c.id)
		}
	}
	if one {
		for id := range u {
			u.unite(id, inode.RootID)
		}
	}

	var parts []*part
	by := map[inode.ID]*part{}
	of := func(id inode.ID) *part {
		p := by[u.find(id)]
		if p == nil {
			m := *x.model
			m.nodes, m.byID = nil, map[uint64]*node{}
			p = &part{model: &m, end: call{began: h.end.began, returned: h.end.returned, attrs: map[inode.ID]inode.Attr{}}}
			by[u.find(id)] = p
			parts = append(parts, p)
		}
		return p
	}
	for _, n := range x.model.nodes {
		m := of(inode.ID(n.id)).model
		m.nodes = append(m.nodes, n)
		m.byID[n.id] = n
	}
	for _, c := range h.calls {
		p := of(c.id)
		p.calls = append(p.calls, c)
		if c.op.Kind == ReadDirPlus {
			p.calls = append(p.calls, c.plusCalls()...)
		}
	}
	for id, a := range h.end.attrs {
		of(id).end.attrs[id] = a
	}
	return parts
}

// short reports whether the call met a limit.
func (c *call) short() bool {
	switch {
	case c.errno != 0:
		return c.errno == syscall.ENOSPC
	case c.op.Kind == Write:
		return c.n < len(c.data)
	case c.op.Kind == CopyRange: // or the end of the file
		return c.position < c.op.Size
	}
	return false
}

// touches returns the inodes that a call looks at or changes, beside c.id, as far
// as no other call says it.
func (x *execution) touches(c *call) []inode.ID {
	ids := c.given()
	child := func(dir inode.ID, name string) {
		if d := x.model.byID[uint64(dir)]; d != nil && d.entries[name] != nil {
			ids = append(ids, inode.ID(d.entries[name].node.id))
		}
	}
	switch c.op.Kind {
	case Lookup, Mknod, Mkdir, Symlink, Unlink, Rmdir:
		child(c.id, c.op.Name)
	case CopyRange:
		ids = append(ids, c.dir)
	case Link:
		ids = append(ids, c.dir)
		child(c.dir, c.op.NewName)
	case Rename:
		ids = append(ids, c.dir)
		child(c.id, c.op.Name)
		child(c.dir, c.op.NewName)
		if c.id != c.dir { // it asks for the shape of the tree, and may change it
			ids = append(ids, inode.RootID)
			for _, id := range [...]inode.ID{c.id, c.dir} {
				if d := x.model.byID[uint64(id)]; d != nil && d.isDir() {
					for ; d.parent != d; d = d.parent {
						ids = append(ids, inode.ID(d.parent.id))
					}
				}
			}
		}
	case ReadDir, ReadDirPlus:
		if d := x.model.byID[uint64(c.id)]; d != nil && d.isDir() {
			ids = append(ids, inode.ID(d.parent.id))
			for name := range d.entries {
				child(c.id, name)
			}
		}
	}
	return ids
}

// plusCalls are what ReadDirPlus does for each name.
func (c *call) plusCalls() (calls []*call) {
	for k, d := range c.listed {
		if k < len(c.entries) && c.entries[k].ID != 0 {
			calls = append(calls, &call{op: c.op, id: c.id, began: c.began, returned: c.returned, plus: &plus{c.id, d.Name, c.entries[k]}})
		}
	}
	return calls
}

// union is a union-find structure: each inode points to another one of its part,
// and one of them to itself.
type union map[inode.ID]inode.ID

func (u union) find(id inode.ID) inode.ID {
	up, ok := u[id]
	if !ok {
		u[id] = id
		return id
	}
	for up != u[up] {
		up = u[up]
	}
	u[id] = up
	return up
}

func (u union) unite(a, b inode.ID) { u[u.find(a)] = u.find(b) }

// clearConcurrent removes and forgets everything: the store must be empty then.
func (x *execution) clearConcurrent(parts []*part) *Finding {
	for _, p := range parts {
		for _, n := range p.final.nodes {
			if n.flags != 0 { // nothing could be removed
				x.store.SetFlags(inode.ID(n.id), 0)
			}
		}
	}
	if f := x.removeAll(inode.RootID); f != nil {
		return f
	}
	for _, p := range parts {
		for _, n := range p.final.nodes {
			if n == p.final.root {
				continue
			}
			id := inode.ID(n.id)
			if n.lookups > 0 {
				x.store.Forget(id, uint64(n.lookups-1))
				if _, errno := x.store.GetAttr(id); errno != 0 {
					return differ("forget", "inode %d has a lookup and is gone", id)
				}
				x.store.Forget(id, 1)
			}
			if _, errno := x.store.GetAttr(id); errno == 0 {
				return differ("forget", "inode %d is there after all its %d lookups were forgotten", id, n.lookups)
			}
		}
		if root := p.final.root; slices.Contains(p.final.nodes, root) {
			for name := range root.xattrs {
				x.store.RemoveXattr(inode.RootID, name)
			}
		}
	}
	if errno := x.store.resetRoot(); errno != 0 {
		return differ("attributes", "of the root cannot be set: %s", errnoName(errno))
	}
	if err := x.store.CheckInvariants(); err != nil {
		return differ("invariant", "%v", err)
	}
	x.model = newModel(x.model.limits)
	return x.checkStatFS()
}

// removeAll removes what is in a directory.
func (x *execution) removeAll(dir inode.ID) *Finding {
	if errno, _ := x.readDir(dir, ReadDir, 2, 0); errno != 0 {
		return differ("listing", "of directory %d: %s", dir, errnoName(errno))
	}
	for _, d := range slices.Clone(x.listed) {
		remove := x.store.Unlink
		if d.Type == typeDir {
			if f := x.removeAll(d.ID); f != nil {
				return f
			}
			remove = x.store.Rmdir
		}
		if errno := remove(dir, d.Name); errno != 0 {
			return differ("errno", "%s, want no error, to remove %q", errnoName(errno), d.Name)
		}
	}
	return nil
}
