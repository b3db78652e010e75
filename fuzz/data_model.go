package fuzz

import "syscall"

// flatFile is a file as a slice of bytes.
type flatFile struct {
	bytes []byte // up to the end of the file; never more than fileMax
	taken []bool // by block, whether the file has it
	dirty []bool // by block, whether it is data for lseek(2) too
	free  int64  // blocks, of the limits
}

// reset makes it an empty file, in a store with as many blocks free.
func (f *flatFile) reset(blocks int64) {
	if f.bytes == nil {
		f.bytes = make([]byte, 0, fileMax)
	}
	f.resize(0)
	f.taken, f.dirty = f.taken[:0], f.dirty[:0]
	f.free = blocks
}

// resize moves the end; what is behind it stays zero.
func (f *flatFile) resize(size int64) {
	if n := int64(len(f.bytes)); size < n {
		clear(f.bytes[size:n])
	}
	f.bytes = f.bytes[:size]
}

func (f *flatFile) blocks() (n int64) {
	for _, taken := range f.taken {
		if taken {
			n++
		}
	}
	return n
}

// allHoles reports whether there is no block between two offsets.
func (f *flatFile) allHoles(from, to int64) bool {
	n := int64(len(f.taken))
	for _, taken := range f.taken[min(max(from, 0)/blockSize, n):min(to/blockSize, n)] {
		if taken {
			return false
		}
	}
	return true
}

// take makes the block no hole; it reports whether there was one to have.
func (f *flatFile) take(block int64) bool {
	for block >= int64(len(f.taken)) {
		f.taken, f.dirty = append(f.taken, false), append(f.dirty, false)
	}
	if f.taken[block] {
		return true
	}
	if f.free == 0 {
		return false
	}
	f.taken[block] = true
	f.free--
	return true
}

// drop makes holes of the blocks from first up to end.
func (f *flatFile) drop(first, end int64) {
	for block := first; block < min(end, int64(len(f.taken))); block++ {
		if f.taken[block] {
			f.taken[block], f.dirty[block] = false, false
			f.free++
		}
	}
}

func (f *flatFile) read(offset int64, length int) ([]byte, syscall.Errno) {
	if offset < 0 {
		return nil, syscall.EINVAL
	}
	start := min(offset, int64(len(f.bytes)))
	end := start + min(int64(length), int64(len(f.bytes))-start)
	return f.bytes[start:end], 0
}

func (f *flatFile) write(src []byte, offset int64) (int, syscall.Errno) {
	switch {
	case offset < 0:
		return 0, syscall.EINVAL
	case len(src) == 0:
		return 0, 0
	}
	end := offset
	for end < offset+int64(len(src)) && f.take(end/blockSize) {
		f.dirty[end/blockSize] = true
		end = min((end/blockSize+1)*blockSize, offset+int64(len(src)))
	}
	if end == offset {
		return 0, syscall.ENOSPC
	}
	f.resize(max(int64(len(f.bytes)), end))
	return copy(f.bytes[offset:end], src), 0
}

func (f *flatFile) truncate(size int64) syscall.Errno {
	if size < 0 {
		return syscall.EINVAL
	}
	if size <= int64(len(f.bytes)) {
		f.drop((size+blockSize-1)/blockSize, fileMax)
	}
	f.resize(size)
	return 0
}

func (f *flatFile) fallocate(flags uint32, offset, length int64) syscall.Errno {
	if offset < 0 || length <= 0 {
		return syscall.EINVAL
	}
	end := offset + length
	inFile := f.bytes[min(offset, int64(len(f.bytes))):min(end, int64(len(f.bytes)))]
	if flags == punchHole|keepSize {
		clear(inFile)
		f.drop((offset+blockSize-1)/blockSize, end/blockSize)
		return 0
	}
	missing := int64(0)
	for block := offset / blockSize; block*blockSize < end; block++ {
		if block >= int64(len(f.taken)) || !f.taken[block] {
			missing++
		}
	}
	if missing > f.free {
		return syscall.ENOSPC
	}
	for block := offset / blockSize; block*blockSize < end; block++ {
		again := block < int64(len(f.taken)) && f.taken[block]
		f.take(block)
		f.dirty[block] = again
	}
	if flags&zeroRange != 0 {
		clear(inFile)
	}
	if flags&keepSize == 0 {
		f.resize(max(int64(len(f.bytes)), end))
	}
	return 0
}

// copy copies bytes within the file, and holes as holes.
func (f *flatFile) copy(from, to, length int64) (int64, syscall.Errno) {
	size := int64(len(f.bytes))
	if from < 0 || to < 0 || length < 0 {
		return 0, syscall.EINVAL
	}
	if from >= size {
		return 0, 0
	}
	length = min(length, size-from)
	if from < to+length && to < from+length {
		return 0, syscall.EINVAL
	}
	done := int64(0)
	for done < length {
		at, n := from+done, int64(0)
		for n < length-done && !f.isData(at+n) {
			n++
		}
		if n > 0 { // a hole: it is punched, and the end moved
			f.fallocate(punchHole|keepSize, to+done, n)
			f.resize(max(int64(len(f.bytes)), to+done+n))
			done += n
			continue
		}
		for n < length-done && f.isData(at+n) {
			n++
		}
		written, errno := f.write(append([]byte(nil), f.bytes[at:at+n]...), to+done)
		done += int64(written)
		if errno != 0 && done == 0 {
			return 0, errno
		}
		if int64(written) < n {
			break
		}
	}
	return done, 0
}

func (f *flatFile) isData(at int64) bool {
	block := at / blockSize
	return block < int64(len(f.dirty)) && f.dirty[block]
}

func (f *flatFile) seek(offset int64, whence uint32) (int64, syscall.Errno) {
	size := int64(len(f.bytes))
	if offset < 0 || offset >= size {
		return 0, syscall.ENXIO
	}
	for at := offset; at < size; at = (at/blockSize + 1) * blockSize {
		if f.isData(at) == (whence == seekData) {
			return at, 0
		}
	}
	if whence == seekData {
		return 0, syscall.ENXIO
	}
	return size, 0
}
