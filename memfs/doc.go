// Package memfs mounts a filesystem held in memory, like tmpfs, but also
// without root and from a Go program. It serves the store of package inode over
// FUSE with github.com/jacobsa/fuse.
//
// [Mount] mounts, [MountPoint.Wait] waits until somebody unmounts, and
// [MountPoint.Unmount] unmounts. [Options] has the limits and flags;
// [ParseOptions] reads them as mount(8) writes them.
//
// # Loops
//
// Who reads the requests of the kernel, who runs them and who replies is the
// choice of [Options.Loop]:
//
//   - [LoopSerial]: one goroutine reads a request, runs it, replies and reads
//     the next (fuse_loop of libfuse).
//   - [LoopGoroutine]: one goroutine reads, and starts a goroutine for each
//     request, which runs it and replies (the way of jacobsa/fuse itself).
//   - [LoopWorkers]: several workers, one of which reads at a time, runs the
//     request it has read and replies (fuse_loop_mt of libfuse). Before a
//     request that takes long it hands the reading on to another worker.
//
// # What the kernel keeps
//
// The tree changes through the mount alone, so the kernel may cache for ever
// whatever it has seen: attributes, names, the absence of names, targets of
// symlinks, listings and pages. Files and directories are opened and closed
// without a request. ARCHITECTURE.md counts what is left.
package memfs
