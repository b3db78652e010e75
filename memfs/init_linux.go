package memfs

import "github.com/scratchfs/memfs/internal/fusedev"

// initFlags says what to ask of the kernel at INIT; it gets what it offers.
// ARCHITECTURE.md has the kernel versions, and what happens without.
func (o *Options) initFlags() fusedev.InitFlags {
	// Not AsyncDIO: a direct write that is cut short at the limit would be EIO,
	// and lost (fuse_get_res_by_io). Not AtomicOTrunc, whose O_TRUNC comes with
	// the OPEN that the kernel does without. Nothing of splice: the data is in
	// memory on both sides.
	flags := fusedev.AsyncRead |
		fusedev.ParallelDirops |
		fusedev.DoReaddirplus | fusedev.ReaddirplusAuto |
		fusedev.CacheSymlinks |
		fusedev.NoOpenSupport | fusedev.NoOpendirSupport |
		fusedev.ExportSupport |
		fusedev.HasIoctlDir |
		fusedev.HandleKillprivV2 |
		fusedev.SetxattrExt
	if o.Writeback {
		flags |= fusedev.WritebackCache
	}
	if o.acls() {
		// What is made in a directory with a default ACL has no use for the umask.
		flags |= fusedev.PosixACL | fusedev.DontMask
	}
	if o.ServerLocks {
		flags |= fusedev.PosixLocks | fusedev.FlockLocks
	}
	if o.DirectIO {
		flags |= fusedev.DirectIOAllowMmap
	}
	if o.acls() || o.kernelChecks() && !o.adopted {
		// The kernel refuses INIT for it if it does not check permissions; with ACLs it
		// does, however it was mounted.
		flags |= fusedev.AllowIDmap
	}
	return flags
}
