package inode

import (
	"syscall"
	"testing"
)

// TestFlagsForbid tries each operation on a file and in a directory that are
// immutable, or append-only: the errnos are those of tmpfs.
func TestFlagsForbid(t *testing.T) {
	const (
		perm  = syscall.EPERM
		exist = syscall.EEXIST
		inval = syscall.EINVAL
		noent = syscall.ENOENT
		empty = syscall.ENOTEMPTY
	)
	type tree struct {
		*Store
		file, dir, sub, other, emptied ID // root/{file, dir/{sub, f}, other, emptied}
	}
	build := func(t *testing.T) tree {
		s := newStore(t, 100, 100)
		dir := must[Entry](t)(s.Mkdir(RootID, "dir", 0o755, Caller{})).ID
		r := tree{s, fileOf(t, s, "file"), dir, must[Entry](t)(s.Mkdir(dir, "sub", 0o755, Caller{})).ID,
			fileOf(t, s, "other"), must[Entry](t)(s.Mkdir(RootID, "emptied", 0o755, Caller{})).ID}
		must[Entry](t)(s.Mknod(dir, "f", 0, 0, Caller{}))
		must[int](t)(s.Write(r.file, []byte("hello"), 0))
		must[int](t)(s.Write(r.other, []byte("hello"), 0))
		return r
	}
	set := func(a SetAttr) func(tree) syscall.Errno {
		return func(r tree) syscall.Errno { _, errno := r.SetAttr(r.file, a); return errno }
	}
	rename := func(from string, to string, flags uint32) func(tree) syscall.Errno {
		return func(r tree) syscall.Errno { return r.Rename(RootID, from, RootID, to, flags, Caller{}) }
	}
	write := func(offset int64) func(tree) syscall.Errno {
		return func(r tree) syscall.Errno { _, errno := r.Write(r.file, []byte("x"), offset); return errno }
	}
	falloc := func(mode uint32) func(tree) syscall.Errno {
		return func(r tree) syscall.Errno { return r.Fallocate(r.file, mode, 0, 10) }
	}
	zero, half := new(uint32), new(int64)
	for _, c := range []struct {
		what              string
		do                func(tree) syscall.Errno
		immutable, append syscall.Errno
	}{
		{"write", write(0), perm, perm},
		{"write at the end", write(5), perm, 0},
		{"write of nothing", func(r tree) syscall.Errno { _, errno := r.Write(r.file, nil, 0); return errno }, perm, perm},
		{"allocate", falloc(0), perm, 0},
		{"allocate, keep size", falloc(FallocKeepSize), perm, 0},
		{"zero range", falloc(FallocZeroRange), perm, perm},
		{"punch", falloc(FallocPunchHole | FallocKeepSize), perm, perm},
		{"unknown mode", falloc(8), syscall.EOPNOTSUPP, syscall.EOPNOTSUPP},
		{"copy to", func(r tree) syscall.Errno { _, errno := r.CopyRange(r.other, 0, r.file, 5, 1); return errno }, perm, perm},
		{"copy from", func(r tree) syscall.Errno { _, errno := r.CopyRange(r.file, 0, r.other, 5, 1); return errno }, 0, 0},
		{"chmod", set(SetAttr{Mode: zero}), perm, perm},
		{"chown", set(SetAttr{UID: zero, GID: zero}), perm, perm},
		{"truncate", set(SetAttr{Size: half}), perm, perm},
		{"utimes", set(SetAttr{ATime: half, MTime: half}), perm, perm},
		{"touch", set(SetAttr{ATime: half, MTime: half, Touch: true}), perm, 0},
		{"touch and chmod", set(SetAttr{MTime: half, Mode: zero, Touch: true}), perm, perm},
		{"set nothing", set(SetAttr{}), 0, 0},
		{"setxattr", func(r tree) syscall.Errno { return r.SetXattr(r.file, "user.a", nil, 0) }, perm, perm},
		{"removexattr, capabilities", func(r tree) syscall.Errno { return r.RemoveXattr(r.file, capability) }, perm, syscall.ENODATA},
		{"removexattr", func(r tree) syscall.Errno { return r.RemoveXattr(r.file, "user.a") }, perm, perm},
		{"link", func(r tree) syscall.Errno { _, errno := r.Link(r.file, RootID, "x"); return errno }, perm, perm},
		{"link over a name", func(r tree) syscall.Errno { _, errno := r.Link(r.file, RootID, "other"); return errno }, exist, exist},
		{"unlink", func(r tree) syscall.Errno { return r.Unlink(RootID, "file") }, perm, perm},
		{"rmdir of a file", func(r tree) syscall.Errno { return r.Rmdir(RootID, "file") }, perm, perm},
		{"rmdir", func(r tree) syscall.Errno { return r.Rmdir(RootID, "dir") }, perm, perm},
		{"rename", rename("file", "x", 0), perm, perm},
		{"rename over", rename("other", "file", 0), perm, perm},
		{"exchange", rename("other", "file", RenameExchange), perm, perm},
		{"noreplace", rename("other", "file", RenameNoReplace), exist, exist},
		{"to itself", rename("file", "file", 0), 0, 0},
		{"a directory over", rename("emptied", "file", 0), perm, perm},
		{"over a directory", rename("file", "emptied", 0), perm, perm},
		{"rename of a directory", rename("dir", "x", 0), perm, perm},

		{"mknod", func(r tree) syscall.Errno { _, errno := r.Mknod(r.dir, "x", 0, 0, Caller{}); return errno }, perm, 0},
		{"mknod over a name", func(r tree) syscall.Errno { _, errno := r.Mknod(r.dir, "f", 0, 0, Caller{}); return errno }, exist, exist},
		{"mkdir", func(r tree) syscall.Errno { _, errno := r.Mkdir(r.dir, "x", 0, Caller{}); return errno }, perm, 0},
		{"symlink", func(r tree) syscall.Errno { _, errno := r.Symlink(r.dir, "x", "y", Caller{}); return errno }, perm, 0},
		{"tmpfile", func(r tree) syscall.Errno { _, errno := r.Tmpfile(r.dir, 0, Caller{}); return errno }, perm, 0},
		{"link in", func(r tree) syscall.Errno { _, errno := r.Link(r.other, r.dir, "x"); return errno }, perm, 0},
		{"unlink in", func(r tree) syscall.Errno { return r.Unlink(r.dir, "f") }, perm, perm},
		{"unlink of what is missing", func(r tree) syscall.Errno { return r.Unlink(r.dir, "x") }, noent, noent},
		{"rmdir in", func(r tree) syscall.Errno { return r.Rmdir(r.dir, "f") }, perm, perm},
		{"move out", func(r tree) syscall.Errno { return r.Rename(r.dir, "f", RootID, "x", 0, Caller{}) }, perm, perm},
		{"move in", func(r tree) syscall.Errno { return r.Rename(RootID, "other", r.dir, "x", 0, Caller{}) }, perm, 0},
		{"move in over", func(r tree) syscall.Errno { return r.Rename(RootID, "emptied", r.dir, "f", 0, Caller{}) }, perm, perm},
		{"move within", func(r tree) syscall.Errno { return r.Rename(r.dir, "f", r.dir, "x", 0, Caller{}) }, perm, perm},
		{"loop", func(r tree) syscall.Errno { return r.Rename(RootID, "dir", r.sub, "x", 0, Caller{}) }, inval, inval},
		{"loop over", func(r tree) syscall.Errno { return r.Rename(r.dir, "sub", RootID, "dir", 0, Caller{}) }, empty, empty},
	} {
		for flag, errno := range map[uint32]syscall.Errno{FlagImmutable: c.immutable, FlagAppend: c.append} {
			r := build(t)
			for _, id := range []ID{r.file, r.dir} {
				want(t, "SetFlags", r.SetFlags(id, flag), 0)
			}
			if got := c.do(r); got != errno {
				t.Errorf("%s, flags %#x: %v, want %v", c.what, flag, got, errno)
			}
		}
	}
}

func TestSetFlags(t *testing.T) {
	s := newStore(t, 10, 20)
	d := must[Entry](t)(s.Mkdir(RootID, "d", 0, Caller{})).ID
	fifo := must[Entry](t)(s.Mknod(RootID, "p", modeFIFO, 0, Caller{})).ID
	want(t, "of a fifo", s.SetFlags(fifo, 0), syscall.ENOTTY)
	for bit := range 32 {
		errno := syscall.EOPNOTSUPP
		if bit >= 4 && bit < 8 {
			errno = 0
		}
		want(t, "SetFlags", s.SetFlags(d, 1<<bit), errno)
	}
	want(t, "SetFlags", s.SetFlags(d, flagsAll&^FlagImmutable), 0)
	link := must[Entry](t)(s.Symlink(d, "l", "x", Caller{}))
	file := must[Entry](t)(s.Mknod(d, "f", 0, 0, Caller{}))
	if a := must[Attr](t)(s.GetAttr(d)); a.Flags != flagsAll&^FlagImmutable {
		t.Errorf("flags %#x", a.Flags)
	}
	if link.Flags != FlagNoDump|FlagNoATime || file.Flags != link.Flags {
		t.Errorf("inherited: %#x, %#x", link.Flags, file.Flags)
	}
	must[Attr](t)(s.SetAttr(link.ID, SetAttr{ATime: new(int64)}))
	must[string](t)(s.Readlink(link.ID))
	if a := must[Attr](t)(s.GetAttr(link.ID)); a.ATime != 0 {
		t.Error("reading has moved the time of last access")
	}
}
