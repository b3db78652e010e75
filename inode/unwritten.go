package inode

// bitmap has a bit for each block of a leaf.
//
// It says which blocks are unwritten: fallocate(2) put them in place of a hole,
// and nobody has written to them since. They are zero and read like a hole, and
// lseek(2) takes them for one, as it does on tmpfs.
type bitmap [leafBlocks / 64]uint64

// has reports whether the bit n is set; b may be nil.
func (b *bitmap) has(n int) bool { return b != nil && b[n/64]>>(n%64)&1 == 1 }

func (b *bitmap) set(n int) { b[n/64] |= 1 << (n % 64) }

// clear clears the bits from first up to end; b may be nil.
func (b *bitmap) clear(first, end int) {
	if b == nil {
		return
	}
	for first < end {
		n := min(end-first, 64-first%64)
		b[first/64] &^= ^uint64(0) >> (64 - n) << (first % 64)
		first += n
	}
}

// unwrittenAt returns which of the blocks are unwritten that are in the same
// leaf as block; nil for none.
func (r *regular) unwrittenAt(block int64) *bitmap {
	if block < leafBlocks {
		return r.unwritten
	}
	if l := r.leaf(block >> leafBits); l != nil {
		return &l.unwritten
	}
	return nil
}

// extent reports whether there is data at a block, and a block up to which that
// stays so; behind that it may as well.
func (r *regular) extent(block int64) (data bool, end int64) {
	if block == 0 && r.fragment.slab != nil {
		return true, 1
	}
	w, unwritten := r.window(block), r.unwrittenAt(block)
	if w == nil {
		return false, r.nextWindow(block)
	}
	within := int(block % leafBlocks)
	isData := func(at int) bool { return w[at] != 0 && !unwritten.has(within+at) }
	data = isData(0)
	n := 1
	for n < len(w) && isData(n) == data {
		n++
	}
	return data, block + int64(n)
}

// nextWindow returns the first block of the leaf behind the one that block is
// in, or would be; blocksMax if there is none.
func (r *regular) nextWindow(block int64) int64 {
	next := int64(blocksMax)
	if r.tail != nil {
		r.tail.AscendGreaterOrEqual(indexedLeaf{index: max(block>>leafBits, 1)}, func(l indexedLeaf) bool {
			next = l.index << leafBits
			return false
		})
	}
	return next
}
