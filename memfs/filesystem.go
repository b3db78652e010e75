package memfs

import (
	"context"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/jacobsa/fuse"
	"github.com/jacobsa/fuse/fuseops"
	"github.com/jacobsa/fuse/fuseutil"

	"github.com/scratchfs/memfs/inode"
)

// fileSystem answers the requests that jacobsa/fuse decodes, each with one
// operation of the store. Its methods may be called concurrently.
type fileSystem struct {
	// Dependencies.
	store    *inode.Store
	contents contents          // the store, unless Options.NoData
	observe  func(Observation) // nil: nobody does

	// Constant data.
	noXattr bool
	skips   skips
}

var _ fuseutil.FileSystem = (*fileSystem)(nil)

// skips says which requests the kernel does without once they were answered
// with ENOSYS. There is no state in an open file that they would set up or
// tear down: the lookup count keeps an inode, and a write is done when it is
// answered. So a file is opened, flushed and closed without a request, and its
// cached pages and the cached listing of a directory stay valid. A kernel that
// has to create a file without CREATE sends MKNOD, and no RELEASE later.
type skips struct {
	open, opendir, create, flush bool
}

// forever is when what the kernel caches expires. It is relative to the clock
// when the library sends it, and the kernel caps it.
var forever = time.Unix(math.MaxInt32*100, 0)

// result turns what the store returned into what the library takes. A nil
// error must not be an Errno of 0.
func result(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

// caller returns on whose behalf a request came. The library decodes the user
// but not the group; its context still has the header of the message.
func caller(ctx context.Context) inode.Caller {
	uid, gid, _, err := (*fuse.MountedFileSystem)(nil).GetFuseContext(ctx)
	if err != nil {
		panic(err) // ctx did not come from the library
	}
	return inode.Caller{UID: uid, GID: gid}
}

// entry fills in what the kernel learns of an inode with its name.
func entry(out *fuseops.ChildInodeEntry, e inode.Entry) {
	out.Child = fuseops.InodeID(e.ID)
	out.Generation = fuseops.GenerationNumber(e.Generation)
	out.Attributes = attributes(e.Attr)
	out.AttributesExpiration = forever
	out.EntryExpiration = forever
}

func attributes(a inode.Attr) fuseops.InodeAttributes {
	return fuseops.InodeAttributes{
		Size:   uint64(a.Size),
		Nlink:  a.Nlink,
		Mode:   fuse.ConvertFileMode(a.Mode),
		Rdev:   a.Rdev,
		Atime:  toTime(a.ATime),
		Mtime:  toTime(a.MTime),
		Ctime:  toTime(a.CTime),
		Crtime: toTime(a.BTime),
		Uid:    a.UID,
		Gid:    a.GID,
	}
}

// permissions returns the permission bits of st_mode.
func permissions(m os.FileMode) uint32 { return fuse.ConvertGoMode(m) & permBits }

// toTime converts nanoseconds since the epoch to what the library sends right.
// Of times before 1970 it can only send whole seconds; the kernel takes a
// negative fraction for nonsense. The first second of all begins before the first
// nanosecond there is; its times become those of the next.
func toTime(ns int64) time.Time {
	if ns < 0 {
		return time.Unix(max((ns+1)/1e9-1, math.MinInt64/int64(time.Second)), 0)
	}
	return time.Unix(0, ns)
}

// fromTime converts a time since the epoch to nanoseconds, the nearest there is if
// it lies before 1677 or after 2262. The seconds are signed, as the protocol has
// them.
func fromTime(sec uint64, nsec uint32) int64 {
	const second = int64(time.Second)
	s, rest := int64(sec), min(int64(nsec), second-1)
	if s < 0 { // both of one sign
		s, rest = s+1, rest-second
	}
	switch {
	case s < math.MinInt64/second || s == math.MinInt64/second && rest < math.MinInt64%second:
		return math.MinInt64
	case s > math.MaxInt64/second || s == math.MaxInt64/second && rest > math.MaxInt64%second:
		return math.MaxInt64
	}
	return s*second + rest
}

// StatFS answers statfs(2).
func (fs *fileSystem) StatFS(_ context.Context, op *fuseops.StatFSOp) error {
	st := fs.store.StatFS()
	op.BlockSize = st.BlockSize
	op.IoSize = st.BlockSize
	op.Blocks = st.Blocks
	op.BlocksFree = st.BlocksFree
	op.BlocksAvailable = st.BlocksFree
	op.Inodes = st.Inodes
	op.InodesFree = st.InodesFree
	return nil
}

// SyncFS has nothing to write anywhere.
func (fs *fileSystem) SyncFS(context.Context, *fuseops.SyncFSOp) error { return nil }

// Destroy ends the filesystem: the connection is gone and nobody can ask for a
// file any more.
func (fs *fileSystem) Destroy() { fs.store.Close() }
