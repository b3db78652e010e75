package fuzz

import (
	"fmt"
	"slices"
	"syscall"
	"time"

	"github.com/scratchfs/memfs/inode"
)

// call is an operation that a thread ran.
type call struct {
	op      *Op
	number  int
	id, dir inode.ID // that op.Inode and op.NewDir refer to
	now     int64    // of Now, in ns since the epoch
	count   uint64   // lookups that were forgotten
	offset  uint64   // where a listing went on

	began, returned int64 // ns since the threads began
	// Whether another one, at the same time, gave back space.
	contended bool

	// What the store returned.
	errno    syscall.Errno
	entry    inode.Entry
	attr     inode.Attr
	n        int
	data     []byte
	target   string
	listed   []inode.Dirent
	entries  []inode.Entry
	ended    bool
	position int64
	ok       bool

	// Not an operation but the end: the inodes that there are.
	attrs map[inode.ID]inode.Attr
	// Not an operation but what one that listed a directory gave out.
	plus *plus
}

// plus is an inode that ReadDirPlus gave out.
type plus struct {
	dir   inode.ID
	name  string
	entry inode.Entry
}

// given returns the inodes that the call gave out.
func (c *call) given() (ids []inode.ID) {
	if c.entry.ID != 0 {
		ids = append(ids, c.entry.ID)
	}
	for _, e := range c.entries {
		if e.ID != 0 { // not of "." and ".."
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// String returns what the call returned.
func (c *call) String() string {
	switch {
	case c.errno != 0:
		return errnoName(c.errno)
	case c.entry.ID != 0:
		return fmt.Sprintf("inode %d.%d nlink %d", c.entry.ID, c.entry.Generation, c.entry.Nlink)
	case c.attr.ID != 0:
		return fmt.Sprintf("inode %d mode %o nlink %d size %d", c.attr.ID, c.attr.Mode, c.attr.Nlink, c.attr.Size)
	}
	switch c.op.Kind {
	case Seek, CopyRange:
		return fmt.Sprint(c.position)
	case Read, Write, GetXattr, ListXattr:
		return fmt.Sprint(c.n)
	case ReadDir, ReadDirPlus:
		s := ""
		for _, d := range c.listed {
			s += fmt.Sprintf("%q %d ", d.Name, d.ID)
		}
		return s
	case Forget:
		return fmt.Sprint(c.count)
	}
	return ""
}

// thread runs some operations of a program, and keeps what it needs for itself.
type thread struct {
	store *inode.Store
	start time.Time
	calls []call

	ids []inode.ID // by number of operation: of the first ones, and its own
	// The lookups that the thread has of each inode, and whether the first
	// operations have any. An inode of which there are none must not be used: the
	// kernel does not either.
	lookups map[inode.ID]uint64
	shared  map[inode.ID]bool
	next    map[inode.ID]uint64 // where its listing of a directory goes on
}

func (x *execution) newThread(ops int) *thread {
	t := &thread{
		store:   x.store.Store,
		ids:     make([]inode.ID, ops),
		lookups: map[inode.ID]uint64{},
		shared:  map[inode.ID]bool{},
		next:    map[inode.ID]uint64{},
	}
	copy(t.ids, x.ids)
	for id, n := range x.model.byID {
		t.shared[inode.ID(id)] = n.lookups > 0 || n == x.model.root
	}
	return t
}

// id returns the number of the inode that a reference is to: one that the
// thread may use.
func (t *thread) id(r Ref) inode.ID {
	if r == Nowhere {
		return 1 << 62
	}
	for k := min(int(r), len(t.ids)); k > 0; k-- {
		if id := t.ids[k-1]; id != 0 && (t.shared[id] || t.lookups[id] > 0) {
			return id
		}
	}
	return inode.RootID
}

// handle returns the number of the inode that a reference is to, whether or not the
// thread may use it.
func (t *thread) handle(r Ref) inode.ID {
	if r > 0 && int(r) <= len(t.ids) && t.ids[r-1] != 0 {
		return t.ids[r-1]
	}
	return t.id(r)
}

func (t *thread) run() (f *Finding) {
	defer func() {
		if v := recover(); v != nil {
			f = panicked(v)
		}
	}()
	for k := range t.calls {
		c := &t.calls[k]
		t.prepare(c)
		c.began = int64(time.Since(t.start))
		c.do(t.store)
		c.returned = int64(time.Since(t.start))
		t.note(c)
	}
	return nil
}

// prepare finds out what to call.
func (t *thread) prepare(c *call) {
	c.id, c.dir, c.now = t.id(c.op.Inode), t.id(c.op.NewDir), time.Now().UnixNano()
	switch c.op.Kind {
	case LookupID: // of a handle, which outlives the lookups
		c.id = t.handle(c.op.Inode)
	case Read:
		c.data = make([]byte, c.op.ioSize())
	case Write:
		c.data = make([]byte, c.op.ioSize())
		pattern(c.data, c.op.Fill, c.op.Offset)
	case SetXattr:
		c.data = c.op.xattrValue(nil)
	case GetXattr, ListXattr:
		c.data = make([]byte, c.op.xattrSize())
	case ReadDir, ReadDirPlus:
		if c.op.Flags&Resume != 0 {
			c.offset = t.next[c.id]
		}
	case Forget:
		c.count = min(c.op.Count, t.lookups[c.id])
	}
}

// do calls the store.
func (c *call) do(s *inode.Store) {
	o, id, dir := c.op, c.id, c.dir
	caller := inode.Caller{UID: o.UID, GID: o.GID, Umask: o.Umask}
	switch o.Kind {
	case Lookup:
		c.entry, c.errno = s.Lookup(id, o.Name)
	case LookupID:
		c.entry, c.errno = s.LookupID(id)
	case GetAttr:
		c.attr, c.errno = s.GetAttr(id)
	case TryGetAttr:
		c.attr, c.ok = s.TryGetAttr(id)
	case SetFlags:
		c.errno = s.SetFlags(id, o.Flags)
	case KillPriv:
		c.errno = s.KillPriv(id, o.Flags&setID != 0)
	case SetAttr:
		o := c.op.at(c.now)
		c.attr, c.errno = s.SetAttr(id, o.sets())
	case Mknod:
		c.entry, c.errno = s.Mknod(id, o.Name, o.Mode, o.Rdev, caller)
	case Mkdir:
		c.entry, c.errno = s.Mkdir(id, o.Name, o.Mode, caller)
	case Symlink:
		c.entry, c.errno = s.Symlink(id, o.Name, o.Target, caller)
	case Link:
		c.entry, c.errno = s.Link(id, dir, o.NewName)
	case Unlink:
		c.errno = s.Unlink(id, o.Name)
	case Rmdir:
		c.errno = s.Rmdir(id, o.Name)
	case Rename:
		c.errno = s.Rename(id, o.Name, dir, o.NewName, c.renameFlags(), caller)
	case Tmpfile:
		c.entry, c.errno = s.Tmpfile(id, o.Mode, caller)
	case Readlink:
		c.target, c.errno = s.Readlink(id)
	case Read:
		c.n, c.errno = o.read(s, id, c.data)
	case Write:
		c.n, c.errno = o.write(s, id, c.data)
	case Fallocate:
		c.errno = s.Fallocate(id, o.Flags, o.Offset, o.Size)
	case Seek:
		c.position, c.errno = s.Seek(id, o.Offset, int(o.Flags))
	case CopyRange:
		c.position, c.errno = s.CopyRange(id, o.Offset, dir, o.NewOffset, o.Size)
	case SetXattr:
		c.errno = s.SetXattr(id, o.Name, c.data, o.Flags)
	case GetXattr:
		c.n, c.errno = s.GetXattr(id, o.Name, c.data)
	case ListXattr:
		c.n, c.errno = s.ListXattr(id, c.data, caller)
	case RemoveXattr:
		c.errno = s.RemoveXattr(id, o.Name)
	case ReadDir:
		c.ended = true
		c.errno = s.ReadDir(id, c.offset, c.take)
	case ReadDirPlus:
		c.ended = true
		c.errno = s.ReadDirPlus(id, c.offset, func(d inode.Dirent, e inode.Entry) bool {
			if !c.take(d) {
				return false
			}
			c.entries = append(c.entries, e)
			return true
		})
	case StatFS:
		s.StatFS()
	case Forget:
		s.Forget(id, c.count)
	}
}

// renameFlags returns the flags of a Rename, without whiteouts: the inode of one
// is not given out, so it is not known which it is.
func (c *call) renameFlags() uint32 { return c.op.Flags &^ inode.RenameWhiteout }

// inThreads are the kinds of operations that threads may run. LookupParent is none:
// it finds the parent and gives it out one after the other, and by then the directory
// may be in another one, and the parent gone.
var inThreads = []Kind{
	Lookup, LookupID, GetAttr, TryGetAttr, SetAttr, SetFlags, KillPriv, Mknod, Mkdir, Symlink, Link, Unlink, Rmdir, Rename, Tmpfile,
	Readlink, Read, Write, Fallocate, Seek, CopyRange, SetXattr, GetXattr, ListXattr, RemoveXattr, ReadDir, ReadDirPlus, StatFS, Forget,
}

// take takes a name that is listed, while there is room.
func (c *call) take(d inode.Dirent) bool {
	if c.op.Count > 0 && uint64(len(c.listed)) == c.op.Count {
		c.ended = false
		return false
	}
	c.listed = append(c.listed, d)
	return true
}

// note takes note of what the thread has now.
func (t *thread) note(c *call) {
	for _, id := range c.given() {
		t.lookups[id]++
	}
	t.ids[c.number-1] = c.entry.ID
	switch c.op.Kind {
	case Forget:
		t.lookups[c.id] -= c.count
	case ReadDir, ReadDirPlus:
		if len(c.listed) > 0 {
			t.next[c.id] = c.listed[len(c.listed)-1].Next
		} else if c.offset == 0 {
			delete(t.next, c.id)
		}
	}
}

// contend finds out which calls ran beside others that gave back space, or took
// some for a moment.
//
// An operation takes the blocks that it needs at once, and so the space of
// inodes. It gives back what it frees piece by piece, as tmpfs does, and an
// operation that fails, or replaces an extended attribute, has had more for a
// moment. So one that runs at the same time may find less than there is before
// and after. It must not find less if there is none such.
func (h history) contend() {
	for _, c := range h.calls {
		c.contended = slices.ContainsFunc(h.calls, func(d *call) bool {
			return c != d && d.gives() && c.began <= d.returned && d.began <= c.returned
		})
	}
}

func (c *call) gives() bool {
	switch c.op.Kind {
	case SetAttr:
		return c.op.Set&(SetSize|SetUID|SetGID) != 0
	case KillPriv, Symlink, Unlink, Rmdir, Rename, Fallocate, SetXattr, RemoveXattr, Forget:
		return true
	}
	return false
}
