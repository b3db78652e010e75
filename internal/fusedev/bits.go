//go:build linux

package fusedev

// Bits of [SetattrIn].Valid.
const (
	FattrMode        = 1 << 0
	FattrUID         = 1 << 1
	FattrGID         = 1 << 2
	FattrSize        = 1 << 3
	FattrAtime       = 1 << 4
	FattrMtime       = 1 << 5
	FattrFH          = 1 << 6
	FattrAtimeNow    = 1 << 7
	FattrMtimeNow    = 1 << 8
	FattrLockOwner   = 1 << 9
	FattrCtime       = 1 << 10
	FattrKillSUIDGID = 1 << 11 // Linux 5.11, with HandleKillprivV2
)

// Bits of [OpenOut].OpenFlags.
const (
	FopenDirectIO             = 1 << 0
	FopenKeepCache            = 1 << 1
	FopenNonseekable          = 1 << 2
	FopenCacheDir             = 1 << 3 // Linux 4.20
	FopenStream               = 1 << 4 // Linux 5.1
	FopenNoflush              = 1 << 5 // Linux 5.16
	FopenParallelDirectWrites = 1 << 6 // Linux 6.2
	FopenPassthrough          = 1 << 7 // Linux 6.9
)

// Bits of the flags of single requests and structures.
const (
	GetattrFH = 1 << 0 // FH is valid

	OpenKillSUIDGID = 1 << 0 // Linux 5.11, with HandleKillprivV2

	ReadLockOwner = 1 << 1 // LockOwner is valid

	WriteCache       = 1 << 0 // written back from the page cache; FH is a guess
	WriteLockOwner   = 1 << 1 // LockOwner is valid
	WriteKillSUIDGID = 1 << 2 // Linux 5.2

	ReleaseFlush       = 1 << 0
	ReleaseFlockUnlock = 1 << 1

	FsyncDatasync = 1 << 0

	SetxattrACLKillSGID = 1 << 0 // Linux 5.13, with SetxattrExt

	LkFlock = 1 << 0 // flock(2), not fcntl(2)

	PollScheduleNotify = 1 << 0

	IoctlCompat       = 1 << 0 // from a program of 32 bits on 64
	IoctlUnrestricted = 1 << 1
	IoctlRetry        = 1 << 2
	Ioctl32Bit        = 1 << 3
	IoctlDir          = 1 << 4 // on a directory
	IoctlCompatX32    = 1 << 5

	AttrSubmount = 1 << 0 // Linux 5.10
	AttrDAX      = 1 << 1 // Linux 5.17

	ExpireOnly = 1 << 0 // Linux 6.2, of [Conn.InvalEntry]
)

// UniqueResend marks the Unique of a request that the kernel sends once more,
// because it was asked to ([Conn.Resend]).
const UniqueResend = 1 << 63

// InvalidID is the UID and GID of a request for which an idmapped mount has
// none: of what makes no inode.
const InvalidID = 1<<32 - 1
