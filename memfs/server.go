package memfs

import (
	"github.com/jacobsa/fuse"

	"github.com/scratchfs/memfs/inode"
)

// maxRequest is the size of the largest READ and WRITE in bytes: what Linux
// sends since 4.20 (FUSE_MAX_PAGES of 256 pages).
const maxRequest = 1 << 20

// newServer makes a store and what serves it from dev. o is resolved.
func newServer(o *Options, dev device) (connectionServer, *fuse.MountConfig, error) {
	store, err := newStore(o)
	if err != nil {
		return nil, nil, err
	}
	fs := &fileSystem{store: store, contents: contentsOf(store, o), observe: o.Observe, noXattr: o.NoXattr, skips: kernelSkips()}
	return &server{fs: fs, dev: dev, loop: o.Loop, threads: o.Threads}, fuseConfig(o), nil
}

// newStore makes the store that the resolved options describe.
func newStore(o *Options) (*inode.Store, error) {
	atime := map[ATime]inode.ATime{
		RelATime: inode.RelATime, NoATime: inode.NoATime, StrictATime: inode.StrictATime,
	}[o.ATime]
	if o.ReadOnly {
		atime = inode.NoATime
	}
	return inode.New(inode.Config{
		Blocks:     o.Size / inode.BlockSize,
		Inodes:     o.Inodes,
		Mode:       o.Mode,
		Owner:      inode.Caller{UID: *o.UID, GID: *o.GID},
		ATime:      atime,
		NoDirATime: o.NoDirATime,
		ACL:        o.acls(),
	})
}

// fuseConfig is what is negotiated with the kernel. The tree changes through
// the kernel alone, so the kernel may keep whatever it has seen.
func fuseConfig(o *Options) *fuse.MountConfig {
	return &fuse.MountConfig{
		FSName:   o.FSName,
		ReadOnly: o.ReadOnly,

		// Write through, so that write(2) reports ENOSPC, unless asked otherwise.
		DisableWritebackCaching: !o.Writeback,

		EnableNoOpenSupport:    true, // Linux 3.16: see skips
		EnableNoOpendirSupport: true, // Linux 5.1: likewise
		EnableSymlinkCaching:   true, // Linux 4.20; before, each readlink(2) asks
		EnableParallelDirOps:   true, // Linux 4.7; before, one lookup or readdir a directory
		// Not EnableAsyncDIO: a direct write that is cut short at the limit would
		// be EIO, and lost (fuse_get_res_by_io).
		EnableAsyncReads:      true,
		EnableReaddirplus:     true, // Linux 3.9; before, READDIR and a LOOKUP a name
		EnableAutoReaddirplus: true,
		MaxWrite:              maxRequest,
	}
}
