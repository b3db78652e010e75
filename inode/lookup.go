package inode

import "syscall"

// Lookup finds name in the directory parent and gives out its inode: ENOENT if
// there is no such name.
func (s *Store) Lookup(parent ID, name string) (Entry, syscall.Errno) {
	p, d, errno := s.rlockDir(parent)
	if errno != 0 {
		return Entry{}, errno
	}
	defer p.mu.RUnlock()
	if len(name) > NameMax {
		return Entry{}, syscall.ENAMETOOLONG
	}
	i := s.find(d, name).child
	if i == nil {
		return Entry{}, syscall.ENOENT
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	i.lookups.Add(1)
	return i.entryLocked(), 0
}
