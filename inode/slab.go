package inode

import (
	"math/bits"
)

// fragmentMax is the size in bytes of the largest fragment: what a file holds
// beyond that gets blocks of its own.
const fragmentMax = 2048

// fragmentSizes are the sizes fragments come in.
var fragmentSizes = [...]uint16{64, 128, 192, 256, 384, 512, 768, 1024, 1360, fragmentMax}

// fragment is a piece of a block that holds the contents of a small file. The
// zero value is none.
type fragment struct {
	slab *slab
	slot uint8
}

// slab is a block that is cut into fragments of one size.
type slab struct {
	block blockNo
	class uint8
	at    int32  // index in slabs.partial, if any slot is free
	free  uint64 // a bit for each slot, set if it is free
}

// slabs packs small files, so that a file of 100 bytes takes 128 and not a
// page. (Its share of the limits is a block all the same, as on tmpfs: so
// there are always blocks for the slabs.)
type slabs struct {
	// Dependencies.
	blocks *blocks

	// Mutable state.
	mu slabsMutex
	// The slabs with free slots, by class.
	// +checklocks:mu
	partial [len(fragmentSizes)][]*slab
}

// size returns the size of the fragment in bytes, 0 for none.
func (f fragment) size() int {
	if f.slab == nil {
		return 0
	}
	return int(fragmentSizes[f.slab.class])
}

// bytes returns the memory of a fragment.
func (s *slabs) bytes(f fragment) []byte {
	n := f.size()
	return s.blocks.bytes(run{f.slab.block, 1})[int(f.slot)*n:][:n:n]
}

// alloc returns a fragment of at least n bytes, all zero.
func (s *slabs) alloc(n int) fragment {
	class := 0
	for int(fragmentSizes[class]) < n {
		class++
	}
	f := s.slot(uint8(class))
	clear(s.bytes(f))
	return f
}

// slot takes a free slot of the class.
func (s *slabs) slot(class uint8) fragment {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := &s.partial[class]
	if len(*list) == 0 {
		r, _ := s.blocks.alloc(1)
		slots := BlockSize / int(fragmentSizes[class])
		*list = append(*list, &slab{block: r.start, class: class, free: ^uint64(0) >> (64 - slots)})
	}
	b := (*list)[len(*list)-1]
	n := bits.TrailingZeros64(b.free)
	b.free &^= 1 << n
	if b.free == 0 {
		*list = (*list)[:len(*list)-1]
	}
	return fragment{b, uint8(n)}
}

// free takes a fragment back, and with the last one of a slab the block.
func (s *slabs) free(f fragment) {
	if b := s.put(f); b != 0 {
		s.blocks.free(run{b, 1})
	}
}

// put makes the slot of a fragment free. It returns the block if that was the
// last slot, else 0.
func (s *slabs) put(f fragment) blockNo {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := f.slab
	list := &s.partial[b.class]
	if b.free == 0 {
		b.at = int32(len(*list))
		*list = append(*list, b)
	}
	b.free |= 1 << f.slot
	if bits.OnesCount64(b.free) < BlockSize/int(fragmentSizes[b.class]) {
		return 0
	}
	last := (*list)[len(*list)-1]
	(*list)[b.at], last.at = last, b.at
	*list = (*list)[:len(*list)-1]
	return b.block
}
