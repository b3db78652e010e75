package inode

import "math/bits"

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

// len returns how many bits are set.
func (b *bitmap) len() (n int) {
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// nextExtent returns the first block from block up to end at which there is data,
// or else is none; end if there is no such block.
func (r *regular) nextExtent(block, end int64, data bool) int64 {
	if block == 0 && r.fragment.slab != nil {
		if data {
			return 0
		}
		block++
	}
	// What is behind head is a hole, up to the first leaf.
	for ; block < min(int64(len(r.head)), end); block++ {
		if isData := r.head[block] != 0 && !r.unwritten.has(int(block)); isData == data {
			return block
		}
	}
	if block < leafBlocks {
		if !data {
			return min(block, end)
		}
		block = leafBlocks
	}
	found := !data // what is behind the last leaf
	if r.tail != nil {
		r.tail.AscendGreaterOrEqual(indexedLeaf{index: block >> leafBits}, func(l indexedLeaf) bool {
			start := l.index << leafBits
			if start >= end || start > block && !data {
				return false
			}
			at := l.nextExtent(int(max(block-start, 0)), data)
			block = start + int64(at)
			found = !data || at < leafBlocks
			return at == leafBlocks
		})
	}
	if !found {
		return end
	}
	return min(block, end)
}

// nextExtent returns the first place from at on at which there is data, or else is
// none; leafBlocks if there is no such place. Leaves that are all the one or the
// other, which a large file has by the million, are not looked through.
func (l *leaf) nextExtent(at int, data bool) int {
	if n := l.count - l.unwritten.len(); data && n == 0 || !data && n == leafBlocks {
		return leafBlocks
	}
	for ; at < leafBlocks; at++ {
		if isData := l.blocks[at] != 0 && !l.unwritten.has(at); isData == data {
			break
		}
	}
	return at
}
