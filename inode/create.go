package inode

import "syscall"

// Mknod makes a file of the type in mode (regular if it has none), with its
// permission bits, and gives it out: mknod(2), and open(2) with O_CREAT. rdev
// is the device number of a character or block device. EPERM for a directory or
// a symlink; EEXIST if the name is there, EPERM in an immutable directory, ENOSPC
// at the limit of inodes.
func (s *Store) Mknod(parent ID, name string, mode, rdev uint32, c Caller) (Entry, syscall.Errno) {
	switch mode & typeMask {
	case 0:
		mode |= modeRegular
	case modeRegular, modeFIFO, modeSocket:
	case modeChar, modeBlock:
		return s.create(parent, name, mode, rdev, nil, c)
	default:
		return Entry{}, syscall.EPERM
	}
	return s.create(parent, name, mode, 0, nil, c)
}

// Mkdir makes a directory and gives it out (mkdir(2)).
func (s *Store) Mkdir(parent ID, name string, mode uint32, c Caller) (Entry, syscall.Errno) {
	return s.create(parent, name, modeDir|mode&permMask, 0, new(directory), c)
}

// Symlink makes a symbolic link to target and gives it out (symlink(2)).
// ENOENT for an empty target, ENAMETOOLONG for one of PathMax bytes or more.
func (s *Store) Symlink(parent ID, name, target string, c Caller) (Entry, syscall.Errno) {
	l, errno := newSymlink(target)
	if errno != 0 {
		return Entry{}, errno
	}
	return s.create(parent, name, modeSymlink|0o777, 0, l, c)
}

// create makes an inode with content and a dentry for it.
func (s *Store) create(parent ID, name string, mode, rdev uint32, content any, c Caller) (Entry, syscall.Errno) {
	if errno := checkName(name); errno != 0 {
		return Entry{}, errno
	}
	p, d, errno := s.lockDir(parent)
	if errno != 0 {
		return Entry{}, errno
	}
	defer p.mu.Unlock()
	sub, isDir := content.(*directory)
	switch {
	case p.nlink == 0: // removed, but still somebody's working directory
		return Entry{}, syscall.ENOENT
	case s.find(d, name).child != nil:
		return Entry{}, syscall.EEXIST
	case p.immutableLocked():
		return Entry{}, syscall.EPERM
	case isDir && p.nlink == linksMax:
		return Entry{}, syscall.EMLINK
	case !s.limits.takeInode(shardFor(parent)):
		return Entry{}, syscall.ENOSPC
	}
	link, _ := content.(*symlink)
	if link.blocks() > 0 && !s.limits.takeAllBlocks(link.blocks()) {
		s.limits.giveInode(shardFor(parent))
		return Entry{}, syscall.ENOSPC
	}

	i := s.newInodeIn(p, mode, rdev, c)
	if errno := s.add(d, name, i); errno != 0 {
		s.limits.giveBlocks(link.blocks())
		s.limits.giveInode(shardFor(parent))
		return Entry{}, errno
	}
	i.content = content
	if isDir {
		sub.parent = p
		i.nlink = 2
		p.nlink++
	}
	p.mtime, p.ctime = i.ctime, i.ctime
	e := i.entryLocked()
	s.table.insert(i, parent) // from here on others may find it
	e.ID, e.Generation = i.id, uint64(i.generation)
	return e, 0
}

// Tmpfile makes a regular file without a name, on the filesystem that the
// directory dir is in, and gives it out: open(2) with O_TMPFILE. Until it is
// forgotten Link can give it one. (With O_EXCL in open(2) it cannot; the kernel
// sees to that.) The directory may be one that was removed. EPERM if it is
// immutable, ENOSPC at the limit of inodes.
func (s *Store) Tmpfile(dir ID, mode uint32, c Caller) (Entry, syscall.Errno) {
	p, _, errno := s.rlockDir(dir)
	if errno != 0 {
		return Entry{}, errno
	}
	defer p.mu.RUnlock()
	if p.immutableLocked() {
		return Entry{}, syscall.EPERM
	}
	if !s.limits.takeInode(shardFor(dir)) {
		return Entry{}, syscall.ENOSPC
	}
	i := s.newInodeIn(p, modeRegular|mode&permMask, 0, c)
	i.nlink = 0
	i.state |= linkable
	e := i.entryLocked()
	s.table.insert(i, dir)
	e.ID, e.Generation = i.id, uint64(i.generation)
	return e, 0
}

// newInodeIn is newInode for what is made in the directory p: a directory with
// the set-group-ID bit passes on its group, and to directories the bit
// (inode_init_owner, fs/inode.c); and some of its flags, and its default ACL.
//
// +checklocksread:p.mu
func (s *Store) newInodeIn(p *inode, mode, rdev uint32, owner Caller) *inode {
	if p.perm&setgid != 0 {
		owner.GID = p.gid
		if mode&typeMask == modeDir {
			mode |= setgid
		}
	}
	i := s.newInode(mode, rdev, owner)
	i.state = p.state & flagsInherited
	i.inheritLocked(p, owner.Umask)
	return i
}

// Link makes a further dentry for the inode id and gives it out (link(2)).
// EEXIST if the name is there, EPERM in an immutable directory and for a
// directory or a file that is immutable or append-only, ENOENT for one whose last
// link is gone, EMLINK at the largest link count, ENOSPC at the limit of
// inodes. The first link of what Tmpfile made takes no further inode.
func (s *Store) Link(id, parent ID, name string) (Entry, syscall.Errno) {
	if errno := checkName(name); errno != 0 {
		return Entry{}, errno
	}
	i := s.get(id)
	if i == nil {
		return Entry{}, syscall.ESTALE
	}
	p, d, errno := s.lockDir(parent)
	if errno != 0 {
		return Entry{}, errno
	}
	defer p.mu.Unlock()
	if p.nlink == 0 {
		return Entry{}, syscall.ENOENT
	}
	if s.find(d, name).child != nil {
		return Entry{}, syscall.EEXIST
	}
	if p.immutableLocked() || i.isDir() { // nor would its lock be one to take below the parent's
		return Entry{}, syscall.EPERM
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	first := i.state&linkable != 0
	switch {
	case i.freed():
		return Entry{}, syscall.ESTALE
	case i.protectedLocked():
		return Entry{}, syscall.EPERM
	case i.nlink == 0 && !first:
		return Entry{}, syscall.ENOENT
	case i.nlink == linksMax:
		return Entry{}, syscall.EMLINK
	case !first && !s.limits.takeInode(shardOf(i)):
		return Entry{}, syscall.ENOSPC
	}
	if errno := s.add(d, name, i); errno != 0 {
		if !first {
			s.limits.giveInode(shardOf(i))
		}
		return Entry{}, errno
	}
	i.state &^= linkable
	i.nlink++
	i.lookups.Add(1)
	i.ctime = s.clock.now()
	p.mtime, p.ctime = i.ctime, i.ctime
	return i.entryLocked(), 0
}
