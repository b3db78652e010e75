package inode

import "sync/atomic"

// inodeSpace is what an inode takes of the space that Config.Inodes stands
// for, in bytes; extended attributes take their share of the same space
// (BOGO_INODE_SIZE and free_ispace, mm/shmem.c).
const inodeSpace = 1024

// limits accounts for blocks and inodes as tmpfs does: a block as soon as a
// byte of it is written, an inode for each inode and for each further hard
// link, since a link keeps a dentry in memory.
type limits struct {
	// Constant data.
	maxBlocks, maxInodes int64

	// Mutable state.
	// INVARIANT: 0 <= blocks <= maxBlocks
	blocks atomic.Int64
	// INVARIANT: 0 <= space <= maxInodes*inodeSpace
	space atomic.Int64
}

func (l *limits) init(blocks, inodes int64) {
	l.maxBlocks, l.maxInodes = blocks, inodes
}

func (l *limits) freeBlocks() int64 { return l.maxBlocks - l.blocks.Load() }

func (l *limits) freeInodes() int64 {
	return l.maxInodes - (l.space.Load()+inodeSpace-1)/inodeSpace
}

// takeBlocks takes up to n blocks and returns how many it got.
func (l *limits) takeBlocks(n int64) int64 {
	for {
		used := l.blocks.Load()
		n = min(n, l.maxBlocks-used)
		if n == 0 || l.blocks.CompareAndSwap(used, used+n) {
			return n
		}
	}
}

func (l *limits) giveBlocks(n int64) { l.blocks.Add(-n) }

// takeInode reports whether there was an inode to take.
func (l *limits) takeInode() bool { return l.takeSpace(inodeSpace) }

func (l *limits) giveInode() { l.giveSpace(inodeSpace) }

// takeSpace takes n bytes of the inodes' space; it reports whether they were
// there. A negative n gives back.
func (l *limits) takeSpace(n int64) bool {
	for {
		used := l.space.Load()
		if n > 0 && used+n > l.maxInodes*inodeSpace {
			return false
		}
		if l.space.CompareAndSwap(used, used+n) {
			return true
		}
	}
}

func (l *limits) giveSpace(n int64) { l.space.Add(-n) }
