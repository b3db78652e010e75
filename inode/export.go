package inode

import "syscall"

// LookupID gives out the inode id without a name: a file that is opened by its
// handle (open_by_handle_at(2), NFS) after the kernel has forgotten it. The
// generation of the Entry tells whether it is still the one that was meant.
func (s *Store) LookupID(id ID) (Entry, syscall.Errno) {
	i, errno := s.rlock(id)
	if errno != 0 {
		return Entry{}, errno
	}
	defer i.mu.RUnlock()
	i.lookups.Add(1)
	return i.entryLocked(), 0
}

// LookupParent gives out the directory in which the directory id is. ENOTDIR if
// it is no directory, ENOENT if it was removed.
func (s *Store) LookupParent(id ID) (Entry, syscall.Errno) {
	i, d, errno := s.rlockDir(id)
	if errno != 0 {
		return Entry{}, errno
	}
	if i.nlink == 0 {
		i.mu.RUnlock()
		return Entry{}, syscall.ENOENT
	}
	// While i is in it the parent cannot go, and then it is counted. To lock it as
	// well would be upwards, so its attributes may be those of a moment later.
	parent := d.parent
	parent.lookups.Add(1)
	i.mu.RUnlock()
	parent.mu.RLock()
	defer parent.mu.RUnlock()
	return parent.entryLocked(), 0
}
