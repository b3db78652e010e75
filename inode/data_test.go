package inode

import (
	"bytes"
	"math/rand/v2"
	"syscall"
	"testing"
)

// TestFileAgainstSlice runs random operations on files of all sizes that
// matter, and on a plain slice, which must agree.
func TestFileAgainstSlice(t *testing.T) {
	for _, span := range []int{300, 3000, 20000, 3 << 20, 9 << 20} {
		random := rand.New(rand.NewPCG(3, uint64(span)))
		s := newStore(t, 4096, 10)
		id := must[Entry](t)(s.Mknod(RootID, "f", 0o644, 0, Caller{})).ID
		var model []byte
		grow := func(n int) {
			if n > len(model) {
				model = append(model, make([]byte, n-len(model))...)
			}
		}
		for step := range 600 {
			offset, n := random.IntN(span), 1+random.IntN(span/3)
			if random.IntN(2) == 0 {
				offset, n = offset&^4095, (n+4095)&^4095
			}
			switch random.IntN(7) {
			case 0, 1:
				data := make([]byte, n)
				for k := range data {
					data[k] = byte(step) | 1
				}
				grow(offset + n)
				copy(model[offset:], data)
				if got := must[int](t)(s.Write(id, data, int64(offset))); got != n {
					t.Fatalf("wrote %d of %d", got, n)
				}
			case 2:
				size := int64(offset)
				if offset < len(model) {
					model = model[:offset:offset]
				}
				grow(offset)
				must[Attr](t)(s.SetAttr(id, SetAttr{Size: &size}))
			case 3, 4:
				want(t, "punch", s.Fallocate(id, FallocPunchHole|FallocKeepSize, int64(offset), int64(n)), 0)
				if offset < len(model) {
					clear(model[offset:min(offset+n, len(model))])
				}
			case 5:
				want(t, "zero", s.Fallocate(id, FallocZeroRange, int64(offset), int64(n)), 0)
				grow(offset + n)
				clear(model[offset : offset+n])
			case 6:
				want(t, "allocate", s.Fallocate(id, FallocKeepSize, int64(offset), int64(n)), 0)
			}
			got := bytes.Repeat([]byte{0xee}, len(model)+10)
			if n := must[int](t)(s.Read(id, got, 0)); n != len(model) || !bytes.Equal(got[:n], model) {
				t.Fatalf("span %d, step %d: contents differ", span, step)
			}
			if offset < len(model) {
				n := must[int](t)(s.Read(id, got[:min(n, len(got))], int64(offset)))
				if !bytes.Equal(got[:n], model[offset:offset+n]) {
					t.Fatalf("span %d, step %d: a piece differs", span, step)
				}
			}
			if err := s.CheckInvariants(); err != nil {
				t.Fatalf("span %d, step %d: %v", span, step, err)
			}
		}
		want(t, "Unlink", s.Unlink(RootID, "f"), 0)
		s.Forget(id, 1)
		wantEmpty(t, s)
	}
}

func TestLimitOfBlocks(t *testing.T) {
	s := newStore(t, 8, 100)
	id := must[Entry](t)(s.Mknod(RootID, "f", 0o644, 0, Caller{})).ID
	if n := must[int](t)(s.Write(id, make([]byte, 40000), 100)); n != 8*BlockSize-100 {
		t.Errorf("wrote %d bytes, want what fits", n)
	}
	_, errno := s.Write(id, []byte("x"), 8*BlockSize)
	want(t, "Write", errno, syscall.ENOSPC)
	_, errno = s.Write(id, []byte("x"), 1<<40)
	want(t, "Write to a new leaf", errno, syscall.ENOSPC)
	must[int](t)(s.Write(id, []byte("over what is there"), 5000))
	if a := must[Attr](t)(s.GetAttr(id)); a.Size != 8*BlockSize || a.Blocks != 8 {
		t.Errorf("size %d, %d blocks", a.Size, a.Blocks)
	}
	want(t, "punch", s.Fallocate(id, FallocPunchHole|FallocKeepSize, 0, 2*BlockSize), 0)
	want(t, "allocate", s.Fallocate(id, 0, 0, 9*BlockSize), syscall.ENOSPC)
	if free := s.StatFS().BlocksFree; free != 2 {
		t.Errorf("%d blocks free after a failed fallocate, want 2", free)
	}
	long := string(bytes.Repeat([]byte("x"), 200))
	must[Entry](t)(s.Symlink(RootID, "l", long, Caller{}))
	must[int](t)(s.Write(must[Entry](t)(s.Mknod(RootID, "g", 0, 0, Caller{})).ID, []byte("x"), 0))
	_, errno = s.Symlink(RootID, "m", long, Caller{})
	want(t, "Symlink", errno, syscall.ENOSPC)
	must[Entry](t)(s.Symlink(RootID, "m", "short", Caller{}))
}

// TestFragmentsInAFullStore grows small files when there is not one block to
// spare.
func TestFragmentsInAFullStore(t *testing.T) {
	const files = 64
	s := newStore(t, files, 1000)
	var ids [files]ID
	for n := range ids {
		ids[n] = must[Entry](t)(s.Mknod(RootID, string(rune('A'+n)), 0, 0, Caller{})).ID
		must[int](t)(s.Write(ids[n], make([]byte, 1+n*32), 0))
	}
	for size := 100; size <= BlockSize; size += 500 {
		for _, id := range ids {
			must[int](t)(s.Write(id, make([]byte, size), 0))
		}
		if err := s.CheckInvariants(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSparse(t *testing.T) {
	s := newStore(t, 100, 100)
	id := must[Entry](t)(s.Mknod(RootID, "f", 0, 0, Caller{})).ID
	for _, offset := range []int64{1 << 40, SizeMax - 5, 0, 4 << 30} {
		must[int](t)(s.Write(id, []byte("hello"), offset))
		got := make([]byte, 20)
		if n := must[int](t)(s.Read(id, got, offset)); n < 5 || string(got[:5]) != "hello" {
			t.Errorf("at %d: %q", offset, got[:n])
		}
	}
	n, errno := s.Write(id, []byte("hello"), SizeMax-2)
	if n != 2 || errno != 0 {
		t.Errorf("at the end: %d, %v; want 2 bytes", n, errno)
	}
	_, errno = s.Write(id, []byte("hello"), SizeMax)
	want(t, "Write behind the end", errno, syscall.EFBIG)
	if a := must[Attr](t)(s.GetAttr(id)); a.Size != SizeMax || a.Blocks != 4 {
		t.Errorf("size %d, %d blocks", a.Size, a.Blocks)
	}
	want(t, "punch", s.Fallocate(id, FallocPunchHole|FallocKeepSize, 0, SizeMax), 0)
	if a := must[Attr](t)(s.GetAttr(id)); a.Size != SizeMax || a.Blocks != 1 {
		t.Errorf("punched: size %d, %d blocks; want the block with the last byte", a.Size, a.Blocks)
	}
}
