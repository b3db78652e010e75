package inode

import (
	"math/rand/v2"
	"syscall"
	"testing"
)

// TestSeek goes through the holes of files of each shape.
func TestSeek(t *testing.T) {
	const none = -1 // ENXIO
	type seek struct{ offset, data, hole int64 }
	write := func(size int, offset int64) func(*Store, ID) {
		return func(s *Store, id ID) { s.Write(id, make([]byte, size), offset) }
	}
	truncate := func(size int64) func(*Store, ID) {
		return func(s *Store, id ID) { s.SetAttr(id, SetAttr{Size: &size}) }
	}
	fallocate := func(mode uint32, offset, length int64) func(*Store, ID) {
		return func(s *Store, id ID) { s.Fallocate(id, mode, offset, length) }
	}
	const leaf = leafBlocks * BlockSize
	for _, f := range []struct {
		what  string
		steps []func(*Store, ID)
		seeks []seek
	}{
		{"empty", nil, []seek{{0, none, none}, {-1, none, none}, {1, none, none}}},
		{"a fragment", []func(*Store, ID){write(100, 0)},
			[]seek{{0, 0, 100}, {99, 99, 100}, {100, none, none}}},
		{"a fragment, and a hole behind it", []func(*Store, ID){write(100, 0), truncate(5 * BlockSize)},
			[]seek{{0, 0, 4096}, {4095, 4095, 4096}, {4096, none, 4096}, {20479, none, 20479}, {20480, none, none}}},
		{"a hole only", []func(*Store, ID){truncate(SizeMax)},
			[]seek{{0, none, 0}, {SizeMax - 1, none, SizeMax - 1}, {SizeMax, none, none}}},
		{"the last byte there can be", []func(*Store, ID){write(1, SizeMax-1)},
			[]seek{{0, SizeMax - BlockSize + 1, 0}, {SizeMax - 1, SizeMax - 1, SizeMax}}},
		{"leaves", []func(*Store, ID){write(BlockSize, leaf-BlockSize), write(2*BlockSize, leaf), write(1, 3*leaf+5)},
			[]seek{{0, leaf - BlockSize, 0}, {leaf - 1, leaf - 1, leaf + 2*BlockSize}, {2 * leaf, 3 * leaf, 2 * leaf}, {3 * leaf, 3 * leaf, 3*leaf + 6}}},
		{"unwritten", []func(*Store, ID){fallocate(0, 0, 4*BlockSize), write(1, BlockSize+1)},
			[]seek{{0, 4096, 0}, {4096, 4096, 8192}, {8192, none, 8192}}},
		{"unwritten, allocated again", []func(*Store, ID){fallocate(0, leaf, 4*BlockSize), fallocate(0, leaf+BlockSize, BlockSize)},
			[]seek{{0, leaf + BlockSize, 0}, {leaf + BlockSize, leaf + BlockSize, leaf + 2*BlockSize}}},
		{"unwritten, punched, written", []func(*Store, ID){fallocate(0, 0, 4*BlockSize), fallocate(FallocPunchHole|FallocKeepSize, 0, 4*BlockSize), write(4*BlockSize, 0)},
			[]seek{{0, 0, 4 * BlockSize}}},
	} {
		s := newStore(t, 100, 10)
		id := must[Entry](t)(s.Mknod(RootID, "f", 0, 0, Caller{})).ID
		for _, step := range f.steps {
			step(s, id)
		}
		for _, k := range f.seeks {
			for whence, want := range map[int]int64{SeekData: k.data, SeekHole: k.hole} {
				got, errno := s.Seek(id, k.offset, whence)
				if errno == syscall.ENXIO {
					got = none
				}
				if got != want {
					t.Errorf("%s: seek %d from %d: %d, want %d", f.what, whence, k.offset, got, want)
				}
			}
		}
	}
}

// TestSeekRandom compares seek with a look at each block, in a file of several
// leaves, some of which are all data, unwritten or holes.
func TestSeekRandom(t *testing.T) {
	const blocks = 6 * leafBlocks
	s := newStore(t, blocks, 10)
	id := fileOf(t, s, "f")
	size := int64(blocks * BlockSize)
	must[Attr](t)(s.SetAttr(id, SetAttr{Size: &size}))
	random := rand.New(rand.NewPCG(5, 0))
	buf := make([]byte, blocks*BlockSize)
	var there, data [blocks]bool
	for range 500 {
		from := random.IntN(blocks)
		to := from + 1 + random.IntN(min(blocks-from, 2*leafBlocks))
		switch random.IntN(3) {
		case 0: // a block
			to = from + 1
		case 1: // whole leaves
			from, to = from/leafBlocks*leafBlocks, ((to-1)/leafBlocks+1)*leafBlocks
		}
		offset, length := int64(from*BlockSize), int64((to-from)*BlockSize)
		switch step := random.IntN(3); step {
		case 0:
			want(t, "Fallocate", s.Fallocate(id, 0, offset, length), 0)
			for b := from; b < to; b++ {
				there[b], data[b] = true, there[b] // see markUnwritten
			}
		default:
			if step == 1 {
				must[int](t)(s.Write(id, buf[:length], offset))
			} else {
				want(t, "Fallocate", s.Fallocate(id, FallocPunchHole|FallocKeepSize, offset, length), 0)
			}
			for b := from; b < to; b++ {
				there[b], data[b] = step == 1, step == 1
			}
		}
		r := s.get(id).content.(*regular)
		for range 20 {
			from, wanted := random.Int64N(offset+length), random.IntN(2) == 0
			if random.IntN(2) == 0 { // ahead of what changed
				from = max(offset-random.Int64N(leafBlocks*BlockSize), 0)
			}
			to := from + 1 + random.Int64N(size-from)
			next := from
			for next < to && data[next/BlockSize] != wanted {
				next = (next/BlockSize + 1) * BlockSize
			}
			if got, want := r.seek(from, to, wanted), min(next, to); got != want {
				t.Fatalf("seek(%d, %d, %v): %d, want %d", from, to, wanted, got, want)
			}
		}
	}
}

func TestSeekRefuses(t *testing.T) {
	s := newStore(t, 10, 10)
	id := must[Entry](t)(s.Mknod(RootID, "f", 0, 0, Caller{})).ID
	_, errno := s.Seek(id, 0, 0)
	want(t, "another whence", errno, syscall.EINVAL)
	_, errno = s.Seek(RootID, 0, SeekData)
	want(t, "a directory", errno, syscall.EINVAL)
	_, errno = s.Seek(99, 0, SeekData)
	want(t, "no inode", errno, syscall.ESTALE)
}

// TestReadOfNothing: it is an access all the same.
func TestReadOfNothing(t *testing.T) {
	s := newStore(t, 10, 10)
	id := must[Entry](t)(s.Mknod(RootID, "f", 0, 0, Caller{})).ID
	for _, offset := range []int64{0, 100} {
		must[Attr](t)(s.SetAttr(id, SetAttr{ATime: new(int64)}))
		must[int](t)(s.Read(id, make([]byte, 10), offset))
		if must[Attr](t)(s.GetAttr(id)).ATime == 0 {
			t.Errorf("a read at %d, behind the end, left the time of last access alone", offset)
		}
	}
}
