package fuzz

import (
	"fmt"
	"path"
	"slices"

	"golang.org/x/sys/unix"
)

// tree returns all that is in the directory, and the unlinked inodes that the
// program can still reach.
func (r *dirRun) tree() []Seen {
	t := treeWalk{dirRun: r, first: map[uint64]string{}}
	t.walk(r.root, ".")
	for k, f := range r.files {
		if f == nil || f.fd < 0 {
			continue
		}
		if _, linked := t.first[f.ino]; !linked {
			t.see(f, fmt.Sprintf("#%d", k+1))
		}
	}
	if r.Alone {
		t.seen = append(t.seen, Seen{"the filesystem", r.statFS()})
	}
	return t.seen
}

type treeWalk struct {
	*dirRun
	seen  []Seen
	first map[uint64]string // where an inode was seen first
}

// see takes note of all that there is to see of an inode.
func (t *treeWalk) see(f *dirInode, where string) {
	first, again := t.first[f.ino]
	if again {
		t.seen = append(t.seen, Seen{where, Answer{{"same inode as", first}}})
		return
	}
	t.first[f.ino] = where
	a, errno := t.attributes(f)
	if errno == 0 {
		a = append(append(a, t.flags(f)...), t.xattrs(f)...)
		switch f.mode & typeMask {
		case typeRegular:
			a = append(a, t.contents(f)...)
		case typeSymlink:
			target, e := t.readlink(f)
			a, errno = append(a, target...), e
		}
	}
	if errno != 0 {
		a = append(a, Field{keyErrno, unix.ErrnoName(errno)})
	}
	t.seen = append(t.seen, Seen{where, a})
}

// walk sees a directory and all that is in it.
func (t *treeWalk) walk(dir *dirInode, where string) {
	t.see(dir, where)
	fd, errno := t.opened(dir)
	if errno == 0 {
		defer unix.Close(fd)
		var listed Answer
		if listed, errno = t.whole(dir, fd, false); errno == 0 {
			t.seen = append(t.seen, Seen{where + "/", listed})
		}
	}
	if errno != 0 {
		t.seen = append(t.seen, Seen{where + "/", Answer{{keyErrno, unix.ErrnoName(errno)}}})
		return
	}
	list, _ := t.list(fd)
	for _, e := range list {
		f, errno := t.open(dir, e.name)
		at := path.Join(where, e.name)
		switch {
		case errno != 0:
			t.seen = append(t.seen, Seen{at, Answer{{keyErrno, unix.ErrnoName(errno)}}})
			continue
		case f.mode&typeMask == typeDir:
			t.walk(f, at)
		default:
			t.see(f, at)
		}
		f.forget()
	}
}

// xattrs returns the extended attributes of an inode.
func (t *treeWalk) xattrs(f *dirInode) (a Answer) {
	list, _, errno := t.xattrNames(f, &Op{Size: 1 << 16})
	if errno != 0 {
		return Answer{{"xattrs", unix.ErrnoName(errno)}}
	}
	for _, name := range list {
		value, errno := t.getXattr(f, name, xattrValueMax)
		if errno != 0 {
			value = Answer{{keyData, unix.ErrnoName(errno)}}
		}
		a = append(a, Field{name, value.Get(keyData)})
	}
	return a
}

// contents reads a file where the program may have written to it, and around
// that. What a file is made of otherwise is holes.
func (t *treeWalk) contents(f *dirInode) Answer {
	fd, err := unix.Open(f.path(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return Answer{{keyData, unix.ErrnoName(errnoOf(err))}}
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return Answer{{keyData, unix.ErrnoName(errnoOf(err))}}
	}
	if t.OneFile { // it was read by operations
		return Answer{{keyHoles, falseHoles(fd, st.Size)}}
	}
	t.dirRun.read[f.ino] = true
	var data []byte
	for _, p := range t.touched(st.Size) {
		for at := p.from; at < p.to; {
			piece := make([]byte, min(p.to-at, maxIO))
			n, err := unix.Pread(fd, piece, at)
			if err != nil {
				return Answer{{keyData, unix.ErrnoName(errnoOf(err))}}
			}
			if n == 0 {
				break
			}
			data, at = append(data, piece[:n]...), at+int64(n)
		}
	}
	return Answer{{keyData, string(data)}, {keyHoles, falseHoles(fd, st.Size)}}
}

type span struct{ from, to int64 }

// touched returns where the operations of the program may have left something in
// a file of a size.
func (r *dirRun) touched(size int64) []span {
	spans := []span{{0, 2 * blockSize}, {size - 2*blockSize, size}}
	for k := range r.program.Ops {
		o := &r.program.Ops[k]
		switch {
		case o.Offset < 0 || o.Size < 0:
		case o.Kind == Write:
			spans = append(spans, span{o.Offset - blockSize, o.Offset + int64(o.ioSize()) + blockSize})
		case o.Kind == CopyRange && o.NewOffset >= 0:
			spans = append(spans, span{o.NewOffset - blockSize, o.NewOffset + min(o.Size, copyMax) + blockSize})
		case o.Kind == Fallocate:
			spans = append(spans, span{o.Offset - blockSize, o.Offset + blockSize}, span{o.Offset + o.Size - blockSize, o.Offset + o.Size + blockSize})
		case o.Kind == SetAttr && o.Set&SetSize != 0:
			spans = append(spans, span{o.Size - blockSize, o.Size + blockSize})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return int(min(1, max(-1, a.from-b.from))) })
	done := int64(0)
	var merged []span
	for _, s := range spans {
		if s.to < s.from { // past 2^63
			s.to = size
		}
		s.from, s.to = max(s.from, done), min(s.to, size)
		if s.from < s.to {
			merged = append(merged, s)
			done = s.to
		}
	}
	return merged
}

// falseHoles returns a place that is not zero and in what lseek(2) says is a hole.
// Where there is one is the filesystem's choice, but it must be zero.
func falseHoles(fd int, size int64) string {
	buf := make([]byte, blockSize)
	if size > farSize {
		return ""
	}
	for at := int64(0); at < size; {
		hole, err := unix.Seek(fd, at, unix.SEEK_HOLE)
		if err != nil || hole >= size {
			return ""
		}
		data, err := unix.Seek(fd, hole, unix.SEEK_DATA)
		if err != nil {
			data = size
		}
		for _, p := range [...]int64{hole, max(hole, data-blockSize)} {
			n, _ := unix.Pread(fd, buf[:min(blockSize, data-p)], p)
			for k, b := range buf[:max(n, 0)] {
				if b != 0 {
					return fmt.Sprintf("%#x at %d", b, p+int64(k))
				}
			}
		}
		at = data
	}
	return ""
}
