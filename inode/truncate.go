package inode

import "syscall"

// truncateLocked changes the size of a regular file.
func (s *Store) truncateLocked(i *inode, size int64) syscall.Errno {
	if errno := i.checkRegular(); errno != 0 {
		return errno
	}
	if size < 0 {
		return syscall.EINVAL
	}
	// To the size that is there already as well: that frees what fallocate(2)
	// put behind the end.
	if r, _ := i.content.(*regular); r != nil && size <= i.size {
		s.dropBlocks(r, blockCount(size), blocksMax)
		if size%BlockSize != 0 {
			s.zeroBlocks(r, size, blockEnd(size>>blockBits))
		}
		if r.blocks == 0 {
			i.content = nil
		}
	}
	i.size = size
	return 0
}

// zeroBlocks clears the contents from one offset to another; holes stay holes.
func (s *Store) zeroBlocks(r *regular, from, to int64) {
	if f := int64(r.fragment.size()); from < f {
		clear(s.slabs.bytes(r.fragment)[from:min(to, f)])
	}
	for from < to {
		block := from >> blockBits
		end := min(to, blockEnd(block|(leafBlocks-1)))
		w := r.window(block)
		n := int(blockCount(end) - block)
		for at := 0; at < min(n, len(w)); at++ {
			if w[at] == 0 {
				continue
			}
			start := (block + int64(at)) << blockBits
			mem := s.blocks.bytes(run{w[at], 1})
			clear(mem[max(from-start, 0):min(end-start, BlockSize)])
		}
		from = end
	}
}
