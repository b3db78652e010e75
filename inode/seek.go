package inode

import "syscall"

// Values of whence for Seek, those of Linux.
const (
	SeekData = 3
	SeekHole = 4
)

// Seek returns the first offset from offset on at which the file id has data,
// or a hole; there is one at the end of each file (lseek(2)). It goes by whole
// blocks. What fallocate(2) took room for, and nobody wrote to, is a hole
// (mapping_seek_hole_data, mm/filemap.c). EINVAL for another whence and for a
// file that is not regular; ENXIO for an offset that is negative or not before
// the end, and if only a hole follows where data is wanted.
func (s *Store) Seek(id ID, offset int64, whence int) (int64, syscall.Errno) {
	i, errno := s.rlock(id)
	if errno != 0 {
		return 0, errno
	}
	defer i.mu.RUnlock()
	if i.kind != typeRegular || whence != SeekData && whence != SeekHole {
		return 0, syscall.EINVAL
	}
	if offset < 0 || offset >= i.size {
		return 0, syscall.ENXIO
	}
	r, _ := i.content.(*regular)
	at := r.seek(offset, i.size, whence == SeekData)
	if at == i.size && whence == SeekData {
		return 0, syscall.ENXIO
	}
	return at, 0
}

// seek returns the first offset at which there is data, or else is none, from
// one offset up to another, which it returns if there is no such offset. r may
// be nil.
func (r *regular) seek(from, to int64, data bool) int64 {
	if r == nil {
		if data {
			return to
		}
		return from
	}
	if from >= to {
		return to
	}
	first := from >> blockBits
	block := r.nextExtent(first, blockCount(to), data)
	if block == first {
		return from
	}
	return min(blockEnd(block-1), to)
}
