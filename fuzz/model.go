package fuzz

import (
	"fmt"
	"math"
	"strconv"
	"syscall"
)

// model is what the store should be, as plainly as it can be said: maps, slices
// and counters, no thought of memory or speed, and nothing in common with the
// store. It answers as tmpfs does. Where the kernel answers before it asks the
// filesystem, tmpfs included (which of two errors comes first, mostly), it
// answers as the store documents.
type model struct {
	limits Limits
	clock  int64 // what the clock of the store said before the operation
	root   *node
	nodes  []*node // all that there are, in the order they were made
	byID   map[uint64]*node

	// Each number with its generation that there ever was.
	given map[[2]uint64]bool

	usedBlocks int64
	usedSpace  int64 // bytes, of Limits.Inodes times inodeSpace
}

// node is an inode.
type node struct {
	id, generation uint64
	mode           uint32
	nlink          uint32
	uid, gid, rdev uint32
	flags          uint32
	size           int64
	lookups        int64

	atime, mtime, ctime, btime stamp

	parent  *node // of a directory; the root is its own
	entries map[string]*dentry
	blocks  map[int64]*[blockSize]byte // of a regular file, without the holes
	// Which of blocks fallocate(2) made, and nobody wrote to since.
	unwritten map[int64]bool
	linkable  bool // a file without a name that may have one
	target    string
	xattrs    map[string][]byte

	listing *listing // the last one of a directory
}

// dentry is a name. A name that is removed and made again is another one.
type dentry struct {
	name string
	node *node
	gone bool
}

// What st_mode is made of (inode(7)).
const (
	typeMask    = 0o170000
	typeFIFO    = 0o010000
	typeChar    = 0o020000
	typeDir     = 0o040000
	typeBlock   = 0o060000
	typeRegular = 0o100000
	typeSymlink = 0o120000
	typeSocket  = 0o140000
	permissions = 0o007777
	setgidBit   = 0o002000
)

// What tmpfs accounts with (mm/shmem.c, fs/xattr.c).
const (
	inodeSpace    = 1024 // BOGO_INODE_SIZE
	direntSize    = 20   // BOGO_DIRENT_SIZE
	xattrSpace    = 40   // struct simple_xattr
	shortSymlink  = 128  // SHORT_SYMLINK_LEN, with the NUL
	nameMax       = 255
	pathMax       = 4096
	xattrNameMax  = 255
	xattrValueMax = 65536
)

func newModel(l Limits) *model {
	m := &model{limits: l, byID: map[uint64]*node{}, given: map[[2]uint64]bool{}}
	m.usedSpace = inodeSpace
	m.root = &node{id: 1, mode: typeDir | rootMode, nlink: 2, entries: map[string]*dentry{}}
	m.root.parent = m.root
	m.nodes = []*node{m.root}
	m.byID[1] = m.root
	return m
}

func (n *node) kind() uint32    { return n.mode & typeMask }
func (n *node) isDir() bool     { return n.kind() == typeDir }
func (n *node) isRegular() bool { return n.kind() == typeRegular }

// stSize is st_size.
func (n *node) stSize() int64 {
	switch n.kind() {
	case typeDir:
		return int64(2+len(n.entries)) * direntSize
	case typeSymlink:
		return int64(len(n.target))
	}
	return n.size
}

// stBlocks is how many blocks it takes.
func (n *node) stBlocks() int64 {
	if n.kind() == typeSymlink && len(n.target) >= shortSymlink {
		return 1
	}
	return int64(len(n.blocks))
}

func (m *model) freeBlocks() int64 { return m.limits.Blocks - m.usedBlocks }
func (m *model) freeSpace() int64  { return m.limits.Inodes*inodeSpace - m.usedSpace }

// reap frees n if it has neither links nor lookups.
func (m *model) reap(n *node) {
	if n.nlink > 0 || n.lookups > 0 || n == m.root {
		return
	}
	m.usedBlocks -= n.stBlocks()
	m.usedSpace -= inodeSpace
	for name, value := range n.xattrs {
		m.usedSpace -= spaceOf(name, value)
	}
	delete(m.byID, n.id)
	for k := range m.nodes {
		if m.nodes[k] == n {
			m.nodes = append(m.nodes[:k], m.nodes[k+1:]...)
			return
		}
	}
}

func (m *model) forget(id, count uint64) {
	n := m.byID[id]
	if n == nil {
		return
	}
	if count >= uint64(n.lookups) {
		n.lookups = 0
	} else {
		n.lookups -= int64(count)
	}
	m.reap(n)
}

// get returns the inode id: ESTALE if there is none.
func (m *model) get(id uint64) (*node, syscall.Errno) {
	if n := m.byID[id]; n != nil {
		return n, 0
	}
	return nil, syscall.ESTALE
}

func (m *model) getDir(id uint64) (*node, syscall.Errno) {
	n, errno := m.get(id)
	if errno == 0 && !n.isDir() {
		return nil, syscall.ENOTDIR
	}
	return n, errno
}

// stamp is a time of an inode, as far as the model knows it: it lies between
// the two, in nanoseconds since the epoch.
type stamp struct{ from, to int64 }

func exactly(t int64) stamp { return stamp{t, t} }

func (s stamp) String() string {
	switch {
	case s.from == s.to:
		return strconv.FormatInt(s.from, 10)
	case s.to == math.MaxInt64:
		return fmt.Sprintf("%d or later", s.from)
	}
	return fmt.Sprintf("%d to %d", s.from, s.to)
}

// now is the time of a change: the clock of the store says that, or later.
func (m *model) now() stamp { return stamp{m.clock, math.MaxInt64} }

// see reports whether the store may show the time t for s, which is exact then.
func (s *stamp) see(t int64) bool {
	if t < s.from || t > s.to {
		return false
	}
	*s = exactly(t)
	return true
}
