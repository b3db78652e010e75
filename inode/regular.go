package inode

import "github.com/google/btree"

// SizeMax is the largest size of a file in bytes (MAX_LFS_FILESIZE).
const SizeMax = 1<<63 - 1

const (
	leafBits   = 9
	leafBlocks = 1 << leafBits // 2 MiB of a file

	// One more than the number of the last block of a file.
	blocksMax = SizeMax>>blockBits + 1
)

// regular is the content of a regular file to which something was written:
// which block of memory holds which block of the file. A small file is a
// fragment; the first 2 MiB of a larger one are a slice that grows with it;
// the rest are leaves of 2 MiB each, in a B-tree, so that a file of 1 TiB with
// one byte at its end takes one leaf. A block that is not there is a hole.
//
// INVARIANT: blocks is the number of blocks in head and tail, and one for the
// fragment; it is what the file takes of the limits.
//
// INVARIANT: the memory of a block or fragment behind the end of the file is
// zero, so that a file that grows shows zeros.
//
// INVARIANT: there is a fragment only if head[0] is a hole. It stands for the
// start of block 0, whose rest is zero.
//
// INVARIANT: a block that is unwritten is there, and its memory is zero.
type regular struct {
	blocks    int64
	fragment  fragment
	head      []blockNo
	unwritten *bitmap                    // of head; nil until fallocate(2)
	tail      *btree.BTreeG[indexedLeaf] // nil until the file is that large
}

// leaf holds the blocks of 2 MiB of a file.
type leaf struct {
	count     int // of the blocks that are there
	unwritten bitmap
	blocks    [leafBlocks]blockNo
}

// indexedLeaf is a leaf and the number of its first block >> leafBits.
type indexedLeaf struct {
	index int64
	*leaf
}

const leafDegree = 16

// blockCount returns how many blocks n bytes are, rounded up.
func blockCount(n int64) int64 { return (n-1)>>blockBits + 1 }

// blockEnd returns where a block of a file ends, in bytes. That of the last
// one, 1<<63, is past what a size can be.
func blockEnd(block int64) int64 {
	if block+1 == blocksMax {
		return SizeMax
	}
	return (block + 1) << blockBits
}

func leafLess(a, b indexedLeaf) bool { return a.index < b.index }

// window returns the blocks from block on, up to the next multiple of
// leafBlocks at most; none if they are all holes, up to that multiple.
func (r *regular) window(block int64) []blockNo {
	if block < leafBlocks {
		if block < int64(len(r.head)) {
			return r.head[block:]
		}
		return nil
	}
	if l := r.leaf(block >> leafBits); l != nil {
		return l.blocks[block%leafBlocks:]
	}
	return nil
}

func (r *regular) leaf(index int64) *leaf {
	if r.tail == nil {
		return nil
	}
	l, _ := r.tail.Get(indexedLeaf{index: index})
	return l.leaf
}

// makeWindow is window for writing n blocks: it makes room for them. The leaf,
// if there is one, keeps count of its blocks.
func (s *Store) makeWindow(r *regular, block int64, n int) ([]blockNo, *leaf) {
	n = min(n, leafBlocks-int(block%leafBlocks))
	if block < leafBlocks {
		if need := int(block) + n; need > len(r.head) {
			size := 1
			for size < need {
				size *= 2
			}
			head := make([]blockNo, size)
			copy(head, r.head)
			r.head = head
		}
		return r.head[block:][:n], nil
	}
	if r.tail == nil {
		r.tail = btree.NewWithFreeListG(leafDegree, leafLess, s.leafNodes)
	}
	l := r.leaf(block >> leafBits)
	if l == nil {
		l = new(leaf)
		r.tail.ReplaceOrInsert(indexedLeaf{block >> leafBits, l})
	}
	return l.blocks[block%leafBlocks:][:n], l
}

// dropBlocks makes holes of the blocks from first up to end, and gives them
// back to the limits.
func (s *Store) dropBlocks(r *regular, first, end int64) {
	if first == 0 && end > 0 && r.fragment.slab != nil {
		s.slabs.free(r.fragment)
		r.fragment = fragment{}
		r.blocks--
		s.limits.giveBlocks(1)
	}
	if first < int64(len(r.head)) {
		last := min(end, int64(len(r.head)))
		s.dropWindow(r, r.head[first:last])
		r.unwritten.clear(int(first), int(last))
		if first == 0 && end >= int64(len(r.head)) {
			r.head, r.unwritten = nil, nil
		}
	}
	if r.tail == nil || end <= leafBlocks {
		return
	}
	var empty []indexedLeaf
	r.tail.AscendGreaterOrEqual(indexedLeaf{index: first >> leafBits}, func(l indexedLeaf) bool {
		start := l.index << leafBits
		if start >= end {
			return false
		}
		from, to := max(first-start, 0), min(end-start, leafBlocks)
		l.count -= s.dropWindow(r, l.blocks[from:to])
		l.unwritten.clear(int(from), int(to))
		if l.count == 0 {
			empty = append(empty, l)
		}
		return true
	})
	for _, l := range empty {
		r.tail.Delete(l)
	}
	if r.tail.Len() == 0 {
		r.tail = nil
	}
}

// dropWindow makes holes of the blocks of w and returns how many were there.
func (s *Store) dropWindow(r *regular, w []blockNo) int {
	dropped := 0
	for at := 0; at < len(w); {
		b := runAt(w, at, len(w))
		if b.start != 0 {
			s.blocks.free(b)
			clear(w[at:][:b.n])
			r.blocks -= int64(b.n)
			s.limits.giveBlocks(int64(b.n))
			dropped += int(b.n)
		}
		at += int(b.n)
	}
	return dropped
}

// runAt returns the blocks from place at of a window on, up to place n at most,
// that lie in a row in memory; or, with a start of 0, the hole there. The places
// that w is too short for are holes.
func runAt(w []blockNo, at, n int) run {
	if at >= len(w) {
		return run{0, uint32(n - at)}
	}
	r := run{w[at], 1}
	for next := at + 1; next < n; next++ {
		var b blockNo
		if next < len(w) {
			b = w[next]
		}
		if r.start == 0 && b != 0 || r.start != 0 && b != r.start+blockNo(r.n) {
			break
		}
		r.n++
	}
	return r
}
