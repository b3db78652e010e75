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
	if r, _ := i.content.(*regular); r != nil && size < i.size {
		s.dropBlocks(r, (size+BlockSize-1)>>blockBits, blocksMax)
		s.zeroBlocks(r, size, (size+BlockSize-1)&^(BlockSize-1))
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
		end := min(to, (block|(leafBlocks-1)+1)<<blockBits)
		w := r.window(block)
		n := int((end + BlockSize - 1 - block<<blockBits) >> blockBits)
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
