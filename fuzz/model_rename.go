package fuzz

import "syscall"

func (m *model) rename(oldParent uint64, oldName string, newParent uint64, newName string) syscall.Errno {
	for _, name := range [...]string{oldName, newName} {
		if errno := checkName(name); errno != 0 {
			return errno
		}
	}
	from, errno := m.get(oldParent)
	if errno != 0 {
		return errno
	}
	to, errno := m.get(newParent)
	if errno != 0 {
		return errno
	}
	if !from.isDir() || !to.isDir() {
		return syscall.ENOTDIR
	}
	source, target := from.entries[oldName], to.entries[newName]
	if source == nil || to.nlink == 0 {
		return syscall.ENOENT
	}
	moved := source.node
	if target != nil && target.node == moved {
		return 0
	}
	if to.isWithin(moved) {
		return syscall.EINVAL
	}
	if target != nil {
		replaced := target.node
		switch {
		case from.isWithin(replaced):
			return syscall.ENOTEMPTY
		case replaced.isDir() && !moved.isDir():
			return syscall.EISDIR
		case !replaced.isDir() && moved.isDir():
			return syscall.ENOTDIR
		case len(replaced.entries) > 0:
			return syscall.ENOTEMPTY
		}
	}

	source.gone = true
	delete(from.entries, oldName)
	if moved.isDir() {
		moved.parent = to
		from.nlink--
		to.nlink++
	}
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
	return 0
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
