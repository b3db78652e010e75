package inode

import "syscall"

// CopyMax is how much data CopyRange copies at most, in bytes: so much that
// its locks are held for a few milliseconds, unless for holes: one is made in one
// go, however long it is and however much was there to be freed.
const CopyMax = 16 << 20

// CopyRange copies up to length bytes of the file in from inOffset on to the
// file out at outOffset, and returns how many it copied: up to the end of in,
// and no more than CopyMax that are not in holes (copy_file_range(2)). Each call
// is atomic; who wants more than one copies must call again, and others may
// come between. At the limit of blocks it copies what fits, and fails with
// ENOSPC when that is nothing.
//
// A hole becomes a hole, of whole blocks, and zeros at its ends, whatever was
// there: it takes no room. (tmpfs, where the data goes through a pipe, fills
// it. What reads the copy cannot tell.) Data is copied and not shared.
//
// ESTALE, then EISDIR if either is a directory, EINVAL if either is another
// file that is not regular, EPERM if out is immutable or append-only, EINVAL for
// what is negative, EFBIG behind SizeMax, EINVAL if both are one file and the
// parts overlap (generic_copy_file_checks, fs/read_write.c).
func (s *Store) CopyRange(in ID, inOffset int64, out ID, outOffset, length int64) (int64, syscall.Errno) {
	from, to := s.get(in), s.get(out)
	switch {
	case from == nil || to == nil:
		return 0, syscall.ESTALE
	case from.isDir() || to.isDir():
		return 0, syscall.EISDIR
	case from.kind != typeRegular || to.kind != typeRegular:
		return 0, syscall.EINVAL
	}
	defer lockCopy(from, to)()
	switch {
	case from.freed() || to.freed():
		return 0, syscall.ESTALE
	case to.protectedLocked(): // nor is there copy_file_range(2) with O_APPEND
		return 0, syscall.EPERM
	case inOffset < 0 || outOffset < 0 || length < 0:
		return 0, syscall.EINVAL
	case outOffset == SizeMax:
		return 0, syscall.EFBIG
	}
	length = max(min(length, from.size-inOffset, SizeMax-outOffset), 0)
	switch {
	case from == to && outOffset+length > inOffset && outOffset < inOffset+length:
		return 0, syscall.EINVAL
	case length == 0:
		return 0, 0
	}
	source, _ := from.content.(*regular)
	n := s.copyBlocks(source, inOffset, to.regularLocked(), outOffset, length)
	if n == 0 {
		return 0, syscall.ENOSPC
	}
	s.accessedLocked(from)
	to.size = max(to.size, outOffset+n)
	to.mtime = s.clock.now()
	to.ctime = to.mtime
	return n, 0
}

// copyBlocks copies contents, holes as holes, and returns how much of it: what
// found room, CopyMax of data at most. from may be nil, or be to.
func (s *Store) copyBlocks(from *regular, inOffset int64, to *regular, outOffset, length int64) int64 {
	var buf [BlockSize]byte
	at, end := inOffset, inOffset+length
	for left := int64(CopyMax); at < end && left > 0; {
		if data := from.seek(at, end, true); data > at {
			start := outOffset + at - inOffset
			s.punch(to, start, start+data-at)
			at = data
			continue
		}
		hole := from.seek(at, at+min(end-at, left), false)
		for at < hole {
			src := s.contents(from, at, hole, &buf)
			n := s.writeBlocks(to, src, outOffset+at-inOffset)
			at += int64(n)
			left -= int64(n)
			if n < len(src) {
				return at - inOffset
			}
		}
	}
	return at - inOffset
}

// contents returns the memory of a piece of the data from one offset to another,
// from the start on. That of a fragment is copied to buf, since a fragment may
// move when the file is written to.
func (s *Store) contents(r *regular, from, to int64, buf *[BlockSize]byte) []byte {
	within := from % BlockSize
	if from < BlockSize && r.fragment.slab != nil {
		src := buf[:min(to-from, BlockSize-within)]
		s.readBlocks(r, src, from)
		return src
	}
	b := runAt(r.window(from>>blockBits), 0, leafBlocks-int(from>>blockBits%leafBlocks))
	mem := s.blocks.bytes(b)[within:]
	return mem[:min(to-from, int64(len(mem)))]
}
