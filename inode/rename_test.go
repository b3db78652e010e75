package inode

import (
	"fmt"
	"syscall"
	"testing"
)

// TestRenameFlags goes through what renameat2(2) says of each flag, in a tree
// of two directories a and a/b with a file in each.
func TestRenameFlags(t *testing.T) {
	const noReplace, exchange, whiteout = RenameNoReplace, RenameExchange, RenameWhiteout
	for _, r := range []struct {
		from, oldName, to, newName string
		flags                      uint32
		errno                      syscall.Errno
	}{
		{"", "nothing", "", "nothing", 8, syscall.EINVAL},
		{"", "f", "", "x", exchange | noReplace, syscall.EINVAL},
		{"", "f", "", "x", exchange | whiteout, syscall.EINVAL},
		{"", "f", "", "x", whiteout | noReplace, 0},
		{"", "f", "", "g", noReplace, syscall.EEXIST},
		{"", "f", "", "hard", noReplace, syscall.EEXIST},
		{"", "a", "b", "f", noReplace, syscall.EEXIST},
		{"", "a", "b", "x", noReplace, syscall.EINVAL},
		{"", "f", "", "x", exchange, syscall.ENOENT},
		{"", "x", "", "f", exchange, syscall.ENOENT},
		{"", "f", "", "hard", exchange, 0},
		{"", "f", "", "hard", whiteout, 0},
		{"", "a", "", "a", exchange, 0},
		{"", "a", "a", "b", exchange, syscall.EINVAL},
		{"a", "b", "", "a", exchange, syscall.EINVAL},
		{"", "a", "b", "f", exchange, syscall.EINVAL},
		{"b", "f", "", "a", exchange, syscall.EINVAL},
		{"", "f", "", "g", exchange, 0},
		{"", "f", "a", "b", exchange, 0},
		{"a", "b", "", "f", exchange, 0},
		{"", "c", "a", "b", exchange, 0},
		{"", "c", "", "a", exchange, 0},
		{"", "c", "a", "b", whiteout, syscall.ENOTEMPTY},
		{"", "c", "b", "c", whiteout, 0},
		{"a", "f", "a", "f2", whiteout, 0},
		{"a", "f", "", "g", whiteout, 0},
	} {
		t.Run(fmt.Sprint(r), func(t *testing.T) {
			s := newStore(t, 10, 100)
			dirs := map[string]ID{"": RootID}
			mkdir := func(parent, name string) {
				dirs[name] = must[Entry](t)(s.Mkdir(dirs[parent], name, 0o755, Caller{})).ID
			}
			mkdir("", "a")
			mkdir("a", "b")
			mkdir("", "c")
			fileOf(t, s, "g")
			must[Entry](t)(s.Link(fileOf(t, s, "f"), RootID, "hard"))
			must[Entry](t)(s.Mknod(dirs["a"], "f", 0, 0, Caller{}))
			must[Entry](t)(s.Mknod(dirs["b"], "f", 0, 0, Caller{}))
			id := func(dir, name string) ID {
				e, _ := s.Lookup(dirs[dir], name)
				return e.ID
			}
			moved, there := id(r.from, r.oldName), id(r.to, r.newName)
			want(t, "Rename", s.Rename(dirs[r.from], r.oldName, dirs[r.to], r.newName, r.flags, Caller{UID: 7}), r.errno)
			if err := s.CheckInvariants(); err != nil {
				t.Fatal(err)
			}
			oldName, newName := id(r.from, r.oldName), id(r.to, r.newName)
			switch {
			case r.errno != 0 || moved == there:
				if oldName != moved || newName != there {
					t.Errorf("something was moved")
				}
			case newName != moved:
				t.Errorf("the new name is %d, want %d", newName, moved)
			case r.flags == exchange && oldName != there:
				t.Errorf("the old name is %d, want %d", oldName, there)
			case r.flags&whiteout != 0:
				if a := must[Attr](t)(s.GetAttr(oldName)); a.Mode != modeChar || a.Rdev != 0 || a.UID != 7 || a.Nlink != 1 {
					t.Errorf("the old name is %+v, want a whiteout", a)
				}
			}
		})
	}
}

func TestWhiteoutAtTheLimit(t *testing.T) {
	s := newStore(t, 10, 3)
	fileOf(t, s, "f")
	g := fileOf(t, s, "g")
	// That the target gives one back does not help, as on tmpfs.
	want(t, "Rename", s.Rename(RootID, "f", RootID, "g", RenameWhiteout, Caller{}), syscall.ENOSPC)
	want(t, "Rename", s.Rename(RootID, "f", RootID, "g", 0, Caller{}), 0)
	s.Forget(g, 1)
	want(t, "Rename", s.Rename(RootID, "g", RootID, "f", RenameWhiteout, Caller{}), 0)
	if free := s.StatFS().InodesFree; free != 0 {
		t.Errorf("%d inodes free, want none", free)
	}
	want(t, "Unlink", s.Unlink(RootID, "g"), 0) // nobody has looked it up
	if free := s.StatFS().InodesFree; free != 1 {
		t.Errorf("%d inodes free, want that of the whiteout", free)
	}
}

func TestExchangeAtTheLimitOfLinks(t *testing.T) {
	s := newStore(t, 10, 10)
	d := must[Entry](t)(s.Mkdir(RootID, "d", 0, Caller{}))
	must[Entry](t)(s.Mkdir(RootID, "e", 0, Caller{}))
	must[Entry](t)(s.Mknod(d.ID, "f", 0, 0, Caller{}))
	s.get(d.ID).nlink = linksMax
	want(t, "Rename", s.Rename(RootID, "e", d.ID, "f", RenameExchange, Caller{}), syscall.EMLINK)
	want(t, "Rename", s.Rename(d.ID, "f", RootID, "e", RenameExchange, Caller{}), syscall.EMLINK)
	s.get(d.ID).nlink = 2
}
