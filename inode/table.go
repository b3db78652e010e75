package inode

import (
	"sync/atomic"
)

const (
	shardBits   = 4
	tableShards = 1 << shardBits
	chunkBits   = 10
	chunkInodes = 1 << chunkBits
)

// table finds inodes by number. A number is a place in an array: its low bits
// name the shard, the next ones the place in a chunk, the rest the chunk. So a
// look-up is three loads and no lock; the locks of the shards are for handing
// out numbers. Numbers of freed inodes are handed out again, which keeps the
// array as small as the largest number of inodes there ever was.
type table struct {
	_      [64]byte // the cache line on which the compiler checks for nil
	shards [tableShards]shard
}

type shard struct {
	// The chunks never move and are never removed; the slice is replaced when
	// it grows.
	chunks atomic.Pointer[[]*chunk]

	mu shardMutex
	// Places that were freed, the latest last.
	// +checklocks:mu
	free []uint32
	// The first place never used.
	// +checklocks:mu
	next uint32
	// Generation of the next inode: a number that is used again comes with
	// another one.
	// +checklocks:mu
	generation uint32

	_ [80]byte // no cache line in common with the next shard
}

type chunk [chunkInodes]atomic.Pointer[inode]

func (t *table) init() {
	for n := range t.shards {
		t.shards[n].chunks.Store(&[]*chunk{})
		t.shards[n].free = make([]uint32, 0, 64) // nor one in common with another's
	}
	t.shards[0].next = 1 // 0 is no inode number
}

func (t *table) get(id ID) *inode {
	chunks := *t.shards[id%tableShards].chunks.Load()
	place := id >> shardBits
	if place>>chunkBits >= ID(len(chunks)) {
		return nil
	}
	return chunks[place>>chunkBits][place%chunkInodes].Load()
}

// shardFor returns the shard for the inodes made in a directory: one, so that
// two clients in two directories do not meet.
func shardFor(parent ID) int { return int((parent ^ parent>>shardBits) % tableShards) }

// shardOf returns the shard that i is in.
func shardOf(i *inode) int { return int(i.id % tableShards) }

// insert gives i a number and a generation, in the shard for its directory.
func (t *table) insert(i *inode, parent ID) {
	n := shardFor(parent)
	sh := &t.shards[n]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	var place uint32
	if last := len(sh.free) - 1; last >= 0 {
		place, sh.free = sh.free[last], sh.free[:last]
	} else {
		place = sh.next
		sh.next++
	}
	i.id = ID(place)<<shardBits | ID(n)
	i.generation = sh.generation
	sh.generation++
	chunks := *sh.chunks.Load()
	if int(place>>chunkBits) == len(chunks) {
		grown := append(chunks, new(chunk))
		sh.chunks.Store(&grown)
		chunks = grown
	}
	chunks[place>>chunkBits][place%chunkInodes].Store(i)
}

// remove frees the number id.
func (t *table) remove(id ID) {
	sh := &t.shards[id%tableShards]
	place := uint32(id >> shardBits)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	(*sh.chunks.Load())[place>>chunkBits][place%chunkInodes].Store(nil)
	sh.free = append(sh.free, place)
}

// all calls f for each inode in the table.
func (t *table) all(f func(*inode)) {
	for n := range t.shards {
		left := int(t.shards[n].next) // places that were ever used
		for _, c := range *t.shards[n].chunks.Load() {
			for p := range c[:min(left, chunkInodes)] {
				if i := c[p].Load(); i != nil {
					f(i)
				}
			}
			left -= chunkInodes
		}
	}
}
