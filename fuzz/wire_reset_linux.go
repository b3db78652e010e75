package fuzz

import (
	"encoding/binary"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// lateForget is how long after a FORGET its effect may take to be seen.
const lateForget = 2 * time.Second

// reset removes and forgets all that there is, over the wire. Before its last
// lookup is forgotten an inode must be there; and then the filesystem must be as
// empty as a new one.
func (x *wireRun) reset() *Finding {
	if f := x.clearFlags(); f != nil {
		return f
	}
	if f := x.removeAll(fuseclient.RootID); f != nil {
		return f
	}
	if f := x.resetRoot(); f != nil {
		return f
	}
	if f := x.forgetVague(); f != nil {
		return f
	}
	empty := x.server.empty
	if held := x.forgetButOne(); held > 0 {
		if f := x.statFS(); f != nil {
			return f
		}
		if free := empty.FilesFree - held; x.statfs.FilesFree > free {
			return differ("forget", "%d inodes are free, want at most %d: all %d were unlinked and each has a lookup", x.statfs.FilesFree, free, held)
		}
		x.forgetMany(func(n uint64) uint64 { return min(n, 1) })
	}
	late := time.Now().Add(lateForget)
	if f := x.awaitForgets(late); f != nil {
		return f
	}
	for {
		if f := x.statFS(); f != nil {
			return f
		}
		if x.statfs == empty {
			return nil
		}
		if !x.doubt || time.Now().After(late) { // what is in doubt may still be served
			return differ("leak", "all is removed and forgotten, and STATFS is %+v, want %+v", x.statfs, empty)
		}
	}
}

// awaitForgets returns when the server has served all FORGETs, each once. Nobody gets
// a reply to one, and a request that follows it may overtake it.
func (x *wireRun) awaitForgets(late time.Time) *Finding {
	for {
		got, want := x.server.forgot(), x.server.forgets
		switch {
		case got == want || got > want && x.doubt:
			return nil
		case got > want || time.Now().After(late):
			return differ("forget", "%d FORGETs and BATCH_FORGETs were served, want %d", got, want)
		}
		// The server may need this processor, of the Go runtime or of the machine.
		runtime.Gosched()
		unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
}

// forgetVague takes back all lookups of the inodes of which it is not certain how
// many there are.
func (x *wireRun) forgetVague() *Finding {
	for node := range x.lookups {
		if node == fuseclient.RootID || !x.murky && !x.vague[node] {
			continue
		}
		x.vague[node], x.found = true, false
		x.request(fuseclient.Getattr, node, false, &fuseclient.GetattrIn{}, "")
		if f := x.await(); f != nil {
			return f
		}
		if x.found {
			x.request(fuseclient.Forget, node, false, &fuseclient.ForgetIn{Lookups: 1<<64 - 1}, "")
		}
	}
	return nil
}

// forgetButOne takes back all lookups but the last one of each inode, and returns
// how many inodes have that.
func (x *wireRun) forgetButOne() (held uint64) {
	more := false
	for node, n := range x.lookups {
		if n > 0 && x.certain(node) {
			held++
			more = more || n > 1
		}
	}
	if more {
		x.forgetMany(func(n uint64) uint64 { return max(n, 1) - 1 })
	}
	return held
}

// certain reports whether it is known how many lookups there are of an inode.
func (x *wireRun) certain(node uint64) bool { return node != fuseclient.RootID && !x.vague[node] }

// forgetMany takes back of each inode as many lookups as count says, given how many
// there are: in one message, as the kernel does. If it is not sent, what comes next
// fails.
func (x *wireRun) forgetMany(count func(n uint64) uint64) {
	x.frame = fuseclient.Begin(x.frame[:0], fuseclient.BatchForget, x.server.Unique(), 0)
	at := len(x.frame)
	x.frame = fuseclient.Append(x.frame, &fuseclient.BatchForgetIn{})
	many := uint32(0)
	for node, n := range x.lookups {
		if n = count(n); n > 0 && x.certain(node) {
			x.frame = fuseclient.Append(x.frame, &fuseclient.ForgetOne{NodeID: node, Lookups: n})
			many++
		}
	}
	binary.NativeEndian.PutUint32(x.frame[at:], many)
	x.serves(false)
	_ = x.server.Send(fuseclient.End(x.frame))
}

// request sends a request of reset. What it did not send is missed by await.
func (x *wireRun) request(op fuseclient.Opcode, node uint64, must bool, in any, names string) {
	b := fuseclient.Begin(x.frame[:0], op, x.server.Unique(), node)
	switch in := in.(type) {
	case *fuseclient.ForgetIn:
		b = fuseclient.Append(b, in)
	case *fuseclient.GetattrIn:
		b = fuseclient.Append(b, in)
	case *fuseclient.ReadIn:
		b = fuseclient.Append(b, in)
	case *fuseclient.GetxattrIn:
		b = fuseclient.Append(b, in)
	case *fuseclient.SetattrIn:
		b = fuseclient.Append(b, in)
	case *fuseclient.IoctlIn:
		b = fuseclient.Append(b, in)
	}
	if names != "" {
		b = fuseclient.AppendString(b, names)
	}
	x.frame = fuseclient.End(b)
	if op == fuseclient.Forget { // what it counts is counted
		x.serves(false)
		_ = x.server.Send(x.frame)
		return
	}
	_ = x.send(must)
}

func (x *wireRun) statFS() *Finding {
	x.request(fuseclient.Statfs, fuseclient.RootID, true, nil, "")
	return x.await()
}

// clearFlags takes off the flags for which inodes could not be removed. What had
// some may be gone.
func (x *wireRun) clearFlags() *Finding {
	if x.murky {
		x.flagged[fuseclient.RootID] = true
		for node := range x.lookups {
			x.flagged[node] = true
		}
	}
	for node := range x.flagged {
		const none = "\x00\x00\x00" // and the NUL
		x.request(fuseclient.Ioctl, node, false, &fuseclient.IoctlIn{Command: setFlags, InSize: 4}, none)
		if f := x.await(); f != nil {
			return f
		}
	}
	return nil
}

// listSize is what reset asks for at a time of a listing: mostly all of it, and the
// library allocates as much for each request.
const listSize = 2048

// removeAll removes what is in a directory.
func (x *wireRun) removeAll(dir uint64) *Finding {
	for {
		x.entries = x.entries[:0]
		x.request(fuseclient.Readdir, dir, true, &fuseclient.ReadIn{Size: listSize}, "")
		if f := x.await(); f != nil {
			return f
		}
		more := x.full
		if len(x.entries) == 0 {
			return nil
		}
		entries := append([]wireEntry(nil), x.entries...)
		for _, e := range entries {
			if e.dir {
				if f := x.removeAll(e.node); f != nil {
					return f
				}
			}
		}
		for k, e := range entries {
			op := fuseclient.Unlink
			if e.dir {
				op = fuseclient.Rmdir
			}
			x.request(op, dir, true, nil, e.name)
			if k%flightMax == flightMax-1 || k == len(entries)-1 {
				if f := x.await(); f != nil {
					return f
				}
			}
		}
		if !more {
			return nil
		}
	}
}

// resetRoot gives the root the attributes of a new one.
func (x *wireRun) resetRoot() *Finding {
	if x.rootXattr {
		x.request(fuseclient.Listxattr, fuseclient.RootID, true, &fuseclient.GetxattrIn{Size: 1 << 16}, "")
		if f := x.await(); f != nil {
			return f
		}
		for name := range strings.SplitSeq(x.xattrs, "\x00") {
			if name == "" {
				continue
			}
			x.request(fuseclient.Removexattr, fuseclient.RootID, true, nil, name)
			if f := x.await(); f != nil {
				return f
			}
		}
	}
	if x.rootAttr {
		in := fuseclient.SetattrIn{Valid: fuseclient.SetMode | fuseclient.SetUID | fuseclient.SetGID, Mode: rootMode}
		x.request(fuseclient.Setattr, fuseclient.RootID, true, &in, "")
		return x.await()
	}
	return nil
}
