package fuzz

import (
	"cmp"
	"slices"
	"strings"
	"syscall"

	"github.com/anishathalye/porcupine"

	"github.com/scratchfs/memfs/inode"
)

// specification says what the store should return, one operation at a time: it
// is the model.
//
// What it does not ask for, because the store does not promise it:
//   - of statfs(2), anything while threads run: the counters are read one after
//     the other, as tmpfs does;
//   - that ReadDirPlus finds the attributes of all inodes at one time: each is
//     given out by itself (the names are there at one time);
//   - that there is space which another operation is giving back, or has for a
//     moment: see history.contend;
//   - which inode a whiteout is: threads make none;
//   - times in the order of the operations: readers set the access time side by
//     side. A time must not be from before the threads began if it changed.
type specification struct {
	x              *execution
	initial, final *model
	longest        int // how many operations the longest order had so far
	differs        *Finding
}

func (s *specification) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return s.initial },
		Step: func(state, input, _ any) (bool, any) {
			m := s.step(state.(*model), input.(*call))
			return m != nil, m
		},
		Equal: func(a, b any) bool { return a.(*model).equal(b.(*model)) },
	}
}

// step returns the model after a call that it explains, or nil.
func (s *specification) step(before *model, c *call) *model {
	m := before.clone(c)
	f := s.answer(m, c)
	if f == nil {
		s.final = m // if this is the last
		return m
	}
	if c.attrs != nil || s.differs == nil {
		s.differs = f
	}
	if !c.contended {
		return nil
	}
	// As if another had some of what is free, or all of it.
	space := before.freeSpace()
	for blocks := before.freeBlocks(); blocks >= 0; blocks-- {
		m := before.clone(c)
		m.usedBlocks += blocks
		m.usedSpace += space
		f := s.answer(m, c)
		m.usedBlocks -= blocks
		m.usedSpace -= space
		if f == nil {
			return m
		}
		if c.errno != 0 || c.op.Kind != Write && c.op.Kind != CopyRange {
			break
		}
	}
	return nil
}

// difference returns what the model said otherwise, for the reader.
func (s *specification) difference() string {
	if s.differs == nil {
		return ""
	}
	return "; for example " + s.differs.Check + ": " + s.differs.Message
}

// answer runs a call on the model and compares what it returned.
func (s *specification) answer(m *model, c *call) *Finding {
	x := &execution{Runner: s.x.Runner, store: s.x.store, model: m}
	x.ids = append(x.ids[:0], 0) // found puts its inode there
	switch {
	case c.attrs != nil:
		return x.endsIn(c)
	case c.plus != nil:
		return x.gaveOut(c.plus)
	}
	o, id, dir := c.op, uint64(c.id), uint64(c.dir)
	who := creator{o.UID, o.GID, o.Umask}
	switch o.Kind {
	case Lookup:
		n, want := m.lookup(id, o.Name)
		return x.found(c.entry, c.errno, n, want)
	case LookupID:
		n, want := m.lookupID(id)
		return x.found(c.entry, c.errno, n, want)
	case Mknod:
		n, want := m.mknod(id, o.Name, o.Mode, o.Rdev, who)
		return x.made(c.entry, c.errno, n, want)
	case Mkdir:
		n, want := m.mkdir(id, o.Name, o.Mode, who)
		return x.made(c.entry, c.errno, n, want)
	case Symlink:
		n, want := m.symlink(id, o.Name, o.Target, who)
		return x.made(c.entry, c.errno, n, want)
	case Link:
		n, want := m.link(id, dir, o.NewName)
		return x.found(c.entry, c.errno, n, want)
	case Unlink:
		return x.errno(c.errno, m.unlink(id, o.Name))
	case Rmdir:
		return x.errno(c.errno, m.rmdir(id, o.Name))
	case Rename:
		_, want := m.rename(id, o.Name, dir, o.NewName, c.renameFlags(), who)
		return x.errno(c.errno, want)
	case Tmpfile:
		n, want := m.tmpfile(id, o.Mode, who)
		return x.made(c.entry, c.errno, n, want)
	case TryGetAttr:
		if n, want := m.get(id); c.ok { // it may always say that it would have to wait
			return x.attr(c.attr, 0, n, want)
		}
	case SetFlags:
		return x.errno(c.errno, m.setflags(id, o.Flags))
	case KillPriv:
		return x.errno(c.errno, m.killPriv(id, o.Flags&setID != 0))
	case GetAttr:
		n, want := m.get(id)
		return x.attr(c.attr, c.errno, n, want)
	case SetAttr:
		o := c.op.at(c.now)
		n, want := m.setattr(id, &o)
		return x.attr(c.attr, c.errno, n, want)
	case Readlink:
		target, want := m.readlink(id)
		if f := x.errno(c.errno, want); f != nil || c.errno != 0 {
			return f
		}
		if c.target != target {
			return differ("target", "%q, want %q", c.target, target)
		}
	case Read:
		x.want = sized(x.want, len(c.data))
		n, want := m.read(id, x.want, o.Offset, o.Flags)
		if f := x.count(c.n, c.errno, n, want); f != nil {
			return f
		}
		return sameBytes(c.data[:n], x.want[:n], o.Offset)
	case Write:
		n, want := m.write(id, c.data, o.Offset, o.Flags)
		return x.count(c.n, c.errno, n, want)
	case Fallocate:
		return x.errno(c.errno, m.fallocate(id, o.Flags, o.Offset, o.Size))
	case Seek:
		wanted, want := m.seek(id, o.Offset, o.Flags)
		return x.offset(c.position, c.errno, wanted, want)
	case CopyRange:
		wanted, want := m.copyRange(id, o.Offset, dir, o.NewOffset, o.Size)
		return x.offset(c.position, c.errno, wanted, want)
	case SetXattr:
		return x.errno(c.errno, m.setxattr(id, o.Name, c.data, o.Flags))
	case GetXattr:
		value, want := m.getxattr(id, o.Name, len(c.data))
		if f := x.count(c.n, c.errno, len(value), want); f != nil || len(c.data) == 0 || c.errno != 0 {
			return f
		}
		return sameBytes(c.data[:c.n], value, 0)
	case ListXattr:
		names, want := m.listxattr(id, o.UID, len(c.data))
		list := ""
		if len(names) > 0 {
			list = strings.Join(names, "\x00") + "\x00"
		}
		if f := x.count(c.n, c.errno, len(list), want); f != nil || len(c.data) == 0 || c.errno != 0 {
			return f
		}
		return sameBytes(c.data[:c.n], []byte(list), 0)
	case RemoveXattr:
		return x.errno(c.errno, m.removexattr(id, o.Name))
	case ReadDir, ReadDirPlus:
		return x.lists(c)
	case Forget:
		m.forget(id, c.count)
	}
	return nil
}

// learnCookies finds the cookies of the names in a program. That of a name is the
// same in each directory, and for as long as there is the store: so it is known
// what each piece of a listing must show.
func (x *execution) learnCookies(p Program) *Finding {
	for _, o := range p.Ops {
		for _, name := range [...]string{o.Name, o.NewName} {
			if x.store.cookies[name] != 0 || checkName(name) != 0 {
				continue
			}
			e, errno := x.store.Mknod(inode.RootID, name, 0, 0, inode.Caller{})
			if errno == 0 {
				errno, _ = x.readDir(inode.RootID, ReadDir, 2, 0)
			}
			if errno == 0 {
				errno = x.store.Unlink(inode.RootID, name)
			}
			if errno != 0 || len(x.listed) != 1 {
				return differ("listing", "of %q alone: %d names, %s", name, len(x.listed), errnoName(errno))
			}
			x.store.Forget(e.ID, 1)
			x.store.cookies[name] = x.listed[0].Next
		}
	}
	if errno := x.store.resetRoot(); errno != 0 {
		return differ("attributes", "of the root cannot be set: %s", errnoName(errno))
	}
	return nil
}

// lists compares a piece of a listing. All names of a piece are there at one
// time, and in the order of their cookies; of those behind its offset none is
// missing.
func (x *execution) lists(c *call) *Finding {
	n, want := x.model.getDir(uint64(c.id))
	if f := x.errno(c.errno, want); f != nil || c.errno != 0 {
		return f
	}
	if c.offset == 0 {
		x.model.accessed(n)
	}
	all := []inode.Dirent{{Name: ".", ID: c.id, Type: typeDir, Next: 1}, {Name: "..", ID: inode.ID(n.parent.id), Type: typeDir, Next: 2}}
	for name, e := range n.entries {
		all = append(all, inode.Dirent{Name: name, ID: inode.ID(e.node.id), Type: e.node.kind(), Next: x.store.cookies[name]})
	}
	slices.SortFunc(all, func(a, b inode.Dirent) int { return cmp.Compare(a.Next, b.Next) })
	for len(all) > 0 && all[0].Next <= c.offset {
		all = all[1:]
	}
	if c.op.Count > 0 && c.op.Count < uint64(len(all)) {
		all = all[:c.op.Count]
	}
	same := func(got, want inode.Dirent) bool {
		if n.nlink == 0 && want.Name == ".." { // what it is then does not matter
			got.ID = want.ID
		}
		return got == want
	}
	if !slices.EqualFunc(c.listed, all, same) {
		return differ("listing", "%v, want %v", c.listed, all)
	}
	return nil
}

// gaveOut compares an inode that ReadDirPlus gave out.
func (x *execution) gaveOut(p *plus) *Finding {
	d := x.model.byID[uint64(p.dir)]
	if d == nil || d.entries[p.name] == nil || d.entries[p.name].node.id != uint64(p.entry.ID) {
		return differ("listing", "%q is listed and not there", p.name)
	}
	n := d.entries[p.name].node
	n.lookups++
	return x.found(p.entry, 0, n, 0)
}

// endsIn compares the inodes that there are when the threads are done.
func (x *execution) endsIn(c *call) *Finding {
	for _, n := range x.model.nodes {
		a, ok := c.attrs[inode.ID(n.id)]
		if !ok {
			return x.errno(syscall.ESTALE, 0)
		}
		if f := x.sameAttr(&a, n); f != nil {
			return f
		}
	}
	if got, want := len(c.attrs), len(x.model.nodes); got != want {
		return differ("inodes", "there are %d at the end, want %d", got, want)
	}
	for _, n := range x.model.nodes {
		if f := x.checkNode(n); f != nil {
			return f
		}
	}
	return nil
}
