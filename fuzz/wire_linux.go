package fuzz

import (
	"github.com/scratchfs/memfs/internal/fuseclient"
)

// FuzzWire sends messages of the FUSE protocol to a server by each of its loops,
// through a socket, with no mount and no privilege: the operations of a Program
// as requests, requests that no Op stands for, requests that were changed as no
// kernel would, and any bytes; one after the other, or several before the first
// reply.
//
// It is not about what the operations do: FuzzOps compares that. It is about the
// way to them. No message may end the server or have it hang, go silent or
// allocate without bound. Each request gets one reply, if it wants one at all, of
// a length that its opcode allows, and an error comes alone (package fuseclient).
// Then all that there is gets removed and forgotten over the wire. The client has
// seen every reply, so it knows each name and each lookup: an inode must be there
// until its last lookup is forgotten, and then STATFS must be that of a new
// filesystem. It is used for the next program.
//
// A finding comes with the fewest messages that show it, in text form (see
// wireProgram.String). Fixed, they belong in testdata/wire.

// wireProgram is a sequence of messages for a server.
type wireProgram struct {
	loop   int // which of the loops runs it
	frames []wireFrame
}

// wireFrame is a message as data. What it refers to is filled in when it is
// sent: the node ids that earlier replies gave out.
type wireFrame struct {
	joined bool // need not wait until the messages ahead of it are answered

	// raw is the whole message, and what follows does not count, if it is not
	// nil.
	raw []byte

	op     fuseclient.Opcode
	node   Ref    // of the header
	wild   uint64 // instead, if node is Nowhere
	uid    uint32
	gid    uint32
	again  bool  // with the unique of the message ahead of it
	excess int32 // how much longer the header says that it is

	body []byte
	refs []wireRef // in body
}

// wireRef is a place in a body for eight bytes that a reply gave.
type wireRef struct {
	at     int
	to     Ref
	cookie bool // where the last listing of the directory stopped, else its node id
}

// flightMax is how many messages are sent before the first reply is awaited: the
// replies to all of them must find room in the socket.
const flightMax = 8

// joins reports whether the message is sent with those from number k+1 on, before
// the reply to any of them has come. It waits for what it refers to.
func (f *wireFrame) joins(k int) bool {
	if !f.joined || f.raw == nil && int(f.node) > k {
		return false
	}
	for _, r := range f.refs {
		if int(r.to) > k {
			return false
		}
	}
	return true
}

// wireOf returns the request for an operation.
func wireOf(o *Op) wireFrame {
	f := wireFrame{node: o.Inode, uid: o.UID, gid: o.GID}
	size := uint32(o.ioSize())
	switch o.Kind {
	case Lookup:
		f.is(fuseclient.Lookup).name(o.Name)
	case GetAttr:
		put(f.is(fuseclient.Getattr), &fuseclient.GetattrIn{})
	case SetAttr:
		in := fuseclient.SetattrIn{Mode: o.Mode, UID: o.UID, GID: o.GID, Size: uint64(o.Size)}
		in.Valid = wireValid(o.Set)
		in.ATime, in.ATimeNsec = wireTime(o.ATime)
		in.MTime, in.MTimeNsec = wireTime(o.MTime)
		put(f.is(fuseclient.Setattr), &in)
	case Mknod:
		put(f.is(fuseclient.Mknod), &fuseclient.MknodIn{Mode: o.Mode, Rdev: o.Rdev}).name(o.Name)
	case Mkdir:
		put(f.is(fuseclient.Mkdir), &fuseclient.MkdirIn{Mode: o.Mode}).name(o.Name)
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
		put(f.is(fuseclient.Rename).ref(0, o.NewDir, false), &fuseclient.RenameIn{}).name(o.Name).name(o.NewName)
	case Readlink:
		f.is(fuseclient.Readlink)
	case Read:
		put(f.is(fuseclient.Read), &fuseclient.ReadIn{Offset: uint64(o.Offset), Size: size})
	case Write:
		put(f.is(fuseclient.Write), &fuseclient.WriteIn{Offset: uint64(o.Offset), Size: size}).data(int(size), o)
	case Fallocate:
		put(f.is(fuseclient.Fallocate), &fuseclient.FallocateIn{Offset: uint64(o.Offset), Length: uint64(o.Size), Mode: o.Flags})
	case SetXattr:
		size := o.xattrSize()
		put(f.is(fuseclient.Setxattr), &fuseclient.SetxattrIn{Size: uint32(size), Flags: o.Flags}).name(o.Name).data(size, o)
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

// wireValid translates the bits of Op.Set.
func wireValid(set uint32) (valid uint32) {
	for bit, v := range map[uint32]uint32{
		SetMode: fuseclient.SetMode, SetUID: fuseclient.SetUID, SetGID: fuseclient.SetGID,
		SetSize: fuseclient.SetSize, SetATime: fuseclient.SetATime, SetMTime: fuseclient.SetMTime,
	} {
		if set&bit != 0 {
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
