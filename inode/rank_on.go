//go:build lockrank && !perturb

package inode

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
)

// The locks, which panic when they are taken against the order that doc.go
// gives; they tell nobody of waits. Enough that the tests take two locks in the wrong order; it need not
// come to a deadlock.

// rank is a level of the tree in doc.go.
type rank int

const (
	rankRenaming rank = iota
	rankInode
	rankShard
	rankSlabs
	rankBlocks
	rankPurse
)

type (
	renameMutex struct{ rankedMutex[level0] }
	shardMutex  struct{ rankedMutex[level2] }
	slabsMutex  struct{ rankedMutex[level3] }
	blocksMutex struct{ rankedMutex[level4] }
	purseMutex  struct{ rankedMutex[level5] }

	level0 struct{}
	level2 struct{}
	level3 struct{}
	level4 struct{}
	level5 struct{}
)

type counter = atomic.Int64

func (level0) rank() rank { return rankRenaming }
func (level2) rank() rank { return rankShard }
func (level3) rank() rank { return rankSlabs }
func (level4) rank() rank { return rankBlocks }
func (level5) rank() rank { return rankPurse }

// rankedMutex is a mutex of a rank of which a goroutine may hold one.
type rankedMutex[L interface{ rank() rank }] struct{ mu sync.Mutex }

func (m *rankedMutex[L]) Lock() {
	var level L
	for _, h := range held() {
		if h.rank >= level.rank() {
			panic(fmt.Sprintf("inode: lock of rank %d taken under rank %d", level.rank(), h.rank))
		}
	}
	m.mu.Lock()
	hold(holding{rank: level.rank(), lock: m})
}

func (m *rankedMutex[L]) Unlock() {
	drop(m)
	m.mu.Unlock()
}

// inodeMutex is the lock of an inode.
type inodeMutex struct {
	mu    sync.RWMutex
	owner *inode
}

func (m *inodeMutex) init(i *inode) { m.owner = i }

func (m *inodeMutex) Lock()    { m.check(); m.mu.Lock(); hold(holding{rankInode, m, m.owner}) }
func (m *inodeMutex) RLock()   { m.check(); m.mu.RLock(); hold(holding{rankInode, m, m.owner}) }
func (m *inodeMutex) Unlock()  { drop(m); m.mu.Unlock() }
func (m *inodeMutex) RUnlock() { drop(m); m.mu.RUnlock() }

// TryRLock does not wait, so it cannot come to a deadlock.
func (m *inodeMutex) TryRLock() bool {
	ok := m.mu.TryRLock()
	if ok {
		hold(holding{rankInode, m, m.owner})
	}
	return ok
}

func (m *inodeMutex) check() {
	i, locks := m.owner, held()
	renaming, child := false, false // child: the lock of the directory of i is held
	for _, h := range locks {
		renaming = renaming || h.rank == rankRenaming
		child = child || h.inode != nil && i.isDir() && h.inode == i.parentLocked()
	}
	for _, h := range locks {
		switch {
		case h.rank == rankRenaming:
		case h.rank > rankInode:
			panic(fmt.Sprintf("inode: lock of inode %d taken under rank %d", i.id, h.rank))
		case h.inode == i:
			panic(fmt.Sprintf("inode: lock of inode %d taken twice", i.id))
		case !i.isDir():
			if !h.inode.isDir() && h.inode.id > i.id {
				panic(fmt.Sprintf("inode: lock of file %d taken under that of file %d", i.id, h.inode.id))
			}
		case h.inode.isDir() && h.inode == i.parentLocked():
		case renaming && h.inode.isDir() && (isAncestor(h.inode, i) || !isAncestor(i, h.inode) && (child || h.inode.id < i.id)):
		default:
			panic(fmt.Sprintf("inode: lock of directory %d taken under that of inode %d", i.id, h.inode.id))
		}
	}
}

// holding is a lock that a goroutine holds.
type holding struct {
	rank  rank
	lock  any
	inode *inode // whose lock it is, of rankInode
}

// holders are goroutines that hold locks, with what they hold. There are many of
// these: one lock that all goroutines take would order them, and so hide their
// data races from the race detector.
type holders struct {
	sync.Mutex
	held map[uint64][]holding // by goroutine
}

var allHolders [1024]holders

// self returns the calling goroutine and where it is kept.
func self() (uint64, *holders) {
	g := goroutine()
	return g, &allHolders[g%uint64(len(allHolders))]
}

func held() []holding {
	g, in := self()
	in.Lock()
	defer in.Unlock()
	return in.held[g]
}

func hold(h holding) {
	g, in := self()
	in.Lock()
	defer in.Unlock()
	if in.held == nil {
		in.held = map[uint64][]holding{}
	}
	in.held[g] = append(in.held[g], h)
}

func drop(lock any) {
	g, in := self()
	in.Lock()
	defer in.Unlock()
	list := in.held[g]
	for k, h := range list {
		if h.lock == lock {
			in.held[g] = append(list[:k:k], list[k+1:]...)
			if len(list) == 1 {
				delete(in.held, g)
			}
			return
		}
	}
	panic("inode: a lock is given up by a goroutine that does not hold it")
}

// goroutine returns the number of the calling goroutine, which the runtime
// tells in a stack trace only.
func goroutine() uint64 {
	buf := make([]byte, 64)
	buf = buf[:runtime.Stack(buf, false)]
	number, _, _ := bytes.Cut(bytes.TrimPrefix(buf, []byte("goroutine ")), []byte(" "))
	n, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}
