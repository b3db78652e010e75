package inode

import (
	"strings"
	"syscall"

	"github.com/google/btree"
)

// directory is the content of a directory: its dentries in a B-tree, in the
// order of their cookies.
//
// A cookie is the position of a dentry in the directory as readdir(3) and
// telldir(3) know it. It is the hash of the name, so one tree serves both to
// find a name and to list the names, a cookie stays what it is for as long as
// the dentry is there, and a listing that goes on from a cookie misses and
// repeats nothing that stayed, whatever came and went meanwhile. (The htree of
// ext4 does the same.) The seed of the hash is the Store's own and random:
// nobody can choose names that collide.
type directory struct {
	// The directory that this one is in; the root is its own parent. Changed
	// under Store.renaming and the mu of this directory's inode, so it may be
	// read under either.
	parent *inode

	// nil until the first dentry.
	entries *btree.BTreeG[dirent]

	// INVARIANT: displaced is the number of dentries whose cookie is not the
	// hash of their name, because that cookie was another's.
	displaced int
}

// dirent is a dentry: a name in a directory.
type dirent struct {
	cookie uint64
	name   string
	child  *inode
}

const (
	direntDegree = 64

	cookieDot    = 1
	cookieDotDot = 2
	cookieFirst  = 16 // the least of a dentry

	// How far from the hash of its name a cookie may be. In a directory of a
	// billion names two hashes of 62 bits are this close once in 2^26
	// directories.
	displacedMax = 64

	// What a dentry adds to st_size of its directory (BOGO_DIRENT_SIZE).
	direntSize = 20
)

func direntLess(a, b dirent) bool { return a.cookie < b.cookie }

func (s *Store) cookie(name string) uint64 {
	return s.hash(s.seed, name)>>2 + cookieFirst
}

// len returns the number of dentries, without "." and "..".
func (d *directory) len() int {
	if d.entries == nil {
		return 0
	}
	return d.entries.Len()
}

// find returns the dentry of name; its child is nil if there is none.
func (s *Store) find(d *directory, name string) dirent {
	if d.entries == nil {
		return dirent{}
	}
	c := s.cookie(name)
	// That the child has a type is no question. But asking has the processor
	// fetch the inode while it fetches the name, and not after it.
	if e, ok := d.entries.Get(dirent{cookie: c}); ok && e.child.kind != 0 && e.name == name {
		return e
	}
	if d.displaced == 0 {
		return dirent{}
	}
	return d.findDisplaced(c, name)
}

// findDisplaced looks for a dentry that is not at the hash of its name.
func (d *directory) findDisplaced(c uint64, name string) (found dirent) {
	d.entries.AscendRange(dirent{cookie: c}, dirent{cookie: c + displacedMax}, func(e dirent) bool {
		if e.name == name {
			found = e
			return false
		}
		return true
	})
	return found
}

// add makes a dentry for child. The caller has seen that name is not there.
func (s *Store) add(d *directory, name string, child *inode) syscall.Errno {
	if d.entries == nil {
		d.entries = btree.NewWithFreeListG(direntDegree, direntLess, s.direntNodes)
	}
	c := s.cookie(name)
	if d.entries.Has(dirent{cookie: c}) {
		home := c
		for c++; d.entries.Has(dirent{cookie: c}); c++ {
			if c-home == displacedMax-1 {
				return syscall.ENOSPC
			}
		}
		d.displaced++
	}
	// The name may be a piece of a request's buffer.
	d.entries.ReplaceOrInsert(dirent{cookie: c, name: strings.Clone(name), child: child})
	return 0
}

// drop removes the dentry e.
func (s *Store) drop(d *directory, e dirent) {
	d.entries.Delete(e)
	if e.cookie != s.cookie(e.name) {
		d.displaced--
	}
}

// replace makes the dentry e name another child, at the same cookie.
func (d *directory) replace(e dirent, child *inode) {
	e.child = child
	d.entries.ReplaceOrInsert(e)
}

// checkName reports why name cannot be that of a dentry.
func checkName(name string) syscall.Errno {
	switch {
	case len(name) > NameMax:
		return syscall.ENAMETOOLONG
	case name == "":
		return syscall.ENOENT
	case name == "." || name == ".." || strings.IndexByte(name, '/') >= 0 || strings.IndexByte(name, 0) >= 0:
		return syscall.EINVAL
	}
	return 0
}
