package inode

import "syscall"

// Modes of Fallocate (linux/falloc.h).
const (
	FallocKeepSize  = 0x01
	FallocPunchHole = 0x02
	FallocZeroRange = 0x10
)

// Fallocate changes the room that a part of a file has (fallocate(2)). Mode 0
// takes blocks for all of it, FallocZeroRange makes it zero as well, and both
// let the file grow to its end unless FallocKeepSize is set;
// FallocPunchHole|FallocKeepSize makes a hole of it. ENODEV if the file is not
// regular, EINVAL for what is no range, EFBIG behind SizeMax, EOPNOTSUPP for other
// modes. EPERM if the file is immutable, or append-only and the mode other than
// the first. ENOSPC, with nothing changed, if there is not room for all.
func (s *Store) Fallocate(id ID, mode uint32, offset, length int64) syscall.Errno {
	i, errno := s.lock(id)
	if errno != 0 {
		return errno
	}
	defer i.mu.Unlock()
	end := offset + length
	switch {
	case i.kind != typeRegular:
		return syscall.ENODEV
	case offset < 0 || length <= 0:
		return syscall.EINVAL
	case end < 0:
		return syscall.EFBIG
	}
	switch mode {
	case 0, FallocKeepSize, FallocZeroRange, FallocZeroRange | FallocKeepSize, FallocPunchHole | FallocKeepSize:
	default:
		return syscall.EOPNOTSUPP
	}
	if i.immutableLocked() || i.appendOnlyLocked() && mode&^FallocKeepSize != 0 {
		return syscall.EPERM
	}
	r := i.regularLocked()
	switch mode &^ FallocKeepSize {
	case 0:
		errno = s.allocate(r, offset, end)
	case FallocZeroRange:
		if errno = s.allocate(r, offset, end); errno == 0 {
			s.zeroBlocks(r, offset, end)
		}
	case FallocPunchHole:
		s.punch(r, offset, end)
	}
	if errno != 0 {
		return errno
	}
	if mode&FallocKeepSize == 0 {
		i.size = max(i.size, end)
	}
	i.mtime = s.clock.now()
	i.ctime = i.mtime
	return 0
}

// punch makes a hole from one offset to another: of whole blocks, zeros in
// those at its ends.
func (s *Store) punch(r *regular, from, to int64) {
	first, end := blockCount(from), to>>blockBits
	if first >= end {
		s.zeroBlocks(r, from, to)
		return
	}
	s.zeroBlocks(r, from, first<<blockBits)
	s.zeroBlocks(r, end<<blockBits, to)
	s.dropBlocks(r, first, end)
}

// allocate puts blocks in place of the holes from one offset to another.
func (s *Store) allocate(r *regular, from, to int64) syscall.Errno {
	first, end := from>>blockBits, blockCount(to)
	if first == 0 && r.fragment.slab != nil {
		s.unpack(r)
	}
	missing := end - first - r.count(first, end)
	if !s.limits.takeAllBlocks(missing) {
		return syscall.ENOSPC
	}
	for first < end {
		w, l := s.makeWindow(r, first, int(min(end-first, leafBlocks)))
		r.markUnwritten(l, w, int(first%leafBlocks))
		s.fill(r, l, w, holes(w), 0, 0)
		first += int64(len(w))
	}
	return 0
}

// markUnwritten notes that the holes in the window w, which begins at place
// first of the leaf l, or of head if that is nil, are about to become blocks.
// Those that are there count as written from now on: tmpfs clears an unwritten
// page when it is allocated once more, and takes it for data then.
func (r *regular) markUnwritten(l *leaf, w []blockNo, first int) {
	unwritten := r.unwritten
	switch {
	case l != nil:
		unwritten = &l.unwritten
	case unwritten == nil:
		unwritten = new(bitmap)
		r.unwritten = unwritten
	}
	unwritten.clear(first, first+len(w))
	for at, b := range w {
		if b == 0 {
			unwritten.set(first + at)
		}
	}
}

// count returns how many blocks there are from first up to end.
func (r *regular) count(first, end int64) (n int64) {
	add := func(w []blockNo) { n += int64(len(w)) - holes(w) }
	if first < int64(len(r.head)) {
		add(r.head[first:min(end, int64(len(r.head)))])
	}
	if r.tail != nil {
		r.tail.AscendGreaterOrEqual(indexedLeaf{index: first >> leafBits}, func(l indexedLeaf) bool {
			start := l.index << leafBits
			if start >= end {
				return false
			}
			add(l.blocks[max(first-start, 0):min(end-start, leafBlocks)])
			return true
		})
	}
	return n
}
