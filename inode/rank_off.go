//go:build !lockrank

package inode

import "sync"

// The locks, without the checks of their order: see rank_on.go.

type (
	renameMutex struct{ sync.Mutex }
	inodeMutex  struct{ sync.RWMutex }
	shardMutex  struct{ sync.Mutex }
	slabsMutex  struct{ sync.Mutex }
	blocksMutex struct{ sync.Mutex }
	purseMutex  struct{ sync.Mutex }
)

func (*inodeMutex) init(*inode) {}
