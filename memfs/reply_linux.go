package memfs

import (
	"math"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// foreverSeconds is how long the kernel may cache what it is told; it caps it.
const foreverSeconds = math.MaxInt64

// setEntry fills in what the kernel learns of an inode with its name.
func setEntry(out *fusedev.EntryOut, e *inode.Entry) {
	out.NodeID = uint64(e.ID)
	out.Generation = e.Generation
	out.EntryValid = foreverSeconds
	out.AttrValid = foreverSeconds
	setAttributes(&out.Attr, &e.Attr)
}

func setAttributes(out *fusedev.Attr, a *inode.Attr) {
	out.Ino = uint64(a.ID)
	out.Size = uint64(a.Size)
	out.Blocks = statBlocks(a)
	out.Atime, out.AtimeNsec = splitTime(a.ATime)
	out.Mtime, out.MtimeNsec = splitTime(a.MTime)
	out.Ctime, out.CtimeNsec = splitTime(a.CTime)
	out.Mode = a.Mode
	out.Nlink = a.Nlink
	out.UID = a.UID
	out.GID = a.GID
	out.Rdev = a.Rdev
	out.BlkSize = inode.BlockSize
}

func setStatx(out *fusedev.Statx, a *inode.Attr) {
	out.Mask = unix.STATX_BASIC_STATS | unix.STATX_BTIME
	out.BlkSize = inode.BlockSize
	out.Nlink = a.Nlink
	out.UID, out.GID = a.UID, a.GID
	out.Mode = uint16(a.Mode)
	out.Ino = uint64(a.ID)
	out.Size = uint64(a.Size)
	out.Blocks = statBlocks(a)
	out.Atime = statxTime(a.ATime)
	out.Btime = statxTime(a.BTime)
	out.Ctime = statxTime(a.CTime)
	out.Mtime = statxTime(a.MTime)
	// As the kernel encodes a device in 32 bits (new_decode_dev).
	out.RdevMajor = a.Rdev & 0xfff00 >> 8
	out.RdevMinor = a.Rdev&0xff | a.Rdev>>12&0xfff00
}

// statBlocks returns st_blocks, which counts 512 bytes whatever st_blksize is.
func statBlocks(a *inode.Attr) uint64 { return uint64(a.Blocks) * (inode.BlockSize / 512) }

// splitTime splits nanoseconds since the epoch; before it the seconds are
// negative and the rest is not.
func splitTime(ns int64) (sec uint64, nsec uint32) {
	s, rest := ns/int64(time.Second), ns%int64(time.Second)
	if rest < 0 {
		s, rest = s-1, rest+int64(time.Second)
	}
	return uint64(s), uint32(rest)
}

func statxTime(ns int64) fusedev.SxTime {
	s, rest := splitTime(ns)
	return fusedev.SxTime{Sec: int64(s), Nsec: rest}
}
