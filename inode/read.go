package inode

import "syscall"

// Read copies the contents of the file id from offset on to dst, up to the end
// of the file, and returns how many bytes it copied (pread(2)). EISDIR for a
// directory, EINVAL for another file that is not regular and for a negative
// offset.
func (s *Store) Read(id ID, dst []byte, offset int64) (int, syscall.Errno) {
	return s.read(id, dst, offset, true)
}

// Peek is Read that leaves the time of last access alone (O_NOATIME of open(2)).
func (s *Store) Peek(id ID, dst []byte, offset int64) (int, syscall.Errno) {
	return s.read(id, dst, offset, false)
}

func (s *Store) read(id ID, dst []byte, offset int64, access bool) (int, syscall.Errno) {
	i, errno := s.rlock(id)
	if errno != 0 {
		return 0, errno
	}
	defer i.mu.RUnlock()
	if errno := i.checkRegular(); errno != 0 {
		return 0, errno
	}
	if offset < 0 {
		return 0, syscall.EINVAL
	}
	dst = dst[:max(min(int64(len(dst)), i.size-offset), 0)]
	r, _ := i.content.(*regular)
	s.readBlocks(r, dst, offset)
	if access {
		s.accessedLocked(i) // even if there was nothing to read, as on tmpfs
	}
	return len(dst), 0
}

// checkRegular reports why i has no contents to read or to write.
func (i *inode) checkRegular() syscall.Errno {
	switch i.kind {
	case typeRegular:
		return 0
	case typeDir:
		return syscall.EISDIR
	}
	return syscall.EINVAL
}

// readBlocks copies contents, which may reach behind the end of the file, to
// dst. r may be nil.
func (s *Store) readBlocks(r *regular, dst []byte, offset int64) {
	if r == nil {
		clear(dst)
		return
	}
	if r.fragment.slab != nil && offset < BlockSize {
		n := 0
		if size := int64(r.fragment.size()); offset < size {
			n = copy(dst, s.slabs.bytes(r.fragment)[offset:])
		}
		rest := min(int(BlockSize-offset), len(dst))
		clear(dst[n:rest])
		dst, offset = dst[rest:], offset+int64(rest)
	}
	for len(dst) > 0 {
		block, within := offset>>blockBits, int(offset%BlockSize)
		w := r.window(block)
		n := min((within+len(dst)+BlockSize-1)>>blockBits, leafBlocks-int(block%leafBlocks))
		for at := 0; at < n; {
			b := runAt(w, at, n)
			at += int(b.n)
			piece := min(int(b.n)<<blockBits-within, len(dst))
			if b.start == 0 {
				clear(dst[:piece])
			} else {
				copy(dst[:piece], s.blocks.bytes(b)[within:])
			}
			dst, offset, within = dst[piece:], offset+int64(piece), 0
		}
	}
}
