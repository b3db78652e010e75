package inode

import "math"

// inodeSpace is what an inode takes of the space that Config.Inodes stands
// for, in bytes; extended attributes take their share of the same space
// (BOGO_INODE_SIZE and free_ispace, mm/shmem.c).
const inodeSpace = 1024

// MaxInodes is the largest number of inodes of a Store.
const MaxInodes = math.MaxInt64 / inodeSpace

// limits accounts for blocks and inodes as tmpfs does: a block as soon as a
// byte of it is written, an inode for each inode and for each further hard
// link, since a link keeps a dentry in memory.
type limits struct {
	// Constant data.
	maxBlocks, maxInodes int64

	// Mutable state, on cache lines of its own: every operation that makes or
	// removes something writes here.
	_ [64]byte
	// INVARIANT: 0 <= blocks <= maxBlocks
	blocks counter
	_      [56]byte
	// Space that is taken, by inodes, attributes and purses.
	//
	// INVARIANT: 0 <= space <= maxInodes*inodeSpace
	space counter
	_     [56]byte
	// Space that is taken but not used yet, by table shard: those who make
	// inodes in different directories would meet at space with each of them.
	purses [tableShards]purse
	// Held while space is on its way between space and a purse: who finds none
	// in either must not have missed it.
	moving purseMutex
}

// purse holds space for some inodes.
//
// INVARIANT: money >= 0
type purse struct {
	money counter
	_     [120]byte
}

const (
	// What goes into an empty purse, and what may be in one.
	purseFill = 32 * inodeSpace
	purseMax  = 2 * purseFill
	// Purses are filled only while there is this much: at the limit nothing is
	// to lie in a purse when another wants it.
	purseLimit = 4 * tableShards * purseMax
)

func (l *limits) init(blocks, inodes int64) {
	l.maxBlocks, l.maxInodes = blocks, inodes
}

func (l *limits) freeBlocks() int64 { return l.maxBlocks - l.blocks.Load() }

func (l *limits) freeInodes() int64 {
	return l.maxInodes - (l.usedSpace()+inodeSpace-1)/inodeSpace
}

// usedSpace returns the space of inodes and attributes.
func (l *limits) usedSpace() int64 {
	used := l.space.Load()
	for n := range l.purses {
		used -= l.purses[n].money.Load()
	}
	return max(used, 0)
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

// takeAllBlocks takes n blocks, or none; it reports which.
func (l *limits) takeAllBlocks(n int64) bool {
	for {
		used := l.blocks.Load()
		if n > l.maxBlocks-used {
			return false
		}
		if l.blocks.CompareAndSwap(used, used+n) {
			return true
		}
	}
}

func (l *limits) giveBlocks(n int64) { l.blocks.Add(-n) }

// takeInode takes an inode that will be in the table shard; it reports whether
// there was one.
func (l *limits) takeInode(shard int) bool {
	p := &l.purses[shard]
	for {
		money := p.money.Load()
		if money < inodeSpace {
			break
		}
		if p.money.CompareAndSwap(money, money-inodeSpace) {
			return true
		}
	}
	if l.maxInodes*inodeSpace-l.space.Load() > purseLimit {
		l.moving.Lock()
		defer l.moving.Unlock()
		if l.take(purseFill) {
			p.money.Add(purseFill - inodeSpace)
			return true
		}
		return l.takeLastLocked(inodeSpace)
	}
	return l.takeSpace(inodeSpace)
}

// giveInode gives back an inode of the table shard.
func (l *limits) giveInode(shard int) {
	p := &l.purses[shard]
	if p.money.Add(inodeSpace) <= purseMax {
		return
	}
	l.moving.Lock()
	defer l.moving.Unlock()
	if money := p.money.Load(); money > purseMax && p.money.CompareAndSwap(money, money-purseFill) {
		l.space.Add(-purseFill)
	}
}

// takeSpace takes n bytes of space; it reports whether they were there.
func (l *limits) takeSpace(n int64) bool {
	if l.take(n) {
		return true
	}
	l.moving.Lock()
	defer l.moving.Unlock()
	return l.takeLastLocked(n)
}

// takeLastLocked is takeSpace with what is in the purses. l.moving is held.
func (l *limits) takeLastLocked(n int64) bool {
	for k := range l.purses {
		l.space.Add(-l.purses[k].money.Swap(0))
	}
	return l.take(n)
}

func (l *limits) giveSpace(n int64) { l.space.Add(-n) }

// take takes n bytes of what is in no purse.
func (l *limits) take(n int64) bool {
	for {
		used := l.space.Load()
		if n > l.maxInodes*inodeSpace-used {
			return false
		}
		if l.space.CompareAndSwap(used, used+n) {
			return true
		}
	}
}
