//go:build !linux

package inode

import "time"

// Other systems stamp inodes from a fine clock.
func coarseNow() int64 { return time.Now().UnixNano() }
