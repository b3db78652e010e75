package inode

import "syscall"

// lock returns the inode id with its lock held, or ESTALE: it is not, or no
// longer, in the table.
func (s *Store) lock(id ID) (*inode, syscall.Errno) {
	i := s.get(id)
	if i == nil {
		return nil, syscall.ESTALE
	}
	i.mu.Lock()
	if i.freed() {
		i.mu.Unlock()
		return nil, syscall.ESTALE
	}
	return i, 0
}

// rlock is lock for reading.
func (s *Store) rlock(id ID) (*inode, syscall.Errno) {
	i := s.get(id)
	if i == nil {
		return nil, syscall.ESTALE
	}
	i.mu.RLock()
	if i.freed() {
		i.mu.RUnlock()
		return nil, syscall.ESTALE
	}
	return i, 0
}

// lockDir is lock for a directory; ENOTDIR for anything else.
func (s *Store) lockDir(id ID) (*inode, *directory, syscall.Errno) {
	i, errno := s.lock(id)
	if errno != 0 {
		return nil, nil, errno
	}
	d, ok := i.content.(*directory)
	if !ok {
		i.mu.Unlock()
		return nil, nil, syscall.ENOTDIR
	}
	return i, d, 0
}

// rlockDir is lockDir for reading.
func (s *Store) rlockDir(id ID) (*inode, *directory, syscall.Errno) {
	i, errno := s.rlock(id)
	if errno != 0 {
		return nil, nil, errno
	}
	d, ok := i.content.(*directory)
	if !ok {
		i.mu.RUnlock()
		return nil, nil, syscall.ENOTDIR
	}
	return i, d, 0
}

// lockParents locks the two directories of a rename and returns what unlocks
// them. If they differ, Store.renaming is held too, and the tree keeps its
// shape meanwhile.
func (s *Store) lockParents(from, to *inode) (unlock func()) {
	if from == to {
		from.mu.Lock()
		return from.mu.Unlock
	}
	s.renaming.Lock()
	first, second := from, to
	if isAncestor(to, from) || !isAncestor(from, to) && to.id < from.id {
		first, second = to, from
	}
	first.mu.Lock()
	second.mu.Lock()
	return func() {
		second.mu.Unlock()
		first.mu.Unlock()
		s.renaming.Unlock()
	}
}

// isAncestor reports whether the directory i is in the directory a, at any
// depth. The caller holds Store.renaming.
func isAncestor(a, i *inode) bool {
	for {
		p := i.parentLocked()
		if p == i {
			return false
		}
		if p == a {
			return true
		}
		i = p
	}
}

// lockParentOfDirs is lockParents for the one directory of two directories that
// a rename replaces or exchanges.
func (s *Store) lockParentOfDirs(p *inode) (unlock func()) {
	s.renaming.Lock()
	p.mu.Lock()
	return func() {
		p.mu.Unlock()
		s.renaming.Unlock()
	}
}

// parentLocked returns the directory that the directory i is in, i itself for
// the root.
func (i *inode) parentLocked() *inode { return i.content.(*directory).parent }

// lockChildren locks two children of directories whose locks are held, a
// directory before a file. The second may be nil. If both are directories, the
// caller holds Store.renaming.
func lockChildren(a, b *inode) (unlock func()) {
	if b == nil {
		a.mu.Lock()
		return a.mu.Unlock
	}
	if a.isDir() == b.isDir() && b.id < a.id || b.isDir() && !a.isDir() {
		a, b = b, a
	}
	a.mu.Lock()
	b.mu.Lock()
	return func() {
		b.mu.Unlock()
		a.mu.Unlock()
	}
}

// lockCopy locks two files, in for reading and out for writing. They may be
// one.
func lockCopy(in, out *inode) (unlock func()) {
	switch {
	case in == out:
		out.mu.Lock()
		return out.mu.Unlock
	case in.id < out.id:
		in.mu.RLock()
		out.mu.Lock()
	default:
		out.mu.Lock()
		in.mu.RLock()
	}
	return func() {
		in.mu.RUnlock()
		out.mu.Unlock()
	}
}
