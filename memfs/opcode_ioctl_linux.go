package memfs

import (
	"encoding/binary"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// The ioctls that read and change the flags of a file, for lsattr(1) and chattr(1).
// The kernel has checked who may (vfs_fileattr_set), and has made them of whatever
// it was asked with (fuse_fileattr_get, fs/fuse/ioctl.c). The first two name a
// long, but carry 32 bits.
//
// The others are _IOR('X', 31, struct fsxattr) and _IOW('X', 32, struct fsxattr).
// How that is encoded depends on the machine, so they are made of the first two.
const (
	ioctlGetFlags  = unix.FS_IOC_GETFLAGS
	ioctlSetFlags  = unix.FS_IOC_SETFLAGS
	ioctlGetXFlags = ioctlGetFlags&^(ioctlSizeMask|0xffff) | fsxattrSize<<16 | 'X'<<8 | 31
	ioctlSetXFlags = ioctlSetFlags&^(ioctlSizeMask|0xffff) | fsxattrSize<<16 | 'X'<<8 | 32

	ioctlSizeMask = 0x1fff << 16 // 13 bits everywhere, 14 on some; the top one is never set
	fsxattrSize   = 28
)

// xflags has the flags of inodes as struct fsxattr has them (FS_XFLAG_*).
var xflags = [...]struct{ flag, xflag uint32 }{
	{inode.FlagImmutable, 0x08},
	{inode.FlagAppend, 0x10},
	{inode.FlagNoATime, 0x40},
	{inode.FlagNoDump, 0x80},
}

// ioctl answers those ioctls. tmpfs has no other, and says ENOTTY as well.
func (h *handler) ioctl(r *fusedev.Request) syscall.Errno {
	in := r.IoctlIn()
	switch in.Cmd {
	case ioctlGetFlags, ioctlGetXFlags:
		return h.getFlags(r, in)
	case ioctlSetFlags, ioctlSetXFlags:
		return h.setFlags(r, in)
	}
	return syscall.ENOTTY
}

func (h *handler) getFlags(r *fusedev.Request, in *fusedev.IoctlIn) syscall.Errno {
	a, errno := h.store.GetAttr(node(r))
	if errno != 0 {
		return errno
	}
	var out [fsxattrSize]byte
	size := 4
	flags := a.Flags
	if in.Cmd == ioctlGetXFlags {
		size, flags = len(out), 0
		for _, x := range xflags {
			if a.Flags&x.flag != 0 {
				flags |= x.xflag
			}
		}
	}
	if int(in.OutSize) < size {
		return syscall.EINVAL
	}
	binary.NativeEndian.PutUint32(out[:], flags)
	b := r.Buffer(size)
	copy(b, out[:])
	r.IoctlOut()
	r.BytesOut(b)
	return 0
}

func (h *handler) setFlags(r *fusedev.Request, in *fusedev.IoctlIn) syscall.Errno {
	b := r.Bytes()
	if len(b) < 4 {
		return syscall.EINVAL
	}
	flags := binary.NativeEndian.Uint32(b)
	if in.Cmd == ioctlSetXFlags {
		left := flags
		flags = 0
		for _, x := range xflags {
			if left&x.xflag != 0 {
				flags |= x.flag
				left &^= x.xflag
			}
		}
		if left != 0 {
			return syscall.EOPNOTSUPP
		}
	}
	if errno := h.store.SetFlags(node(r), flags); errno != 0 {
		return errno
	}
	// ctime has moved, and the kernel does not expect that of an ioctl. An error
	// means that it has nothing cached.
	_ = h.conn.InvalInode(r.NodeID, -1, 0)
	r.IoctlOut()
	return 0
}
