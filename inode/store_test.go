package inode

import (
	"fmt"
	"syscall"
	"testing"
)

// newStore returns a Store of the given limits whose invariants are checked
// when the test ends.
func newStore(t testing.TB, blocks, inodes int64) *Store {
	t.Helper()
	s, err := New(Config{Blocks: blocks, Inodes: inodes, Mode: 0o1777})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.CheckInvariants(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// must fails the test unless errno is 0; wrap an operation in it.
func must[T any](t testing.TB) func(T, syscall.Errno) T {
	return func(v T, errno syscall.Errno) T {
		t.Helper()
		if errno != 0 {
			t.Fatal(errno)
		}
		return v
	}
}

// want fails the test unless an operation returned errno.
func want(t testing.TB, what string, got, errno syscall.Errno) {
	t.Helper()
	if got != errno {
		t.Errorf("%s: %v, want %v", what, got, errno)
	}
}

// wantEmpty fails the test unless there is nothing but the root.
func wantEmpty(t testing.TB, s *Store) {
	t.Helper()
	if got := s.StatFS(); got.BlocksFree != got.Blocks || got.InodesFree != got.Inodes-1 {
		t.Errorf("left behind: %+v", got)
	}
}

func TestNewRefusesLimitsOutOfBounds(t *testing.T) {
	for _, c := range []Config{{Blocks: 0, Inodes: 1}, {Blocks: 1, Inodes: 0}, {Blocks: -1, Inodes: 1}, {Blocks: 1, Inodes: MaxInodes + 1}, {Blocks: MaxBlocks + 1, Inodes: 1}} {
		if s, err := New(c); err == nil {
			s.Close()
			t.Errorf("%+v: no error", c)
		}
	}
}

func TestForgetFreesUnlinked(t *testing.T) {
	s := newStore(t, 100, 100)
	e := must[Entry](t)(s.Mknod(RootID, "f", 0o644, 0, Caller{}))
	must[int](t)(s.Write(e.ID, make([]byte, 10000), 0))
	must[Entry](t)(s.Lookup(RootID, "f"))
	want(t, "Unlink", s.Unlink(RootID, "f"), 0)
	s.Forget(e.ID, 1)
	if a := must[Attr](t)(s.GetAttr(e.ID)); a.Nlink != 0 || a.Size != 10000 {
		t.Errorf("unlinked but not forgotten: %+v", a)
	}
	s.Forget(e.ID, 1)
	_, errno := s.GetAttr(e.ID)
	want(t, "GetAttr of a forgotten file", errno, syscall.ESTALE)
	wantEmpty(t, s)

	again := must[Entry](t)(s.Mknod(RootID, "g", 0o644, 0, Caller{}))
	if again.ID != e.ID || again.Generation == e.Generation {
		t.Errorf("number %d, generation %d after %d, %d: want the number again with another generation",
			again.ID, again.Generation, e.ID, e.Generation)
	}
	s.Forget(again.ID, 1000) // more than there are
	s.Forget(RootID, 1000)
	s.Forget(999999, 1)
}

func TestLimitOfInodes(t *testing.T) {
	s := newStore(t, 10, 4) // the root and three
	e := must[Entry](t)(s.Mknod(RootID, "a", 0, 0, Caller{}))
	must[Entry](t)(s.Mkdir(RootID, "b", 0, Caller{}))
	must[Entry](t)(s.Link(e.ID, RootID, "c"))
	_, errno := s.Mknod(RootID, "d", 0, 0, Caller{})
	want(t, "Mknod", errno, syscall.ENOSPC)
	_, errno = s.Link(e.ID, RootID, "d")
	want(t, "Link", errno, syscall.ENOSPC)
	_, errno = s.Symlink(RootID, "d", "x", Caller{})
	want(t, "Symlink", errno, syscall.ENOSPC)
	want(t, "SetXattr", s.SetXattr(e.ID, "user.a", nil, 0), syscall.ENOSPC)
	want(t, "Unlink", s.Unlink(RootID, "c"), 0)
	must[Entry](t)(s.Symlink(RootID, "d", "x", Caller{}))
}

func TestLimitOfLinks(t *testing.T) {
	s := newStore(t, 10, 100)
	f := must[Entry](t)(s.Mknod(RootID, "f", 0, 0, Caller{}))
	d := must[Entry](t)(s.Mkdir(RootID, "d", 0, Caller{}))
	s.get(f.ID).nlink, s.get(d.ID).nlink = linksMax, linksMax
	_, errno := s.Link(f.ID, RootID, "g")
	want(t, "Link", errno, syscall.EMLINK)
	_, errno = s.Mkdir(d.ID, "e", 0, Caller{})
	want(t, "Mkdir", errno, syscall.EMLINK)
	must[Entry](t)(s.Mkdir(RootID, "e", 0, Caller{}))
	want(t, "Rename", s.Rename(RootID, "e", d.ID, "e", 0, Caller{}), syscall.EMLINK)
	s.get(f.ID).nlink, s.get(d.ID).nlink = 1, 2
}

func TestRenameInTree(t *testing.T) {
	s := newStore(t, 10, 100)
	a := must[Entry](t)(s.Mkdir(RootID, "a", 0o755, Caller{}))
	b := must[Entry](t)(s.Mkdir(a.ID, "b", 0o755, Caller{}))
	c := must[Entry](t)(s.Mkdir(b.ID, "c", 0o755, Caller{}))
	f := must[Entry](t)(s.Mknod(c.ID, "f", 0o644, 0, Caller{}))
	must[Entry](t)(s.Link(f.ID, RootID, "g"))
	for _, r := range []struct {
		from    ID
		oldName string
		to      ID
		newName string
		errno   syscall.Errno
	}{
		{RootID, "a", c.ID, "x", syscall.EINVAL}, // into its own subtree
		{RootID, "a", a.ID, "x", syscall.EINVAL},
		{b.ID, "c", RootID, "a", syscall.ENOTEMPTY}, // over its own ancestor
		{b.ID, "c", a.ID, "b", syscall.ENOTEMPTY},
		{c.ID, "f", a.ID, "b", syscall.ENOTEMPTY}, // likewise, a file (lock_rename's trap)
		{RootID, "g", a.ID, "b", syscall.EISDIR},
		{b.ID, "c", RootID, "g", syscall.ENOTDIR},
		{c.ID, "f", RootID, "g", 0}, // two names of one file: nothing is done
		{RootID, "nothing", RootID, "x", syscall.ENOENT},
		{f.ID, "x", RootID, "x", syscall.ENOTDIR},
		{RootID, "g", f.ID, "x", syscall.ENOTDIR},
		{999, "x", RootID, "x", syscall.ESTALE},
		{b.ID, "c", RootID, "c", 0}, // up
		{RootID, "c", a.ID, "c", 0}, // down
	} {
		want(t, fmt.Sprint(r), s.Rename(r.from, r.oldName, r.to, r.newName, 0, Caller{}), r.errno)
		if err := s.CheckInvariants(); err != nil {
			t.Fatalf("%v: %v", r, err)
		}
	}
	for id, nlink := range map[ID]uint32{RootID: 3, a.ID: 4, b.ID: 2, c.ID: 2, f.ID: 2} {
		if got := must[Attr](t)(s.GetAttr(id)).Nlink; got != nlink {
			t.Errorf("inode %d: nlink %d, want %d", id, got, nlink)
		}
	}
}

func TestRemovedDirectory(t *testing.T) {
	s := newStore(t, 10, 100)
	d := must[Entry](t)(s.Mkdir(RootID, "d", 0o755, Caller{}))
	f := must[Entry](t)(s.Mknod(RootID, "f", 0o644, 0, Caller{}))
	want(t, "Rmdir", s.Rmdir(RootID, "d"), 0)
	_, errno := s.Mknod(d.ID, "x", 0, 0, Caller{})
	want(t, "Mknod", errno, syscall.ENOENT)
	_, errno = s.Link(f.ID, d.ID, "x")
	want(t, "Link", errno, syscall.ENOENT)
	want(t, "Rename", s.Rename(RootID, "f", d.ID, "x", 0, Caller{}), syscall.ENOENT)
	_, errno = s.Lookup(d.ID, "x")
	want(t, "Lookup", errno, syscall.ENOENT)
	s.Forget(d.ID, 1)
	want(t, "Rename", s.Rename(RootID, "f", d.ID, "x", 0, Caller{}), syscall.ESTALE)
}
