package fuzz

import (
	"strings"
	"syscall"
)

func checkName(name string) syscall.Errno {
	switch {
	case len(name) > nameMax:
		return syscall.ENAMETOOLONG
	case name == "":
		return syscall.ENOENT
	case name == ".", name == "..", strings.ContainsAny(name, "/\x00"):
		return syscall.EINVAL
	}
	return 0
}

func (m *model) lookup(parent uint64, name string) (*node, syscall.Errno) {
	d, errno := m.getDir(parent)
	if errno != 0 {
		return nil, errno
	}
	if len(name) > nameMax {
		return nil, syscall.ENAMETOOLONG
	}
	e := d.entries[name]
	if e == nil {
		return nil, syscall.ENOENT
	}
	e.node.lookups++
	return e.node, 0
}

func (m *model) lookupID(id uint64) (*node, syscall.Errno) {
	n, errno := m.get(id)
	if errno != 0 {
		return nil, errno
	}
	n.lookups++
	return n, 0
}

func (m *model) lookupParent(id uint64) (*node, syscall.Errno) {
	d, errno := m.getDir(id)
	switch {
	case errno != 0:
		return nil, errno
	case d.nlink == 0:
		return nil, syscall.ENOENT
	}
	return m.lookupID(d.parent.id)
}

// mayCreate finds the directory for a new name.
func (m *model) mayCreate(parent uint64, name string) (*node, syscall.Errno) {
	if errno := checkName(name); errno != 0 {
		return nil, errno
	}
	d, errno := m.getDir(parent)
	switch {
	case errno != 0:
		return nil, errno
	case d.nlink == 0:
		return nil, syscall.ENOENT
	case d.entries[name] != nil:
		return nil, syscall.EEXIST
	case d.immutable():
		return nil, syscall.EPERM
	}
	return d, 0
}

// creator is who makes an inode.
type creator struct{ uid, gid, umask uint32 }

// create makes an inode, which the caller must adopt.
func (m *model) create(parent uint64, name string, mode uint32, c creator) (*node, syscall.Errno) {
	d, errno := m.mayCreate(parent, name)
	if errno != 0 {
		return nil, errno
	}
	if m.freeSpace() < inodeSpace {
		return nil, syscall.ENOSPC
	}
	n := m.newNode(d, mode, c)
	if n.isDir() {
		n.nlink = 2
		n.parent = d
		n.entries = map[string]*dentry{}
		d.nlink++
	}
	d.entries[name] = &dentry{name: name, node: n}
	d.mtime, d.ctime = n.ctime, n.ctime
	return n, 0
}

// newNode makes an inode in the directory d, which the caller must adopt.
func (m *model) newNode(d *node, mode uint32, c creator) *node {
	m.usedSpace += inodeSpace
	now := m.now()
	n := &node{mode: mode, nlink: 1, uid: c.uid, gid: c.gid, lookups: 1, atime: now, mtime: now, ctime: now, btime: now}
	n.flags = d.flags & flagsInherited
	if d.mode&setgidBit != 0 {
		n.gid = d.gid
		if n.isDir() {
			n.mode |= setgidBit
		}
	}
	n.inheritACL(d, c.umask)
	return n
}

func (m *model) tmpfile(dir uint64, mode uint32, c creator) (*node, syscall.Errno) {
	d, errno := m.getDir(dir)
	if errno != 0 {
		return nil, errno
	}
	if d.immutable() {
		return nil, syscall.EPERM
	}
	if m.freeSpace() < inodeSpace {
		return nil, syscall.ENOSPC
	}
	n := m.newNode(d, typeRegular|mode&permissions, c)
	n.nlink = 0
	n.linkable = true
	return n, 0
}

// adopt gives a new inode the number and the generation that the store chose:
// no inode has the number now, and none ever had both.
func (m *model) adopt(n *node, id, generation uint64) bool {
	given := [2]uint64{id, generation}
	if id == 0 || m.byID[id] != nil || m.given[given] {
		return false
	}
	m.given[given] = true
	n.id, n.generation = id, generation
	m.byID[id] = n
	m.nodes = append(m.nodes, n)
	return true
}

func (m *model) mknod(parent uint64, name string, mode, rdev uint32, c creator) (*node, syscall.Errno) {
	mode &= typeMask | permissions
	switch mode & typeMask {
	case 0:
		mode |= typeRegular
	case typeRegular, typeFIFO, typeSocket, typeChar, typeBlock:
	default:
		return nil, syscall.EPERM
	}
	n, errno := m.create(parent, name, mode, c)
	if errno == 0 && (n.kind() == typeChar || n.kind() == typeBlock) {
		n.rdev = rdev
	}
	return n, errno
}

func (m *model) mkdir(parent uint64, name string, mode uint32, c creator) (*node, syscall.Errno) {
	return m.create(parent, name, typeDir|mode&permissions, c)
}

func (m *model) symlink(parent uint64, name, target string, c creator) (*node, syscall.Errno) {
	switch {
	case target == "":
		return nil, syscall.ENOENT
	case len(target) >= pathMax:
		return nil, syscall.ENAMETOOLONG
	}
	long := len(target) >= shortSymlink
	if _, errno := m.mayCreate(parent, name); errno == 0 && long && m.freeBlocks() < 1 {
		return nil, syscall.ENOSPC
	}
	n, errno := m.create(parent, name, typeSymlink|0o777, c)
	if errno != 0 {
		return nil, errno
	}
	n.target = target
	m.usedBlocks += n.stBlocks()
	return n, 0
}

func (m *model) link(id, parent uint64, name string) (*node, syscall.Errno) {
	if errno := checkName(name); errno != 0 {
		return nil, errno
	}
	n, errno := m.get(id)
	if errno != 0 {
		return nil, errno
	}
	d, errno := m.mayCreate(parent, name)
	switch {
	case errno != 0:
		return nil, errno
	case n.isDir(), n.protected():
		return nil, syscall.EPERM
	case n.nlink == 0 && !n.linkable:
		return nil, syscall.ENOENT
	case n.nlink > 0 && m.freeSpace() < inodeSpace: // a further link keeps a dentry in memory
		return nil, syscall.ENOSPC
	}
	if n.nlink > 0 {
		m.usedSpace += inodeSpace
	}
	n.linkable = false
	d.entries[name] = &dentry{name: name, node: n}
	n.nlink++
	n.lookups++
	now := m.now()
	n.ctime, d.mtime, d.ctime = now, now, now
	return n, 0
}

func (m *model) unlink(parent uint64, name string) syscall.Errno {
	d, e, errno := m.mayRemove(parent, name)
	if errno == 0 && e.node.isDir() {
		errno = syscall.EISDIR
	}
	if errno != 0 {
		return errno
	}
	m.removeName(d, e)
	return 0
}

func (m *model) rmdir(parent uint64, name string) syscall.Errno {
	d, e, errno := m.mayRemove(parent, name)
	switch {
	case errno != 0:
		return errno
	case !e.node.isDir():
		return syscall.ENOTDIR
	case len(e.node.entries) > 0:
		return syscall.ENOTEMPTY
	}
	m.removeName(d, e)
	return 0
}

func (m *model) mayRemove(parent uint64, name string) (*node, *dentry, syscall.Errno) {
	if errno := checkName(name); errno != 0 {
		return nil, nil, errno
	}
	d, errno := m.getDir(parent)
	if errno != 0 {
		return nil, nil, errno
	}
	e := d.entries[name]
	if e == nil {
		return nil, nil, syscall.ENOENT
	}
	if d.protected() || e.node.protected() {
		return nil, nil, syscall.EPERM
	}
	return d, e, 0
}

func (m *model) removeName(d *node, e *dentry) {
	e.gone = true
	delete(d.entries, e.name)
	now := m.now()
	d.mtime, d.ctime = now, now
	m.dropLink(d, e.node)
}

// dropLink takes a link off n, which was in the directory d.
func (m *model) dropLink(d, n *node) {
	n.ctime = m.now()
	if n.isDir() {
		n.nlink = 0
		d.nlink--
	} else {
		n.nlink--
		if n.nlink > 0 {
			m.usedSpace -= inodeSpace
		}
	}
	m.reap(n)
}
