//go:build !linux

package memfs

// Loops lists the loops that Options.Loop takes, but for LoopAuto.
func Loops() []Loop { return []Loop{LoopSerial, LoopGoroutine, LoopWorkers} }

// BestLoop returns the loop that LoopAuto stands for here, and why it is not a
// better one.
func BestLoop() (Loop, error) { return LoopWorkers, nil }

// own reports whether the loop is one of our own transport, which is for Linux.
func (l Loop) own() bool { return false }

// acls reports whether there are POSIX ACLs: jacobsa/fuse does not carry them.
func (o *Options) acls() bool { return false }
