package fuzz

import (
	"bytes"
	"maps"
)

// clone returns a model that the call c may be run on without changing m. What
// does not change is shared, and so are inodes of other parts (see divide).
func (m *model) clone(c *call) *model {
	k := *m
	if len(c.given()) > 0 {
		k.given = maps.Clone(m.given)
	}
	copies := make([]node, len(m.nodes))
	k.nodes = make([]*node, len(m.nodes))
	k.byID = make(map[uint64]*node, len(m.nodes)+1)
	for at, n := range m.nodes {
		copies[at] = *n
		k.nodes[at] = &copies[at]
		k.byID[n.id] = &copies[at]
	}
	// The one that n is in the clone.
	now := func(n *node) *node {
		if m.byID[n.id] == n {
			return k.byID[n.id]
		}
		return n
	}
	k.root = now(m.root)
	for _, n := range k.nodes {
		n.listing = nil
		if n.parent != nil {
			n.parent = now(n.parent)
		}
		if n.entries != nil {
			entries := make(map[string]*dentry, len(n.entries)+1)
			for name, e := range n.entries {
				entries[name] = &dentry{name: name, node: now(e.node)}
			}
			n.entries = entries
		}
		if n.id != uint64(c.id) && n.id != uint64(c.dir) {
			continue
		}
		n.xattrs = maps.Clone(n.xattrs)
		n.unwritten = maps.Clone(n.unwritten)
		n.blocks = maps.Clone(n.blocks)
		for at, b := range n.blocks {
			copied := *b
			n.blocks[at] = &copied
		}
	}
	return &k
}

// equal reports whether the same is in both models.
func (m *model) equal(o *model) bool {
	if m.usedBlocks != o.usedBlocks || m.usedSpace != o.usedSpace || len(m.nodes) != len(o.nodes) {
		return false
	}
	for _, n := range m.nodes {
		if k := o.byID[n.id]; k == nil || !n.equal(k) {
			return false
		}
	}
	return true
}

func (n *node) equal(o *node) bool {
	return n.generation == o.generation && n.mode == o.mode && n.nlink == o.nlink &&
		n.uid == o.uid && n.gid == o.gid && n.rdev == o.rdev && n.flags == o.flags && n.linkable == o.linkable && n.size == o.size && n.lookups == o.lookups &&
		n.atime == o.atime && n.mtime == o.mtime && n.ctime == o.ctime && n.btime == o.btime &&
		n.target == o.target && (n.parent == nil || n.parent.id == o.parent.id) &&
		maps.EqualFunc(n.entries, o.entries, func(a, b *dentry) bool { return a.node.id == b.node.id }) &&
		maps.EqualFunc(n.blocks, o.blocks, func(a, b *[blockSize]byte) bool { return a == b || *a == *b }) &&
		maps.Equal(n.unwritten, o.unwritten) && maps.EqualFunc(n.xattrs, o.xattrs, bytes.Equal)
}
