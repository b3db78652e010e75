package fuzz

// class is what sort of inode a reference should be to.
type class int

const (
	anything class = iota
	directories
	files
	symlinks

	classes
)

// scope knows which operations gave out inodes, as far as one can tell without
// running them. Most references are drawn from what fits: a program in which
// every second operation fails with ENOTDIR finds little.
type scope struct {
	ops   int
	made  [classes][]Ref
	names []place // that operations made

	// Where those begin, in one piece of memory: few programs need more.
	room      [classes][16]Ref
	roomNames [16]place
}

// place is where a name is.
type place struct {
	dir  Ref
	name string
}

func newScope() *scope {
	s := new(scope)
	s.names = s.roomNames[:0]
	for c := range s.made {
		s.made[c] = s.room[c][:0]
	}
	s.made[anything] = append(s.made[anything], Root)
	s.made[directories] = append(s.made[directories], Root)
	return s
}

// add takes note of the next operation.
func (s *scope) add(o *Op) {
	s.ops++
	r := Ref(s.ops)
	switch o.Kind {
	case Lookup, LookupID, LookupParent, Link, Mknod, Symlink, Mkdir, Tmpfile:
		s.made[anything] = append(s.made[anything], r)
	}
	switch o.Kind {
	case Mkdir, LookupParent:
		s.made[directories] = append(s.made[directories], r)
	case Symlink:
		s.made[symlinks] = append(s.made[symlinks], r)
	case Mknod:
		if t := o.Mode & typeMask; t == 0 || t == typeRegular {
			s.made[files] = append(s.made[files], r)
		}
	case Tmpfile:
		s.made[files] = append(s.made[files], r)
	}
	switch o.Kind {
	case Mknod, Mkdir, Symlink:
		s.names = append(s.names, place{o.Inode, o.Name})
	case Link, Rename:
		s.names = append(s.names, place{o.NewDir, o.NewName})
	}
}
