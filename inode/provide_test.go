package inode

import "testing"

// TestLookAhead has memory be asked for ahead of who writes much in a row, in pieces
// that follow on each other, and of nobody else.
func TestLookAhead(t *testing.T) {
	b, err := newBlocks(1 << 18)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	const n = 32
	row := func(start blockNo, runs int) (asked []run, had int) {
		for k := range runs {
			r := run{start + blockNo(k)*n, n}
			have, next := b.lookAhead(r)
			if have {
				had++
			}
			if next.n > 0 {
				asked = append(asked, next)
				b.ahead.running = k%2 == 1 // sometimes it takes until the next run
			} else {
				b.ahead.running = false
			}
			end := r.start + n
			if limit := end + blockNo(min((k+1)*n/aheadShare, aheadMax)); have && b.ahead.end > limit {
				t.Fatalf("run %d: asked for up to %d, want at most up to %d", k, b.ahead.end, limit)
			}
		}
		return asked, had
	}

	const before = aheadMin * aheadShare / n // runs before anything is asked for
	asked, had := row(1, 10*before)
	if len(asked) == 0 || asked[0].start != 1+before*n || had != 9*before {
		t.Fatalf("%d of %d runs had been asked for, want all but %d: %v", had, 10*before, before, asked)
	}
	for k := range asked[1:] {
		if end := asked[k].start + blockNo(asked[k].n); asked[k+1].start != end {
			t.Errorf("asked for %v, and then for %v", asked[k], asked[k+1])
		}
	}
	if asked, had := row(1<<17, before-1); len(asked) > 0 || had > 0 {
		t.Errorf("somewhere else: %d runs had been asked for, and %v was", had, asked)
	}
	if asked, _ := row(1, before-1); len(asked) > 0 {
		t.Errorf("again from the start: asked for %v", asked)
	}
	last := blockNo(len(b.mem) >> blockBits)
	asked, _ = row(last-2*before*n, 2*before)
	if got := asked[len(asked)-1]; got.start+blockNo(got.n) > last {
		t.Errorf("asked for %v, there are %d blocks", got, last)
	}
}

// TestCloseAhead closes a store while memory is being asked for.
func TestCloseAhead(t *testing.T) {
	for range 20 {
		s, err := New(Config{Blocks: 1 << 14, Inodes: 10})
		if err != nil {
			t.Fatal(err)
		}
		e, errno := s.Mknod(RootID, "f", 0o600, 0, Caller{})
		if errno != 0 {
			t.Fatal(errno)
		}
		piece := make([]byte, 128<<10)
		for at := int64(0); at < 8<<20; at += int64(len(piece)) {
			if n, errno := s.Write(e.ID, piece, at); n != len(piece) || errno != 0 {
				t.Fatal(n, errno)
			}
		}
		if s.blocks.ahead.end == 0 {
			t.Fatal("nothing was asked for ahead")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s.blocks.mu.Lock()
		if s.blocks.ahead.running {
			t.Error("closed, and memory is still being asked for")
		}
		s.blocks.mu.Unlock()
	}
}
