package inode

import "syscall"

// Write copies src to the file id at offset, which may lie behind its end, and
// returns how many bytes it copied (pwrite(2)). At the limit of blocks it
// writes what fits, and fails with ENOSPC when that is nothing. EISDIR and EINVAL
// as Read, EPERM if the file is immutable, or append-only and offset before its
// end, EFBIG behind SizeMax.
func (s *Store) Write(id ID, src []byte, offset int64) (int, syscall.Errno) {
	return s.write(id, src, offset, false)
}

// WriteBack is Write of pages that were changed earlier, in a mapping or with the
// writeback cache: flags that the file has got since do not forbid it.
func (s *Store) WriteBack(id ID, src []byte, offset int64) (int, syscall.Errno) {
	return s.write(id, src, offset, true)
}

func (s *Store) write(id ID, src []byte, offset int64, back bool) (int, syscall.Errno) {
	i, errno := s.lock(id)
	if errno != 0 {
		return 0, errno
	}
	defer i.mu.Unlock()
	if errno := i.checkRegular(); errno != 0 {
		return 0, errno
	}
	switch {
	case offset < 0:
		return 0, syscall.EINVAL
	case !back && (i.immutableLocked() || i.appendOnlyLocked() && offset < i.size):
		return 0, syscall.EPERM
	case len(src) == 0:
		return 0, 0
	case offset == SizeMax:
		return 0, syscall.EFBIG
	}
	src = src[:min(int64(len(src)), SizeMax-offset)]
	n := s.writeBlocks(i.regularLocked(), src, offset)
	if n == 0 {
		return 0, syscall.ENOSPC
	}
	i.size = max(i.size, offset+int64(n))
	i.mtime = s.clock.now()
	i.ctime = i.mtime
	return n, 0
}

// regularLocked returns the content of a regular file, made if need be.
func (i *inode) regularLocked() *regular {
	r, _ := i.content.(*regular)
	if r == nil {
		r = new(regular)
		i.content = r
	}
	return r
}

// writeBlocks copies src to the file and returns how much of it found room.
func (s *Store) writeBlocks(r *regular, src []byte, offset int64) int {
	if end := offset + int64(len(src)); end <= fragmentMax && (len(r.head) == 0 || r.head[0] == 0) {
		return s.writeFragment(r, src, offset)
	}
	if offset < BlockSize && r.fragment.slab != nil {
		s.unpack(r)
	}
	written := 0
	for written < len(src) {
		within, left := int(offset%BlockSize), len(src)-written
		w, l := s.makeWindow(r, offset>>blockBits, (within+left+BlockSize-1)>>blockBits)
		granted := s.limits.takeBlocks(holes(w))
		have := s.fill(r, l, w, granted, within, within+left)
		if first := int(offset >> blockBits % leafBlocks); l != nil {
			l.unwritten.clear(first, first+have)
		} else {
			r.unwritten.clear(first, first+have)
		}
		for at := 0; at < have; {
			b := runAt(w, at, have)
			at += int(b.n)
			n := copy(s.blocks.bytes(b)[within:], src[written:])
			written, offset, within = written+n, offset+int64(n), 0
		}
		if have < len(w) {
			r.trim(offset>>blockBits>>leafBits, l)
			break
		}
	}
	return written
}

// holes returns how many places of w are holes.
func holes(w []blockNo) (n int64) {
	for _, b := range w {
		if b == 0 {
			n++
		}
	}
	return n
}

// fill puts blocks in place of the holes in w, granted at most, which the
// caller has taken off the limits. It returns how many places of w, from the
// first on, are no holes then. The blocks are zero but for those that lie whole
// between the bytes from and to of the window, which the caller is to write.
func (s *Store) fill(r *regular, l *leaf, w []blockNo, granted int64, from, to int) int {
	r.blocks += granted
	if l != nil {
		l.count += int(granted)
	}
	for at := 0; at < len(w); {
		hole := runAt(w, at, len(w))
		if hole.start != 0 {
			at += int(hole.n)
			continue
		}
		if granted == 0 {
			return at
		}
		b, zero := s.blocks.alloc(uint32(min(int64(hole.n), granted)))
		granted -= int64(b.n)
		if zero && to > from { // about to be written
			s.blocks.provide(b)
		}
		for k := range b.n {
			no := b.start + blockNo(k)
			w[at] = no
			if !zero && (at*BlockSize < from || (at+1)*BlockSize > to) {
				clear(s.blocks.bytes(run{no, 1}))
			}
			at++
		}
	}
	return len(w)
}

// trim removes the leaf l, which may be nil, if no block has come into it.
func (r *regular) trim(index int64, l *leaf) {
	if l == nil || l.count > 0 {
		return
	}
	r.tail.Delete(indexedLeaf{index: index})
	if r.tail.Len() == 0 {
		r.tail = nil
	}
}

// writeFragment is writeBlocks for a file that is small and stays so.
func (s *Store) writeFragment(r *regular, src []byte, offset int64) int {
	end := int(offset) + len(src)
	switch old := r.fragment; {
	case old.slab == nil:
		if s.limits.takeBlocks(1) == 0 {
			return 0
		}
		r.blocks++
		r.fragment = s.slabs.alloc(end)
	case end > old.size():
		r.fragment = s.slabs.alloc(end)
		copy(s.slabs.bytes(r.fragment), s.slabs.bytes(old))
		s.slabs.free(old)
	}
	return copy(s.slabs.bytes(r.fragment)[offset:], src)
}

// unpack turns the fragment of a file that outgrew it into block 0.
func (s *Store) unpack(r *regular) {
	w, _ := s.makeWindow(r, 0, 1)
	b, _ := s.blocks.alloc(1)
	mem := s.blocks.bytes(b)
	clear(mem[copy(mem, s.slabs.bytes(r.fragment)):])
	w[0] = b.start
	s.slabs.free(r.fragment)
	r.fragment = fragment{}
}
