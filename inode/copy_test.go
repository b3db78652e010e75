package inode

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
)

func fileOf(t *testing.T, s *Store, name string) ID {
	return must[Entry](t)(s.Mknod(RootID, name, 0o644, 0, Caller{})).ID
}

// TestCopyRange copies pieces of a file with holes, to places that are aligned
// or not, over data and over nothing.
func TestCopyRange(t *testing.T) {
	const size = 3 << 20
	s := newStore(t, 4096, 10)
	in := fileOf(t, s, "in")
	model := make([]byte, size)
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		at := random.IntN(size - 20000)
		part := model[at:][:random.IntN(20000)]
		for k := range part {
			part[k] = byte(random.Uint32())
		}
		must[int](t)(s.Write(in, part, int64(at)))
	}
	must[Attr](t)(s.SetAttr(in, SetAttr{Size: new(int64(size))}))
	for k := range 100 {
		out := fileOf(t, s, "out")
		want := []byte{}
		if k%2 == 0 {
			want = bytes.Repeat([]byte{1}, random.IntN(size))
			must[int](t)(s.Write(out, want, 0))
		}
		from, to, n := random.IntN(size), random.IntN(100000), random.IntN(size)
		if k%3 == 0 {
			from, to = from&^4095, to&^4095
		}
		n = min(n, size-from)
		if got := must[int64](t)(s.CopyRange(in, int64(from), out, int64(to), int64(n))); got != int64(n) {
			t.Fatalf("copied %d of %d", got, n)
		}
		if to+n > len(want) {
			want = append(want, make([]byte, to+n-len(want))...)
		}
		copy(want[to:], model[from:from+n])
		got := make([]byte, len(want)+1)
		if n := must[int](t)(s.Read(out, got, 0)); n != len(want) || !bytes.Equal(got[:n], want) {
			t.Fatalf("%d bytes from %d to %d: contents differ", n, from, to)
		}
		if err := s.CheckInvariants(); err != nil {
			t.Fatal(err)
		}
		s.Unlink(RootID, "out")
		s.Forget(out, 1)
	}
}

// TestCopyHoles has holes copied as holes, over data too, without a free block.
func TestCopyHoles(t *testing.T) {
	s := newStore(t, 4, 10)
	in, out := fileOf(t, s, "in"), fileOf(t, s, "out")
	must[Attr](t)(s.SetAttr(in, SetAttr{Size: new(int64(1 << 40))}))
	must[int](t)(s.Write(out, make([]byte, 4*BlockSize), 0))
	if n := must[int64](t)(s.CopyRange(in, 100, out, 100, 1<<41)); n != 1<<40-100 {
		t.Errorf("%d bytes copied", n)
	}
	if a := must[Attr](t)(s.GetAttr(out)); a.Blocks != 1 || a.Size != 1<<40 {
		t.Errorf("%d blocks, %d bytes; want the one with byte 0", a.Blocks, a.Size)
	}
	want(t, "Fallocate", s.Fallocate(in, 0, 0, 3*BlockSize), 0)
	if n := must[int64](t)(s.CopyRange(in, 0, out, 0, 3*BlockSize)); n != 3*BlockSize {
		t.Errorf("%d bytes copied of what is unwritten", n)
	}
}

func TestCopyAtTheLimit(t *testing.T) {
	s := newStore(t, 5, 10)
	in, out := fileOf(t, s, "in"), fileOf(t, s, "out")
	must[int](t)(s.Write(in, make([]byte, 4*BlockSize), 0))
	if n := must[int64](t)(s.CopyRange(in, 10, out, 1, 3*BlockSize)); n != BlockSize-1 {
		t.Errorf("%d bytes copied, want what fits", n)
	}
	_, errno := s.CopyRange(in, 0, out, BlockSize, 1)
	want(t, "CopyRange", errno, syscall.ENOSPC)
	if a := must[Attr](t)(s.GetAttr(out)); a.Size != BlockSize {
		t.Errorf("%d bytes", a.Size)
	}
	large := newStore(t, 3*CopyMax/BlockSize, 10)
	in, out = fileOf(t, large, "in"), fileOf(t, large, "out")
	must[int](t)(large.Write(in, make([]byte, CopyMax+100), 1<<30))
	if n := must[int64](t)(large.CopyRange(in, 0, out, 0, 1<<40)); n != 1<<30+CopyMax {
		t.Errorf("%d bytes copied at once", n)
	}
}

func TestCopyRefuses(t *testing.T) {
	s := newStore(t, 10, 10)
	f, g := fileOf(t, s, "f"), fileOf(t, s, "g")
	must[int](t)(s.Write(f, make([]byte, 100), 0))
	fifo := must[Entry](t)(s.Mknod(RootID, "p", modeFIFO, 0, Caller{})).ID
	for _, c := range []struct {
		in        ID
		inOffset  int64
		out       ID
		outOffset int64
		length    int64
		n         int64
		errno     syscall.Errno
	}{
		{99, 0, f, 0, 1, 0, syscall.ESTALE},
		{RootID, 0, fifo, 0, 1, 0, syscall.EISDIR},
		{f, 0, RootID, 0, 1, 0, syscall.EISDIR},
		{f, 0, fifo, 0, 1, 0, syscall.EINVAL},
		{f, -1, g, 0, 1, 0, syscall.EINVAL},
		{f, 100, g, SizeMax, 1, 0, syscall.EFBIG},
		{f, 0, g, SizeMax - 5, 10, 5, 0},
		{f, 0, f, 50, 51, 0, syscall.EINVAL},
		{f, 0, f, 50, 50, 50, 0},
		{f, 90, f, 100, 100, 10, 0}, // shortened, they do not overlap
		{f, 200, f, 200, 100, 0, 0},
	} {
		n, errno := s.CopyRange(c.in, c.inOffset, c.out, c.outOffset, c.length)
		if n != c.n || errno != c.errno {
			t.Errorf("%+v: %d, %v", c, n, errno)
		}
	}
}

// TestCopyCrosswise copies between two files in both directions at once.
func TestCopyCrosswise(t *testing.T) {
	s := newStore(t, 100, 10)
	var wg sync.WaitGroup
	ids := [2]ID{fileOf(t, s, "0"), fileOf(t, s, "1")}
	for k := range ids {
		must[int](t)(s.Write(ids[k], []byte(fmt.Sprint(k)), 5000))
	}
	for k := range 4 {
		wg.Go(func() {
			for range 2000 {
				s.CopyRange(ids[k%2], 0, ids[1-k%2], 0, 10000)
			}
		})
	}
	wg.Wait()
}
