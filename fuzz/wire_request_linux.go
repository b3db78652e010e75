package fuzz

import (
	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// wireOf returns the request for an operation.
func wireOf(o *Op) wireFrame {
	f := wireFrame{node: o.Inode, uid: o.UID, gid: o.GID}
	size := uint32(o.ioSize())
	switch o.Kind {
	case Lookup:
		f.is(fuseclient.Lookup).name(o.Name)
	case LookupID:
		f.is(fuseclient.Lookup).name(".")
	case LookupParent:
		f.is(fuseclient.Lookup).name("..")
	case GetAttr:
		put(f.is(fuseclient.Getattr), &fuseclient.GetattrIn{})
	case TryGetAttr:
		put(f.is(fuseclient.Statx), &fuseclient.StatxIn{Mask: statxBasic | statxBirth})
	case SetAttr:
		in := fuseclient.SetattrIn{Mode: o.Mode, UID: o.UID, GID: o.GID, Size: uint64(o.Size)}
		in.Valid = wireValid(o.Set)
		in.ATime, in.ATimeNsec = wireTime(o.ATime)
		in.MTime, in.MTimeNsec = wireTime(o.MTime)
		in.CTime, in.CTimeNsec = wireTime(o.CTime)
		put(f.is(fuseclient.Setattr), &in)
	case SetFlags:
		put(f.ioctl(setFlags, 4, 0), &o.Flags)
	case KillPriv:
		in := fuseclient.SetattrIn{}
		if o.Flags&setID != 0 {
			in.Valid = fuseclient.KillSUIDGID
		}
		put(f.is(fuseclient.Setattr), &in)
	case Mknod:
		put(f.is(fuseclient.Mknod), &fuseclient.MknodIn{Mode: o.Mode, Rdev: o.Rdev, Umask: o.Umask}).name(o.Name)
	case Mkdir:
		put(f.is(fuseclient.Mkdir), &fuseclient.MkdirIn{Mode: o.Mode, Umask: o.Umask}).name(o.Name)
	case Tmpfile: // with the name that a file has that has none
		put(f.is(fuseclient.Tmpfile), &fuseclient.CreateIn{Flags: unix.O_TMPFILE | unix.O_RDWR, Mode: typeRegular | o.Mode&permissions, Umask: o.Umask}).name("/")
	case Symlink:
		f.is(fuseclient.Symlink).name(o.Name).name(o.Target)
	case Link:
		f.is(fuseclient.Link).node = o.NewDir
		put(f.ref(0, o.Inode, false), &fuseclient.LinkIn{}).name(o.NewName)
	case Unlink:
		f.is(fuseclient.Unlink).name(o.Name)
	case Rmdir:
		f.is(fuseclient.Rmdir).name(o.Name)
	case Rename:
		if o.Flags == 0 {
			put(f.is(fuseclient.Rename).ref(0, o.NewDir, false), &fuseclient.RenameIn{})
		} else {
			put(f.is(fuseclient.Rename2).ref(0, o.NewDir, false), &fuseclient.Rename2In{Flags: o.Flags})
		}
		f.name(o.Name).name(o.NewName)
	case Readlink:
		f.is(fuseclient.Readlink)
	case Read:
		in := fuseclient.ReadIn{Offset: uint64(o.Offset), Size: size}
		if o.Flags&NoATime != 0 {
			in.Flags = unix.O_NOATIME
		}
		put(f.is(fuseclient.Read), &in)
	case Write:
		in := fuseclient.WriteIn{Offset: uint64(o.Offset), Size: size}
		if o.Flags&WriteBack != 0 {
			in.WriteFlags = writeCache
		}
		put(f.is(fuseclient.Write), &in).data(int(size), o)
	case Fallocate:
		put(f.is(fuseclient.Fallocate), &fuseclient.FallocateIn{Offset: uint64(o.Offset), Length: uint64(o.Size), Mode: o.Flags})
	case Seek:
		put(f.is(fuseclient.Lseek), &fuseclient.LseekIn{Offset: uint64(o.Offset), Whence: o.Flags})
	case CopyRange:
		const out = 16 // where NodeOut is
		in := fuseclient.CopyFileRangeIn{Offset: uint64(o.Offset), OffsetOut: uint64(o.NewOffset), Length: uint64(o.Size)}
		put(f.is(fuseclient.CopyFileRange).ref(out, o.NewDir, false), &in)
	case SetXattr:
		value := o.xattrValue(make([]byte, o.xattrSize()))
		put(f.is(fuseclient.Setxattr), &fuseclient.SetxattrIn{Size: uint32(len(value)), Flags: o.Flags}).name(o.Name)
		f.body = append(f.body, value...)
	case GetXattr:
		put(f.is(fuseclient.Getxattr), &fuseclient.GetxattrIn{Size: uint32(o.xattrSize())}).name(o.Name)
	case ListXattr:
		put(f.is(fuseclient.Listxattr), &fuseclient.GetxattrIn{Size: uint32(o.xattrSize())})
	case RemoveXattr:
		f.is(fuseclient.Removexattr).name(o.Name)
	case ReadDir, ReadDirPlus:
		f.is(fuseclient.Readdir)
		if o.Kind == ReadDirPlus {
			f.is(fuseclient.Readdirplus)
		}
		if o.Flags&Resume != 0 {
			f.ref(8, o.Inode, true)
		}
		put(&f, &fuseclient.ReadIn{Size: wireListing(o.Count)})
	case StatFS:
		f.is(fuseclient.Statfs)
	case Forget:
		put(f.is(fuseclient.Forget), &fuseclient.ForgetIn{Lookups: o.Count})
	}
	return f
}

func (f *wireFrame) is(op fuseclient.Opcode) *wireFrame {
	f.op = op
	return f
}

func (f *wireFrame) ref(at int, to Ref, cookie bool) *wireFrame {
	f.refs = append(f.refs, wireRef{at, to, cookie})
	return f
}

func (f *wireFrame) name(s string) *wireFrame {
	f.body = fuseclient.AppendString(f.body, s)
	return f
}

func (f *wireFrame) data(n int, o *Op) *wireFrame {
	at := len(f.body)
	f.body = append(f.body, make([]byte, n)...)
	pattern(f.body[at:], o.Fill, o.Offset)
	return f
}

// ioctl makes it an IOCTL with in bytes to follow, which asks for out bytes.
func (f *wireFrame) ioctl(command uint32, in, out uint32) *wireFrame {
	return put(f.is(fuseclient.Ioctl), &fuseclient.IoctlIn{Command: command, InSize: in, OutSize: out})
}

func put[T any](f *wireFrame, in *T) *wireFrame {
	f.body = fuseclient.Append(f.body, in)
	return f
}

// wireListing returns the size of a request for count names, 0 for all.
func wireListing(count uint64) uint32 {
	if count == 0 || count > 16 {
		return blockSize
	}
	return uint32(count) * 160 // an entry of READDIRPLUS with a short name
}

// wireBits has the bit of SETATTR for each of Op.Set, from bit 0 on.
var wireBits = [...]uint32{
	fuseclient.SetMode, fuseclient.SetUID, fuseclient.SetGID, fuseclient.SetSize, fuseclient.SetATime, fuseclient.SetMTime,
	fuseclient.SetCTime, fuseclient.SetATimeNow | fuseclient.SetMTimeNow,
	fuseclient.KillSUIDGID,
}

// wireValid translates the bits of Op.Set.
func wireValid(set uint32) (valid uint32) {
	for bit, v := range wireBits {
		if set>>bit&1 != 0 {
			valid |= v
		}
	}
	return valid
}

func wireTime(ns int64) (s uint64, frac uint32) {
	if ns == Now {
		ns = 3e18
	}
	s, frac = uint64(ns/1e9), uint32(max(ns%1e9, 0))
	return s, frac
}

// writeCache marks a WRITE of what was changed earlier (FUSE_WRITE_CACHE).
const writeCache = 1

// The commands of ioctl(2) that lsattr(1), chattr(1) and xfs_io(8) use, and the
// masks of statx(2).
const (
	getFlags  = 0x80086601
	setFlags  = 0x40086602
	getXFlags = 0x801c581f
	setXFlags = 0x401c5820

	statxBasic = 0x7ff
	statxBirth = 0x800
)
