package inode

// A page of zeros for a block costs the system more than copying a block to it. So
// memory is asked for in long runs (populate) and, for who goes on and on writing, ahead
// of the time, by a goroutine: another processor may have nothing to do. To have huge
// pages instead was no faster, and of those no part comes back.
const (
	// populateMin is the length in blocks of the shortest run for which one system
	// call is cheaper than the page faults.
	populateMin = 8

	// One block is asked for ahead for so many that were handed out in a row...
	aheadShare = 16
	// ...up to 16 MiB of them, from 256 KiB on.
	aheadMax = 16 << 20 / BlockSize
	aheadMin = 256 << 10 / BlockSize
)

// A lookahead knows how much memory was asked for ahead.
type lookahead struct {
	row     int64   // blocks that were handed out in a row, in long runs
	rowEnd  blockNo // where those end
	end     blockNo // where that ends which was asked for
	running bool    // a goroutine asks for it
}

// provide has the system provide the memory of a run that was handed out, has no
// contents yet and is about to be written.
func (b *blocks) provide(r run) {
	if r.n < populateMin {
		return
	}
	have, next := b.lookAhead(r)
	if next.n > 0 {
		mem := b.bytes(next)
		b.providing.Go(func() {
			populate(mem)
			b.mu.Lock()
			b.ahead.running = false
			b.mu.Unlock()
		})
	}
	if !have {
		populate(b.bytes(r))
	}
}

// lookAhead returns whether the memory of a run has been asked for, and what to ask
// for now that it is used.
func (b *blocks) lookAhead(r run) (have bool, next run) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, end := &b.ahead, r.start+blockNo(r.n)
	if r.start != a.rowEnd {
		a.row = 0
	}
	a.row, a.rowEnd = a.row+int64(r.n), end
	// What was asked for farther behind has been used since, and may be free again.
	have = end <= a.end && a.end-end <= aheadMax
	if a.running {
		return have, run{}
	}
	if !have {
		a.end = end
	}
	most := min(a.row/aheadShare, aheadMax, int64(len(b.mem)>>blockBits)-int64(end))
	if most < aheadMin || int64(a.end-end) > most/2 {
		return have, run{}
	}
	next = run{a.end, uint32(most) - uint32(a.end-end)}
	a.end, a.running = end+blockNo(most), true
	return have, next
}
