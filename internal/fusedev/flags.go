//go:build linux

package fusedev

import (
	"fmt"
	"math/bits"
	"strings"
)

// InitFlags are the two flag words of INIT as one. A flag that the kernel does
// not offer is not asked for; the comments say which kernel offers it, and what
// happens without it.
type InitFlags uint64

const (
	AsyncRead         InitFlags = 1 << 0  // 2.6.16; else one READ of a file at a time
	PosixLocks        InitFlags = 1 << 1  // 2.6.18; else fcntl(2) locks stay in the kernel
	FileOps           InitFlags = 1 << 2  // not used by any kernel
	AtomicOTrunc      InitFlags = 1 << 3  // 2.6.24; else SETATTR precedes OPEN
	ExportSupport     InitFlags = 1 << 4  // 2.6.27; else no LOOKUP of "." and "..", for NFS
	BigWrites         InitFlags = 1 << 5  // 2.6.26; else 4 KiB a WRITE. Implied since 4.20
	DontMask          InitFlags = 1 << 6  // 2.6.31; else the kernel applies the umask
	SpliceWrite       InitFlags = 1 << 7  // 2.6.35
	SpliceMove        InitFlags = 1 << 8  // 2.6.35
	SpliceRead        InitFlags = 1 << 9  // 2.6.35
	FlockLocks        InitFlags = 1 << 10 // 3.1; else flock(2) locks stay in the kernel
	HasIoctlDir       InitFlags = 1 << 11 // 3.3; else no IOCTL of directories
	AutoInvalData     InitFlags = 1 << 12 // 3.6; else cached pages outlive a change of mtime
	DoReaddirplus     InitFlags = 1 << 13 // 3.9; else READDIR, and LOOKUP of each name
	ReaddirplusAuto   InitFlags = 1 << 14 // 3.9; else always READDIRPLUS
	AsyncDIO          InitFlags = 1 << 15 // 3.13; else direct I/O waits for each request
	WritebackCache    InitFlags = 1 << 16 // 3.15; else write(2) is a WRITE
	NoOpenSupport     InitFlags = 1 << 17 // 3.16; else ENOSYS to OPEN is an error of open(2)
	ParallelDirops    InitFlags = 1 << 18 // 4.7; else one LOOKUP, READDIR at a time in a directory
	HandleKillpriv    InitFlags = 1 << 19 // 4.9; else the kernel sends SETATTR
	PosixACL          InitFlags = 1 << 20 // 4.9; else ACLs are plain attributes
	AbortError        InitFlags = 1 << 21 // 4.17; else abortion looks like an unmount
	MaxPages          InitFlags = 1 << 22 // 4.20; else 32 pages a request
	CacheSymlinks     InitFlags = 1 << 23 // 4.20; else READLINK each time
	NoOpendirSupport  InitFlags = 1 << 24 // 5.1; else ENOSYS to OPENDIR is an error of open(2)
	ExplicitInvalData InitFlags = 1 << 25 // 5.2
	MapAlignment      InitFlags = 1 << 26 // 5.10, virtiofs
	Submounts         InitFlags = 1 << 27 // 5.10, virtiofs
	HandleKillprivV2  InitFlags = 1 << 28 // 5.11; else GETXATTR security.capability before each write(2)
	SetxattrExt       InitFlags = 1 << 29 // 5.13; else SETXATTR has no SetxattrFlags
	InitExt           InitFlags = 1 << 30 // 5.17; else none of the following
	initReserved      InitFlags = 1 << 31
	SecurityCtx       InitFlags = 1 << 32 // 5.17; else SETXATTR follows the creation
	HasInodeDAX       InitFlags = 1 << 33 // 5.17, virtiofs
	CreateSuppGroup   InitFlags = 1 << 34 // 6.3; else the caller's other groups are not told
	HasExpireOnly     InitFlags = 1 << 35 // 6.2; else ExpireOnly is not known
	DirectIOAllowMmap InitFlags = 1 << 36 // 6.6; else no shared mmap(2) with FopenDirectIO
	Passthrough       InitFlags = 1 << 37 // 6.9
	NoExportSupport   InitFlags = 1 << 38 // 6.9; else handles of files are tried
	HasResend         InitFlags = 1 << 39 // 6.9; else no Conn.Resend
	AllowIDmap        InitFlags = 1 << 40 // 6.12; else no idmapped mounts
	OverIOURing       InitFlags = 1 << 41 // 6.14, and if root has allowed it; else /dev/fuse
	RequestTimeout    InitFlags = 1 << 42 // 6.15; else requests never time out
)

var initFlagNames = [...]string{
	"ASYNC_READ", "POSIX_LOCKS", "FILE_OPS", "ATOMIC_O_TRUNC", "EXPORT_SUPPORT", "BIG_WRITES",
	"DONT_MASK", "SPLICE_WRITE", "SPLICE_MOVE", "SPLICE_READ", "FLOCK_LOCKS", "HAS_IOCTL_DIR",
	"AUTO_INVAL_DATA", "DO_READDIRPLUS", "READDIRPLUS_AUTO", "ASYNC_DIO", "WRITEBACK_CACHE",
	"NO_OPEN_SUPPORT", "PARALLEL_DIROPS", "HANDLE_KILLPRIV", "POSIX_ACL", "ABORT_ERROR",
	"MAX_PAGES", "CACHE_SYMLINKS", "NO_OPENDIR_SUPPORT", "EXPLICIT_INVAL_DATA", "MAP_ALIGNMENT",
	"SUBMOUNTS", "HANDLE_KILLPRIV_V2", "SETXATTR_EXT", "INIT_EXT", "INIT_RESERVED",
	"SECURITY_CTX", "HAS_INODE_DAX", "CREATE_SUPP_GROUP", "HAS_EXPIRE_ONLY",
	"DIRECT_IO_ALLOW_MMAP", "PASSTHROUGH", "NO_EXPORT_SUPPORT", "HAS_RESEND", "ALLOW_IDMAP",
	"OVER_IO_URING", "REQUEST_TIMEOUT",
}

// String lists the names that linux/fuse.h has, without the prefix FUSE_.
func (f InitFlags) String() string {
	var names []string
	for ; f != 0; f &= f - 1 {
		i := bits.TrailingZeros64(uint64(f))
		if i < len(initFlagNames) {
			names = append(names, initFlagNames[i])
		} else {
			names = append(names, fmt.Sprintf("1<<%d", i))
		}
	}
	return strings.Join(names, "|")
}
