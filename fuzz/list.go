package fuzz

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
)

// list reads some names of a directory.
func (x *execution) list(id inode.ID, o *Op) *Finding {
	m := x.model
	n, want := m.getDir(uint64(id))
	var offset uint64
	if n != nil && o.Flags&Resume != 0 && n.listing != nil {
		offset = n.listing.next
	}
	errno, ended := x.readDir(id, o.Kind, offset, o.Count)
	if f := x.errno(errno, want); f != nil || errno != 0 {
		return f
	}
	if offset == 0 {
		m.accessed(n)
		n.startListing()
	}
	return x.checkListed(n, o.Kind, ended)
}

// readDir fills x.listed, and x.entries with what ReadDirPlus gave out; count 0
// is for all names. It also returns whether it came to the end.
func (x *execution) readDir(id inode.ID, k Kind, offset, count uint64) (errno syscall.Errno, ended bool) {
	x.listed, x.entries = x.listed[:0], x.entries[:0]
	ended = true
	take := func(d inode.Dirent) bool {
		if count > 0 && uint64(len(x.listed)) == count {
			ended = false
			return false
		}
		x.listed = append(x.listed, d)
		return true
	}
	if k == ReadDirPlus {
		errno = x.store.ReadDirPlus(id, offset, func(d inode.Dirent, e inode.Entry) bool {
			if !take(d) {
				return false
			}
			x.entries = append(x.entries, e)
			return true
		})
	} else {
		errno = x.store.ReadDir(id, offset, take)
	}
	return errno, ended
}

// checkListed compares what readDir found with the directory n, of which it is
// a part.
func (x *execution) checkListed(n *node, k Kind, ended bool) *Finding {
	l := n.listing
	for at, d := range x.listed {
		l.next = d.Next
		if d.Name == "." || d.Name == ".." {
			dots := n
			if d.Name == ".." {
				dots = n.parent
			}
			if n.nlink > 0 && (uint64(d.ID) != dots.id || d.Type != typeDir) {
				return differ("listing", "%q is %d (%o), want %d", d.Name, d.ID, d.Type, dots.id)
			}
			continue
		}
		e := n.entries[d.Name]
		switch {
		case e == nil:
			return differ("listing", "%q is listed and not there", d.Name)
		case l.seen[e]:
			return differ("listing", "%q is listed twice", d.Name)
		case uint64(d.ID) != e.node.id || d.Type != e.node.kind():
			return differ("listing", "%q is %d (%o), want %d (%o)", d.Name, d.ID, d.Type, e.node.id, e.node.kind())
		}
		l.seen[e] = true
		if k == ReadDirPlus {
			e.node.lookups++
			if f := x.sameAttr(&x.entries[at].Attr, e.node); f != nil {
				return f
			}
			if g := x.entries[at].Generation; g != e.node.generation {
				return differ("generation", "%d of %q, want %d", g, d.Name, e.node.generation)
			}
		}
	}
	if ended {
		if name, ok := l.missed(); ok {
			return differ("listing", "%q is not listed", name)
		}
	}
	return nil
}
