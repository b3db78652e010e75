package inode

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

func TestLookupID(t *testing.T) {
	s := newStore(t, 10, 10)
	d := must[Entry](t)(s.Mkdir(RootID, "d", 0o755, Caller{}))
	for name, make := range map[string]func() (Entry, syscall.Errno){
		"file":    func() (Entry, syscall.Errno) { return s.Mknod(d.ID, "file", 0o644, 0, Caller{}) },
		"symlink": func() (Entry, syscall.Errno) { return s.Symlink(d.ID, "symlink", "target", Caller{}) },
		"dir":     func() (Entry, syscall.Errno) { return s.Mkdir(d.ID, "dir", 0o755, Caller{}) },
	} {
		made := must[Entry](t)(make())
		s.Forget(made.ID, 1)
		got := must[Entry](t)(s.LookupID(made.ID))
		if got != made {
			t.Errorf("%s: %+v, want %+v", name, got, made)
		}
		// It counts as a lookup: the inode outlives its name.
		if name == "dir" {
			want(t, "Rmdir", s.Rmdir(d.ID, name), 0)
		} else {
			want(t, "Unlink", s.Unlink(d.ID, name), 0)
		}
		must[Entry](t)(s.LookupID(made.ID))
		s.Forget(made.ID, 2)
		_, errno := s.LookupID(made.ID)
		want(t, "LookupID of what is gone", errno, syscall.ESTALE)
	}
	_, errno := s.LookupID(99)
	want(t, "LookupID of what never was", errno, syscall.ESTALE)
}

func TestLookupParent(t *testing.T) {
	s := newStore(t, 10, 10)
	a := must[Entry](t)(s.Mkdir(RootID, "a", 0o755, Caller{}))
	b := must[Entry](t)(s.Mkdir(a.ID, "b", 0o755, Caller{}))
	f := must[Entry](t)(s.Mknod(a.ID, "f", 0o644, 0, Caller{}))
	for of, parent := range map[ID]ID{RootID: RootID, a.ID: RootID, b.ID: a.ID} {
		if got := must[Entry](t)(s.LookupParent(of)); got.ID != parent {
			t.Errorf("parent of %d is %d, want %d", of, got.ID, parent)
		}
	}
	_, errno := s.LookupParent(f.ID)
	want(t, "LookupParent of a file", errno, syscall.ENOTDIR)
	want(t, "Rmdir", s.Rmdir(a.ID, "b"), 0)
	_, errno = s.LookupParent(b.ID)
	want(t, "LookupParent of what was removed", errno, syscall.ENOENT)
}

func TestPeek(t *testing.T) {
	s := newStore(t, 10, 10)
	f := must[Entry](t)(s.Mknod(RootID, "f", 0o644, 0, Caller{}))
	must[int](t)(s.Write(f.ID, []byte("data"), 0))
	must[Attr](t)(s.SetAttr(f.ID, SetAttr{ATime: new(int64)}))
	b := make([]byte, 10)
	if n := must[int](t)(s.Peek(f.ID, b, 1)); string(b[:n]) != "ata" {
		t.Errorf("%q", b[:n])
	}
	if a := must[Attr](t)(s.GetAttr(f.ID)); a.ATime != 0 {
		t.Errorf("atime is %d", a.ATime)
	}
}

func TestWriteBack(t *testing.T) {
	s := newStore(t, 10, 10)
	f := must[Entry](t)(s.Mknod(RootID, "f", 0o644, 0, Caller{}))
	must[int](t)(s.Write(f.ID, []byte("data"), 0))
	for _, flag := range []uint32{FlagImmutable, FlagAppend} {
		want(t, "SetFlags", s.SetFlags(f.ID, flag), 0)
		_, errno := s.Write(f.ID, []byte("x"), 0)
		want(t, "Write", errno, syscall.EPERM)
		must[int](t)(s.WriteBack(f.ID, []byte("DATA"), 0))
	}
	b := make([]byte, 10)
	if n := must[int](t)(s.Read(f.ID, b, 0)); string(b[:n]) != "DATA" {
		t.Errorf("%q", b[:n])
	}
}

// TestLookupParentCounts: the parent is counted before its own lock is taken, or
// else it may be gone by then, and its number another's.
func TestLookupParentCounts(t *testing.T) {
	s := newStore(t, 10, 10)
	a := must[Entry](t)(s.Mkdir(RootID, "a", 0o755, Caller{}))
	b := must[Entry](t)(s.Mkdir(a.ID, "b", 0o755, Caller{}))
	s.Forget(a.ID, 1)
	parent := s.get(a.ID)
	parent.mu.Lock()
	got := make(chan ID)
	go func() {
		e, _ := s.LookupParent(b.ID)
		got <- e.ID
	}()
	for deadline := time.Now().Add(10 * time.Second); parent.lookups.Load() == 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Error("it waits for a directory that it has not counted")
			break
		}
	}
	parent.mu.Unlock()
	if id := <-got; id != a.ID {
		t.Errorf("the parent is %d, want %d", id, a.ID)
	}
}
