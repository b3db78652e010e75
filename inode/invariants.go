package inode

import (
	"bytes"
	"fmt"
	"slices"
)

// CheckInvariants returns the first INVARIANT of the package's comments that
// does not hold. It is for tests; nothing else may use the Store meanwhile.
func (s *Store) CheckInvariants() error {
	c := checker{s: s, links: map[*inode]uint32{}, used: make([]uint64, len(s.blocks.used)), slots: map[*slab]uint64{}}
	s.table.all(c.inode)
	s.table.all(c.nlink)
	c.limits()
	c.memory()
	return c.err
}

type checker struct {
	s     *Store
	err   error
	links map[*inode]uint32 // dentries, "." and ".." that name an inode
	used  []uint64          // a bit for each block that somebody has
	slots map[*slab]uint64  // the slots that files have

	blocks, space int64
}

func (c *checker) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("inode: "+format, args...)
	}
}

func (c *checker) inode(i *inode) {
	switch {
	case i.freed():
		c.fail("inode %d is freed but in the table", i.id)
	case i.nlink == 0 && i.lookups.Load() == 0:
		c.fail("inode %d has neither links nor lookups", i.id)
	case i.lookups.Load() < 0:
		c.fail("inode %d has %d lookups", i.id, i.lookups.Load())
	case i.state&linkable != 0 && (i.nlink > 0 || i.kind != typeRegular):
		c.fail("inode %d (%o) has %d links and is linkable", i.id, i.kind.mode(), i.nlink)
	case c.s.get(i.id) != i:
		c.fail("inode %d is not at its place", i.id)
	}
	c.space += inodeSpace
	if !i.isDir() && i.nlink > 1 {
		c.space += inodeSpace * int64(i.nlink-1)
	}
	if i.xattrs != nil {
		for _, x := range *i.xattrs {
			c.space += x.space()
		}
		if !slices.IsSortedFunc(*i.xattrs, func(a, b xattr) int { return compareXattr(a, b.name) }) {
			c.fail("inode %d: extended attributes are not sorted", i.id)
		}
	}
	if a := i.aclLocked(aclAccess); a != nil {
		if perm, all := a.mode(); !a.valid() || all || perm != i.perm&rwxMask {
			c.fail("inode %d: mode %o, access ACL %v", i.id, i.perm, a)
		}
	}
	if a := i.aclLocked(aclDefault); a != nil && (!a.valid() || !i.isDir()) {
		c.fail("inode %d (%o): default ACL %v", i.id, i.kind.mode(), a)
	}
	switch content := i.content.(type) {
	case *directory:
		c.directory(i, content)
	case *regular:
		c.regular(i, content)
	case *symlink:
		c.blocks += content.blocks()
	}
}

func (c *checker) directory(i *inode, d *directory) {
	if i.nlink == 0 {
		if d.len() > 0 {
			c.fail("directory %d is removed but not empty", i.id)
		}
		return
	}
	c.links[i]++ // "."
	c.links[d.parent]++
	if d.entries == nil {
		return
	}
	displaced := 0
	d.entries.Ascend(func(e dirent) bool {
		c.links[e.child]++
		if e.cookie != c.s.cookie(e.name) {
			displaced++
		}
		if c.s.find(d, e.name).child != e.child {
			c.fail("directory %d: %q is not found", i.id, e.name)
		}
		if sub, ok := e.child.content.(*directory); ok && sub.parent != i {
			c.fail("directory %d: parent of %q is %d", i.id, e.name, sub.parent.id)
		}
		if c.s.get(e.child.id) != e.child {
			c.fail("directory %d: %q is not in the table", i.id, e.name)
		}
		return true
	})
	if displaced != d.displaced {
		c.fail("directory %d: %d dentries displaced, counted %d", i.id, displaced, d.displaced)
	}
}

func (c *checker) nlink(i *inode) {
	if got, want := c.links[i], i.nlink; got != want {
		c.fail("inode %d (%o): %d links, nlink %d", i.id, i.kind.mode(), got, want)
	}
}

func (c *checker) regular(i *inode, r *regular) {
	var n int64
	block := func(at int64, b blockNo, unwritten bool) {
		if b == 0 {
			if unwritten {
				c.fail("file %d: block %d is a hole and unwritten", i.id, at)
			}
			return
		}
		n++
		c.take(b, "a file")
		mem := c.s.blocks.bytes(run{b, 1})
		if end := i.size - at<<blockBits; end < BlockSize && !zero(mem[max(end, 0):]) {
			c.fail("file %d: block %d is not zero behind the end", i.id, at)
		}
		if unwritten && !zero(mem) {
			c.fail("file %d: block %d is not zero but unwritten", i.id, at)
		}
	}
	for at := range leafBlocks {
		var b blockNo
		if at < len(r.head) {
			b = r.head[at]
		}
		block(int64(at), b, r.unwritten.has(at))
	}
	if r.tail != nil {
		r.tail.Ascend(func(l indexedLeaf) bool {
			before := n
			for k, b := range l.blocks {
				block(l.index<<leafBits+int64(k), b, l.unwritten.has(k))
			}
			if count := int(n - before); count != l.count || count == 0 {
				c.fail("file %d: leaf %d has %d blocks, counted %d", i.id, l.index, count, l.count)
			}
			return true
		})
	}
	if f := r.fragment; f.slab != nil {
		n++
		if len(r.head) > 0 && r.head[0] != 0 {
			c.fail("file %d has a fragment and block 0", i.id)
		}
		if (f.slab.free|c.slots[f.slab])>>f.slot&1 == 1 {
			c.fail("file %d: slot %d is free or another's", i.id, f.slot)
		}
		c.slots[f.slab] |= 1 << f.slot
		if end := i.size; end < int64(f.size()) && !zero(c.s.slabs.bytes(f)[end:]) {
			c.fail("file %d: fragment is not zero behind the end", i.id)
		}
	}
	if n != r.blocks {
		c.fail("file %d has %d blocks, counted %d", i.id, n, r.blocks)
	}
	c.blocks += n
}

var zeros [BlockSize]byte

func zero(b []byte) bool { return bytes.Equal(b, zeros[:len(b)]) }

// take notes that somebody has a block.
func (c *checker) take(b blockNo, owner string) {
	word, bit := &c.used[b/64], uint64(1)<<(b%64)
	if *word&bit != 0 {
		c.fail("block %d is %s's, and somebody else's", b, owner)
	}
	*word |= bit
}

func (c *checker) limits() {
	l := &c.s.limits
	if got := l.blocks.Load(); got != c.blocks || got > l.maxBlocks {
		c.fail("%d blocks taken of %d, counted %d", c.blocks, l.maxBlocks, got)
	}
	if got := l.space.Load(); got > l.maxInodes*inodeSpace {
		c.fail("%d bytes of inodes' space taken of %d", got, l.maxInodes*inodeSpace)
	}
	if got := l.usedSpace(); got != c.space {
		c.fail("%d bytes of inodes' space used, counted %d", c.space, got)
	}
	for n := range l.purses {
		if money := l.purses[n].money.Load(); money < 0 {
			c.fail("purse %d holds %d", n, money)
		}
	}
}

// memory checks that each block is a file's, a slab's, warm or free.
func (c *checker) memory() {
	for b, slots := range c.slots {
		c.take(b.block, "a slab")
		if want := ^uint64(0) >> (64 - BlockSize/int(fragmentSizes[b.class])) &^ slots; b.free != want {
			c.fail("slab %d: slots %b are free, want %b", b.block, b.free, want)
		}
	}
	b := c.s.blocks
	var warm uint32
	for _, r := range b.warm {
		warm += r.n
		for k := range r.n {
			c.take(r.start+blockNo(k), "the warm list")
		}
	}
	if warm != b.warmBlocks {
		c.fail("%d blocks warm, counted %d", warm, b.warmBlocks)
	}
	c.take(0, "nobody")
	for w, word := range b.used {
		if full := b.full[w/64]>>(w%64)&1 == 1; full != (word == ^uint64(0)) {
			c.fail("word %d of the blocks is %x, full is %v", w, word, full)
		}
		if word != c.used[w] {
			c.fail("word %d of the blocks: %x are marked as used, %x are", w, word, c.used[w])
		}
	}
}
