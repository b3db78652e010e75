package fuzz

import "syscall"

// Flags of renameat2(2).
const (
	renameNoReplace = 1
	renameExchange  = 2
	renameWhiteout  = 4
)

// rename also returns the whiteout that it leaves, which the caller must adopt.
func (m *model) rename(oldParent uint64, oldName string, newParent uint64, newName string, flags uint32, c creator) (*node, syscall.Errno) {
	switch flags {
	case 0, renameNoReplace, renameExchange, renameWhiteout, renameWhiteout | renameNoReplace:
	default:
		return nil, syscall.EINVAL
	}
	for _, name := range [...]string{oldName, newName} {
		if errno := checkName(name); errno != 0 {
			return nil, errno
		}
	}
	from, errno := m.get(oldParent)
	if errno != 0 {
		return nil, errno
	}
	to, errno := m.get(newParent)
	if errno != 0 {
		return nil, errno
	}
	if !from.isDir() || !to.isDir() {
		return nil, syscall.ENOTDIR
	}
	source, target := from.entries[oldName], to.entries[newName]
	switch {
	case source == nil || to.nlink == 0:
		return nil, syscall.ENOENT
	case target == nil && flags == renameExchange:
		return nil, syscall.ENOENT
	case target != nil && flags&renameNoReplace != 0:
		return nil, syscall.EEXIST
	case target != nil && target.node == source.node:
		return nil, 0
	case to.isWithin(source.node):
		return nil, syscall.EINVAL
	}
	if target != nil && from.isWithin(target.node) {
		if flags == renameExchange {
			return nil, syscall.EINVAL
		}
		return nil, syscall.ENOTEMPTY
	}
	switch moved := source.node; {
	case from.protected() || moved.protected():
		return nil, syscall.EPERM
	case target == nil && to.immutable():
		return nil, syscall.EPERM
	case target != nil && (to.protected() || target.node.protected()):
		return nil, syscall.EPERM
	}
	if flags == renameExchange {
		m.exchange(from, source, to, target)
		return nil, 0
	}
	moved := source.node
	if target != nil {
		replaced := target.node
		switch {
		case replaced.isDir() && !moved.isDir():
			return nil, syscall.EISDIR
		case !replaced.isDir() && moved.isDir():
			return nil, syscall.ENOTDIR
		case len(replaced.entries) > 0:
			return nil, syscall.ENOTEMPTY
		}
	}
	var whiteout *node
	if flags&renameWhiteout != 0 {
		if m.freeSpace() < inodeSpace {
			return nil, syscall.ENOSPC
		}
		whiteout = m.newNode(from, typeChar, c)
		whiteout.lookups = 0
		source.node = whiteout
	} else {
		source.gone = true
		delete(from.entries, oldName)
	}
	moved.moveTo(from, to)
	if target == nil {
		to.entries[newName] = &dentry{name: newName, node: moved}
	} else { // at no time is the name missing: a listing must show it
		replaced := target.node
		target.node = moved
		m.dropLink(to, replaced)
	}
	now := m.now()
	moved.ctime = now
	from.mtime, from.ctime = now, now
	to.mtime, to.ctime = now, now
	return whiteout, 0
}

// exchange has two names change places.
func (m *model) exchange(from *node, source *dentry, to *node, target *dentry) {
	source.node.moveTo(from, to)
	target.node.moveTo(to, from)
	source.node, target.node = target.node, source.node
	now := m.now()
	for _, n := range [...]*node{source.node, target.node} {
		n.ctime = now
	}
	for _, d := range [...]*node{from, to} {
		d.mtime, d.ctime = now, now
	}
}

// moveTo gives n, if it is a directory, another parent.
func (n *node) moveTo(from, to *node) {
	if n.isDir() {
		n.parent = to
		from.nlink--
		to.nlink++
	}
}

// isWithin reports whether the directory n is a, or anywhere in it.
func (n *node) isWithin(a *node) bool {
	for {
		if n == a {
			return true
		}
		if n.parent == n {
			return false
		}
		n = n.parent
	}
}

// listing is what a reader of a directory has seen so far. Names that are there
// from its beginning to its end must be listed, once; of others each that is
// listed must be there at that time.
type listing struct {
	next     uint64
	expected []*dentry
	seen     map[*dentry]bool
}

func (n *node) startListing() *listing {
	l := &listing{seen: map[*dentry]bool{}}
	for _, e := range n.entries {
		l.expected = append(l.expected, e)
	}
	n.listing = l
	return l
}

// missed returns a name that the listing, which is at its end, has not shown.
func (l *listing) missed() (string, bool) {
	for _, e := range l.expected {
		if !e.gone && !l.seen[e] {
			return e.name, true
		}
	}
	return "", false
}
