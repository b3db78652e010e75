package fuzz

import (
	"math"
	"syscall"
)

func (n *node) checkRegular() syscall.Errno {
	switch {
	case n.isDir():
		return syscall.EISDIR
	case !n.isRegular():
		return syscall.EINVAL
	}
	return 0
}

func (m *model) read(id uint64, dst []byte, offset int64, flags uint32) (int, syscall.Errno) {
	n, errno := m.get(id)
	if errno == 0 {
		errno = n.checkRegular()
	}
	if errno == 0 && offset < 0 {
		errno = syscall.EINVAL
	}
	if errno != 0 {
		return 0, errno
	}
	if offset >= n.size {
		dst = nil
	} else if left := n.size - offset; int64(len(dst)) > left {
		dst = dst[:left]
	}
	n.copyTo(dst, offset)
	if flags&NoATime == 0 {
		m.accessed(n)
	}
	return len(dst), 0
}

// copyTo copies contents, zeros for holes.
func (n *node) copyTo(dst []byte, offset int64) {
	for len(dst) > 0 {
		within := offset % blockSize
		piece := dst[:min(int64(len(dst)), blockSize-within)]
		if b := n.blocks[offset/blockSize]; b != nil {
			copy(piece, b[within:])
		} else {
			clear(piece)
		}
		dst, offset = dst[len(piece):], offset+int64(len(piece))
	}
}

func (m *model) write(id uint64, src []byte, offset int64, flags uint32) (int, syscall.Errno) {
	n, errno := m.get(id)
	if errno == 0 {
		errno = n.checkRegular()
	}
	switch {
	case errno != 0:
		return 0, errno
	case offset < 0:
		return 0, syscall.EINVAL
	case flags&WriteBack == 0 && (n.immutable() || n.appendOnly() && offset < n.size):
		return 0, syscall.EPERM
	case len(src) == 0:
		return 0, 0
	case offset == math.MaxInt64:
		return 0, syscall.EFBIG
	}
	written := 0
	for written < len(src) && offset < math.MaxInt64 {
		b := m.block(n, offset/blockSize)
		if b == nil {
			break
		}
		delete(n.unwritten, offset/blockSize)
		within := offset % blockSize
		piece := src[written:]
		if left := math.MaxInt64 - offset; int64(len(piece)) > left {
			piece = piece[:left]
		}
		c := copy(b[within:], piece)
		written += c
		offset += int64(c)
	}
	if written == 0 {
		return 0, syscall.ENOSPC
	}
	n.size = max(n.size, offset)
	n.mtime, n.ctime = m.now(), m.now()
	return written, 0
}

// copyRange is a write of all that is in the part of a file, but that a hole
// makes a hole. (That a copy ends after so much data is for larger files than
// programs make.)
func (m *model) copyRange(in uint64, inOffset int64, out uint64, outOffset, length int64) (int64, syscall.Errno) {
	from, errno := m.get(in)
	if errno != 0 {
		return 0, errno
	}
	to, errno := m.get(out)
	switch {
	case errno != 0:
		return 0, errno
	case from.isDir() || to.isDir():
		return 0, syscall.EISDIR
	case !from.isRegular() || !to.isRegular():
		return 0, syscall.EINVAL
	case to.protected():
		return 0, syscall.EPERM
	case inOffset < 0 || outOffset < 0 || length < 0:
		return 0, syscall.EINVAL
	case outOffset == math.MaxInt64:
		return 0, syscall.EFBIG
	case inOffset > from.size:
		length = 0
	}
	length = min(length, from.size-inOffset, math.MaxInt64-outOffset)
	switch {
	case length <= 0:
		return 0, 0
	case from == to && inOffset < outOffset+length && outOffset < inOffset+length:
		return 0, syscall.EINVAL
	}
	copied := int64(0)
	for copied < length {
		at, start := inOffset+copied, outOffset+copied
		if data := from.nextData(at, inOffset+length); data > at {
			m.zero(to, start, start+data-at, true)
			copied += data - at
			continue
		}
		// Up to the next block of either file.
		n := min(length-copied, blockSize-at%blockSize, blockSize-start%blockSize)
		piece := make([]byte, n)
		from.copyTo(piece, at)
		b := m.block(to, start/blockSize)
		if b == nil {
			break
		}
		delete(to.unwritten, start/blockSize)
		copy(b[start%blockSize:], piece)
		copied += n
	}
	if copied == 0 {
		return 0, syscall.ENOSPC
	}
	to.size = max(to.size, outOffset+copied)
	m.accessed(from)
	to.mtime, to.ctime = m.now(), m.now()
	return copied, 0
}

// nextData returns where there is data from one offset on, or else the other.
func (n *node) nextData(from, to int64) int64 {
	next := to
	for at := range n.blocks {
		if start := max(at*blockSize, from); n.isData(at) && at >= from/blockSize && start < next {
			next = start
		}
	}
	return next
}

// The values of whence of lseek(2).
const (
	seekData = 3
	seekHole = 4
)

// isData reports whether there is data in a block, and not a hole.
func (n *node) isData(block int64) bool { return n.blocks[block] != nil && !n.unwritten[block] }

func (m *model) seek(id uint64, offset int64, whence uint32) (int64, syscall.Errno) {
	n, errno := m.get(id)
	switch {
	case errno != 0:
		return 0, errno
	case !n.isRegular(), whence != seekData && whence != seekHole:
		return 0, syscall.EINVAL
	case offset < 0 || offset >= n.size:
		return 0, syscall.ENXIO
	}
	if whence == seekHole {
		for offset < n.size && n.isData(offset/blockSize) {
			if offset/blockSize == math.MaxInt64/blockSize { // the last block there can be
				return n.size, 0
			}
			offset = (offset/blockSize + 1) * blockSize
		}
		return min(offset, n.size), 0
	}
	at := n.nextData(offset, n.size)
	if at == n.size {
		return 0, syscall.ENXIO
	}
	return at, 0
}

// block returns a block of a file, made if it is a hole; nil at the limit.
func (m *model) block(n *node, at int64) *[blockSize]byte {
	b := n.blocks[at]
	if b == nil && m.freeBlocks() > 0 {
		b = new([blockSize]byte)
		if n.blocks == nil {
			n.blocks = map[int64]*[blockSize]byte{}
		}
		n.blocks[at] = b
		m.usedBlocks++
	}
	return b
}

// zero makes a hole of the whole blocks between two offsets if drop is set, and
// zeros of the rest.
func (m *model) zero(n *node, from, to int64, drop bool) {
	for at, b := range n.blocks {
		start := at * blockSize
		first := max(from-start, 0)
		last := min(to-1-start, blockSize-1)
		if first > last {
			continue
		}
		if drop && first == 0 && last == blockSize-1 {
			delete(n.blocks, at)
			delete(n.unwritten, at)
			m.usedBlocks--
			continue
		}
		clear(b[first : last+1])
	}
}

func (m *model) truncate(n *node, size int64) syscall.Errno {
	if errno := n.checkRegular(); errno != 0 {
		return errno
	}
	if size < 0 {
		return syscall.EINVAL
	}
	taken := len(n.blocks)
	if size <= n.size {
		for at, b := range n.blocks {
			switch start := at * blockSize; {
			case start >= size:
				delete(n.blocks, at)
				delete(n.unwritten, at)
				m.usedBlocks--
			case size-start < blockSize:
				clear(b[size-start:])
			}
		}
	}
	if size != n.size || taken > 0 {
		n.mtime, n.ctime = m.now(), m.now()
	}
	n.size = size
	return 0
}

const (
	keepSize  = 0x01
	punchHole = 0x02
	zeroRange = 0x10
)

func (m *model) fallocate(id uint64, flags uint32, offset, length int64) syscall.Errno {
	n, errno := m.get(id)
	switch {
	case errno != 0:
		return errno
	case !n.isRegular():
		return syscall.ENODEV
	case offset < 0 || length <= 0:
		return syscall.EINVAL
	case offset > math.MaxInt64-length:
		return syscall.EFBIG
	}
	switch flags {
	case 0, keepSize, zeroRange, zeroRange | keepSize, punchHole | keepSize:
	default:
		return syscall.EOPNOTSUPP
	}
	if n.immutable() || n.appendOnly() && flags|keepSize != keepSize {
		return syscall.EPERM
	}
	end := offset + length
	switch flags {
	case 0, keepSize, zeroRange, zeroRange | keepSize:
		first, last := offset/blockSize, (end-1)/blockSize
		missing := last - first + 1
		for at := range n.blocks {
			if at >= first && at <= last {
				missing--
			}
		}
		if missing > m.freeBlocks() {
			return syscall.ENOSPC
		}
		for at := first; at <= last; at++ {
			if n.blocks[at] != nil { // tmpfs clears it, and takes it for data
				delete(n.unwritten, at)
				continue
			}
			m.block(n, at)
			if n.unwritten == nil {
				n.unwritten = map[int64]bool{}
			}
			n.unwritten[at] = true
		}
		if flags&zeroRange != 0 {
			m.zero(n, offset, end, false)
		}
	case punchHole | keepSize:
		m.zero(n, offset, end, true)
	}
	if flags&keepSize == 0 {
		n.size = max(n.size, end)
	}
	n.mtime, n.ctime = m.now(), m.now()
	return 0
}
