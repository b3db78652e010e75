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
	if i.kind != modeRegular || whence != SeekData && whence != SeekHole {
		return 0, syscall.EINVAL
	}
	if offset < 0 || offset >= i.size {
		return 0, syscall.ENXIO
	}
	r, _ := i.content.(*regular)
	for offset < i.size {
		data, end := r.extentAt(offset)
		if data == (whence == SeekData) {
			return offset, 0
		}
		offset = end
	}
	if whence == SeekData {
		return 0, syscall.ENXIO
	}
	return i.size, 0
}

// extentAt is extent for an offset in bytes, and up to one. r may be nil.
func (r *regular) extentAt(offset int64) (data bool, end int64) {
	if r == nil {
		return false, SizeMax
	}
	data, block := r.extent(offset >> blockBits)
	return data, blockEnd(block - 1)
}
