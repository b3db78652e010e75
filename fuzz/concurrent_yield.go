//go:build perturb

package fuzz

import "github.com/scratchfs/memfs/inode"

// perturb chooses the lock points at which threads yield; 0 none.
func perturb(seed uint64) { inode.Perturb(seed) }
