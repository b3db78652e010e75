package inode

import (
	"syscall"
	"testing"
)

func TestTmpfile(t *testing.T) {
	s := newStore(t, 10, 4)
	d := must[Entry](t)(s.Mkdir(RootID, "d", 0o2775, Caller{GID: 5})).ID
	_, errno := s.Tmpfile(fileOf(t, s, "f"), 0, Caller{})
	want(t, "Tmpfile in a file", errno, syscall.ENOTDIR)

	e := must[Entry](t)(s.Tmpfile(d, 0o604, Caller{UID: 1, GID: 2}))
	if e.Mode != modeRegular|0o604 || e.Nlink != 0 || e.UID != 1 || e.GID != 5 {
		t.Errorf("%+v", e)
	}
	must[int](t)(s.Write(e.ID, []byte("hello"), 0))
	_, errno = s.Tmpfile(d, 0, Caller{})
	want(t, "Tmpfile at the limit", errno, syscall.ENOSPC)
	if e = must[Entry](t)(s.Link(e.ID, RootID, "t")); e.Nlink != 1 || e.Size != 5 {
		t.Errorf("linked: %+v", e)
	}
	_, errno = s.Link(e.ID, RootID, "u")
	want(t, "a further link at the limit", errno, syscall.ENOSPC)
	want(t, "Unlink", s.Unlink(RootID, "t"), 0)
	_, errno = s.Link(e.ID, RootID, "u")
	want(t, "Link of what was unlinked", errno, syscall.ENOENT)
	s.Forget(e.ID, 2)
	_, errno = s.Link(e.ID, RootID, "u")
	want(t, "Link of what is gone", errno, syscall.ESTALE)

	want(t, "Rmdir", s.Rmdir(RootID, "d"), 0)
	e = must[Entry](t)(s.Tmpfile(d, 0o604, Caller{})) // as on tmpfs
	must[int](t)(s.Write(e.ID, []byte("hello"), 0))
	s.Forget(e.ID, 1)
	s.Forget(d, 1)
	want(t, "Unlink", s.Unlink(RootID, "f"), 0)
	s.Forget(2, 1)
	if free := s.StatFS(); free.BlocksFree != 10 {
		t.Errorf("left behind: %+v", free)
	}
}

// TestLinkOfDirectory: that the name is there comes first (filename_create).
func TestLinkOfDirectory(t *testing.T) {
	s := newStore(t, 10, 10)
	d := must[Entry](t)(s.Mkdir(RootID, "d", 0, Caller{})).ID
	_, errno := s.Link(d, RootID, "d")
	want(t, "over a name", errno, syscall.EEXIST)
	_, errno = s.Link(d, d, "x")
	want(t, "into itself", errno, syscall.EPERM)
	_, errno = s.Link(RootID, d, "x")
	want(t, "of the root", errno, syscall.EPERM)
}
