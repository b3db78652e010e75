package inode

import (
	"errors"
	"math/bits"
	"sync"
)

const (
	blockBits = 12
	// BlockSize is the size of a block in bytes: what file contents are
	// allocated in and accounted by.
	BlockSize = 1 << blockBits
	// MaxBlocks is the largest number of blocks of a Store.
	MaxBlocks = 1<<32 - 1<<16

	blocksSpare = 4096
)

// blockNo is the number of a block of memory; 0 stands for a hole.
type blockNo uint32

// run is a number of blocks in a row.
type run struct {
	start blockNo
	n     uint32
}

// warmMax is how many blocks, 32 MiB of them, are kept when they are freed
// instead of being given back to the system. Written again they cost neither a
// page fault nor a cache miss.
const warmMax = 32 << 20 / BlockSize

var errClosed = errors.New("inode: the store is closed")

// blocks hands out the memory of file contents. It lies outside the Go heap,
// where the garbage collector neither scans it nor keeps as much again in
// reserve: one reservation of address space, of which the system provides a
// page when it is first written and takes it back by madvise(2).
type blocks struct {
	// Constant data.
	mem []byte // the reservation; its first block is never handed out

	// Mutable state.
	mu blocksMutex
	// A bit for each block, set if it is handed out or warm. The others are
	// zero, and take no memory but for some ahead of the cursor (provide.go).
	// +checklocks:mu
	used []uint64
	// A bit for each word of used, set if all its bits are.
	// +checklocks:mu
	full []uint64
	// The word of used in which to look first.
	// +checklocks:mu
	cursor int
	// Freed runs with their old contents, the latest last.
	// +checklocks:mu
	warm []run
	// INVARIANT: warmBlocks is the number of blocks in warm.
	// +checklocks:mu
	warmBlocks uint32
	// +checklocks:mu
	ahead lookahead

	providing sync.WaitGroup // the goroutine that asks for memory ahead
}

func newBlocks(n int64) (*blocks, error) {
	// Block 0, whole words, and some to spare: a file that outgrows its fragment
	// has two blocks for a moment, and what is free again may be on its way.
	total := (n + 1 + blocksSpare + 63) &^ 63
	mem, err := reserve(total * BlockSize)
	if err != nil {
		return nil, err
	}
	words := total / 64
	b := &blocks{
		mem:  mem,
		used: make([]uint64, words),
		full: make([]uint64, (words+63)/64),
	}
	b.used[0] = 1
	if tail := words % 64; tail != 0 { // words that are not there are full
		b.full[len(b.full)-1] = ^uint64(0) << tail
	}
	return b, nil
}

func (b *blocks) close() error {
	b.mu.Lock()
	mem := b.mem
	b.mem = nil
	b.mu.Unlock()
	if mem == nil {
		return errClosed
	}
	b.providing.Wait()
	return unreserve(mem)
}

// bytes returns the memory of a run.
func (b *blocks) bytes(r run) []byte {
	at := int64(r.start) << blockBits
	return b.mem[at : at+int64(r.n)<<blockBits]
}

// alloc returns a run of up to n blocks, which the limits must have granted,
// and whether their memory is zero.
func (b *blocks) alloc(n uint32) (r run, zero bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if last := len(b.warm) - 1; last >= 0 {
		w := &b.warm[last]
		r = run{w.start, min(n, w.n)}
		w.start += blockNo(r.n)
		w.n -= r.n
		if w.n == 0 {
			b.warm = b.warm[:last]
		}
		b.warmBlocks -= r.n
		return r, false
	}
	w := b.freeWordLocked()
	bit := bits.TrailingZeros64(^b.used[w])
	r.start = blockNo(w*64 + bit)
	for r.n < n && w < len(b.used) {
		free := uint32(bits.TrailingZeros64(b.used[w] >> bit))
		take := min(n-r.n, free, uint32(64-bit))
		if take == 0 {
			break
		}
		b.used[w] |= (^uint64(0) >> (64 - take)) << bit
		if b.used[w] == ^uint64(0) {
			b.full[w/64] |= 1 << (w % 64)
		}
		r.n += take
		if bit+int(take) < 64 {
			break
		}
		w, bit = w+1, 0
	}
	return r, true
}

// freeWordLocked returns a word of used in which a bit is free, from the
// cursor on and then from the start.
func (b *blocks) freeWordLocked() int {
	if b.used[b.cursor] != ^uint64(0) {
		return b.cursor
	}
	for k := range len(b.full) + 1 {
		f := (b.cursor/64 + k) % len(b.full)
		free := ^b.full[f]
		if k == 0 {
			free &= ^uint64(0) << (b.cursor % 64)
		}
		if free != 0 {
			b.cursor = f*64 + bits.TrailingZeros64(free)
			return b.cursor
		}
	}
	panic("inode: more blocks handed out than the limits granted")
}

// free takes back blocks.
func (b *blocks) free(r run) {
	b.mu.Lock()
	if r.n <= warmMax-b.warmBlocks {
		b.warm = append(b.warm, r)
		b.warmBlocks += r.n
		b.mu.Unlock()
		return
	}
	// Giving pages back takes long; meanwhile the blocks stay marked as used.
	b.mu.Unlock()
	release(b.bytes(r))
	b.mu.Lock()
	b.clearLocked(r)
	b.mu.Unlock()
}

// clearLocked marks the blocks of r as free.
func (b *blocks) clearLocked(r run) {
	w, bit := int(r.start/64), int(r.start%64)
	for left := r.n; left > 0; w, bit = w+1, 0 {
		n := min(left, uint32(64-bit))
		b.used[w] &^= (^uint64(0) >> (64 - n)) << bit
		b.full[w/64] &^= 1 << (w % 64)
		left -= n
	}
}
