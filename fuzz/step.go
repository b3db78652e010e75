package fuzz

import (
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/scratchfs/memfs/inode"
)

// step runs an operation on the store and on the model and compares what they
// answer.
func (x *execution) step(o *Op) *Finding {
	x.ids = append(x.ids, 0)
	x.tick()
	id, dir := x.id(o.Inode), x.id(o.NewDir)
	caller := inode.Caller{UID: o.UID, GID: o.GID, Umask: o.Umask}
	who := creator{o.UID, o.GID, o.Umask}
	s, m := x.store, x.model

	switch o.Kind {
	case Lookup:
		e, errno := s.Lookup(id, o.Name)
		n, want := m.lookup(uint64(id), o.Name)
		return x.found(e, errno, n, want)

	case LookupID:
		e, errno := s.LookupID(id)
		n, want := m.lookupID(uint64(id))
		return x.found(e, errno, n, want)

	case LookupParent:
		e, errno := s.LookupParent(id)
		n, want := m.lookupParent(uint64(id))
		return x.found(e, errno, n, want)

	case Mknod:
		e, errno := s.Mknod(id, o.Name, o.Mode, o.Rdev, caller)
		n, want := m.mknod(uint64(id), o.Name, o.Mode, o.Rdev, who)
		return x.made(e, errno, n, want)

	case Mkdir:
		e, errno := s.Mkdir(id, o.Name, o.Mode, caller)
		n, want := m.mkdir(uint64(id), o.Name, o.Mode, who)
		return x.made(e, errno, n, want)

	case Symlink:
		e, errno := s.Symlink(id, o.Name, o.Target, caller)
		n, want := m.symlink(uint64(id), o.Name, o.Target, who)
		return x.made(e, errno, n, want)

	case Link:
		e, errno := s.Link(id, dir, o.NewName)
		n, want := m.link(uint64(id), uint64(dir), o.NewName)
		return x.found(e, errno, n, want)

	case Unlink:
		return x.errno(s.Unlink(id, o.Name), m.unlink(uint64(id), o.Name))

	case Rmdir:
		return x.errno(s.Rmdir(id, o.Name), m.rmdir(uint64(id), o.Name))

	case Rename:
		errno := s.Rename(id, o.Name, dir, o.NewName, o.Flags, caller)
		whiteout, want := m.rename(uint64(id), o.Name, uint64(dir), o.NewName, o.Flags, who)
		if f := x.errno(errno, want); f != nil || whiteout == nil {
			return f
		}
		return x.whiteout(id, o.Name, whiteout)

	case Tmpfile:
		e, errno := s.Tmpfile(id, o.Mode, caller)
		n, want := m.tmpfile(uint64(id), o.Mode, who)
		return x.made(e, errno, n, want)

	case GetAttr:
		a, errno := s.GetAttr(id)
		n, want := m.get(uint64(id))
		return x.attr(a, errno, n, want)

	case TryGetAttr:
		a, ok := s.TryGetAttr(id)
		n, want := m.get(uint64(id))
		if ok != (want == 0) {
			return differ("attributes", "returned: %v, want %v", ok, want == 0)
		}
		if !ok {
			return nil
		}
		return x.sameAttr(&a, n)

	case SetAttr:
		return x.setAttr(id, *o)

	case SetFlags:
		return x.errno(s.SetFlags(id, o.Flags), m.setflags(uint64(id), o.Flags))

	case KillPriv:
		return x.errno(s.KillPriv(id, o.Flags&setID != 0), m.killPriv(uint64(id), o.Flags&setID != 0))

	case Readlink:
		got, errno := s.Readlink(id)
		target, want := m.readlink(uint64(id))
		if f := x.errno(errno, want); f != nil || errno != 0 {
			return f
		}
		if got != target {
			return differ("target", "%q, want %q", got, target)
		}
		return nil

	case Read:
		x.dst = sized(x.dst, o.ioSize())
		x.want = sized(x.want, o.ioSize())
		n, errno := o.read(s.Store, id, x.dst)
		wantN, want := m.read(uint64(id), x.want, o.Offset, o.Flags)
		if f := x.count(n, errno, wantN, want); f != nil {
			return f
		}
		return sameBytes(x.dst[:n], x.want[:n], o.Offset)

	case Write:
		x.src = sized(x.src, o.ioSize())
		pattern(x.src, o.Fill, o.Offset)
		n, errno := o.write(s.Store, id, x.src)
		wantN, want := m.write(uint64(id), x.src, o.Offset, o.Flags)
		return x.count(n, errno, wantN, want)

	case Fallocate:
		errno := s.Fallocate(id, o.Flags, o.Offset, o.Size)
		return x.errno(errno, m.fallocate(uint64(id), o.Flags, o.Offset, o.Size))

	case Seek:
		got, errno := s.Seek(id, o.Offset, int(o.Flags))
		wanted, want := m.seek(uint64(id), o.Offset, o.Flags)
		return x.offset(got, errno, wanted, want)

	case CopyRange:
		n, errno := s.CopyRange(id, o.Offset, dir, o.NewOffset, o.Size)
		wanted, want := m.copyRange(uint64(id), o.Offset, uint64(dir), o.NewOffset, o.Size)
		return x.offset(n, errno, wanted, want)

	case SetXattr:
		x.src = sized(x.src, o.xattrSize())
		value := o.xattrValue(x.src)
		errno := s.SetXattr(id, o.Name, value, o.Flags)
		return x.errno(errno, m.setxattr(uint64(id), o.Name, value, o.Flags))

	case GetXattr:
		return x.getXattr(id, o.Name, o.xattrSize())

	case ListXattr:
		return x.listXattr(id, caller, o.xattrSize())

	case RemoveXattr:
		return x.errno(s.RemoveXattr(id, o.Name), m.removexattr(uint64(id), o.Name))

	case ReadDir, ReadDirPlus:
		return x.list(id, o)

	case StatFS:
		return x.checkStatFS()

	case Forget:
		s.Forget(id, o.Count)
		m.forget(uint64(id), o.Count)
		return nil
	}
	return differ("operation", "%d is none", o.Kind)
}

// read runs a Read on the store.
func (o *Op) read(s *inode.Store, id inode.ID, dst []byte) (int, syscall.Errno) {
	if o.Flags&NoATime != 0 {
		return s.Peek(id, dst, o.Offset)
	}
	return s.Read(id, dst, o.Offset)
}

// write runs a Write on the store.
func (o *Op) write(s *inode.Store, id inode.ID, src []byte) (int, syscall.Errno) {
	if o.Flags&WriteBack != 0 {
		return s.WriteBack(id, src, o.Offset)
	}
	return s.Write(id, src, o.Offset)
}

// sized returns a buffer of n bytes, b if it is large enough.
func sized(b []byte, n int) []byte {
	if n > cap(b) {
		return make([]byte, n, 2*n)
	}
	return b[:n]
}

// tick begins another moment.
func (x *execution) tick() { x.model.clock = x.store.tick(x.model.clock) }

func (x *execution) setAttr(id inode.ID, o Op) *Finding {
	o = o.at(time.Now().UnixNano())
	a, errno := x.store.SetAttr(id, o.sets())
	n, want := x.model.setattr(uint64(id), &o)
	return x.attr(a, errno, n, want)
}

// at returns a SetAttr that runs at a time, in ns since the epoch: Now is that.
func (o Op) at(now int64) Op {
	for _, t := range [...]*int64{&o.ATime, &o.MTime, &o.CTime} {
		if *t == Now {
			*t = now
		}
	}
	return o
}

// sets returns what a SetAttr sets.
func (o *Op) sets() (set inode.SetAttr) {
	use(&set.Mode, &o.Mode, o.Set&SetMode)
	use(&set.UID, &o.UID, o.Set&SetUID)
	use(&set.GID, &o.GID, o.Set&SetGID)
	use(&set.Size, &o.Size, o.Set&SetSize)
	use(&set.ATime, &o.ATime, o.Set&SetATime)
	use(&set.MTime, &o.MTime, o.Set&SetMTime)
	use(&set.CTime, &o.CTime, o.Set&SetCTime)
	set.Touch = o.Set&Touch != 0
	set.KillSetID = o.Set&KillSetID != 0
	return set
}

// use sets an attribute if its bit is set.
func use[T any](to **T, from *T, bit uint32) {
	if bit != 0 {
		*to = from
	}
}

func (x *execution) getXattr(id inode.ID, name string, size int) *Finding {
	x.dst = sized(x.dst, size)
	n, errno := x.store.GetXattr(id, name, x.dst)
	value, want := x.model.getxattr(uint64(id), name, size)
	if f := x.count(n, errno, len(value), want); f != nil || size == 0 || errno != 0 {
		return f
	}
	return sameBytes(x.dst[:n], value, 0)
}

func (x *execution) listXattr(id inode.ID, c inode.Caller, size int) *Finding {
	x.dst = sized(x.dst, size)
	n, errno := x.store.ListXattr(id, x.dst, c)
	names, want := x.model.listxattr(uint64(id), c.UID, size)
	list := ""
	if len(names) > 0 {
		list = strings.Join(names, "\x00") + "\x00"
	}
	if f := x.count(n, errno, len(list), want); f != nil || size == 0 || errno != 0 {
		return f
	}
	// In any order.
	got := strings.Split(string(x.dst[:n]), "\x00")
	for _, name := range names {
		if !slices.Contains(got, name) {
			return differ("xattr", "%q is not listed in %q", name, got)
		}
	}
	return nil
}
