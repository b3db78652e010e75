// Package memfs mounts a filesystem held in memory, like tmpfs, but also
// without root and from a Go program. It serves the store of package inode over
// FUSE, with a transport of our own (internal/fusedev) on Linux, or with
// github.com/jacobsa/fuse.
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
//   - [LoopDev]: threads that read the descriptor of the mount.
//   - [LoopClone]: threads that read a clone of it each.
//   - [LoopURing]: a thread on each CPU with a queue of its own (FUSE over
//     io_uring, Linux 6.14).
//   - [LoopAuto]: the best of these that can be had.
//
// The first three are of jacobsa/fuse: filesystem_*.go has an operation of the
// store for each request that it decodes. The others are our own, for Linux:
// opcode_*_linux.go has one for each opcode.
//
// # What the kernel keeps
//
// The tree changes through the mount alone, so the kernel may cache for ever
// whatever it has seen: attributes, names, the absence of names, targets of
// symlinks, listings and pages. Files and directories are opened and closed
// without a request. ARCHITECTURE.md counts what is left.
package memfs
