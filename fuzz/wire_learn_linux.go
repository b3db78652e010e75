package fuzz

import (
	"bytes"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// wireEntry is what reset knows of a name.
type wireEntry struct {
	name string
	dir  bool
	node uint64
}

// learn takes from a successful reply what the kernel would remember.
func (x *wireRun) learn(w *wireRequest, payload []byte) *Finding {
	switch w.op {
	case fuseclient.Lookup, fuseclient.Mknod, fuseclient.Mkdir, fuseclient.Symlink, fuseclient.Link,
		fuseclient.Create, fuseclient.Tmpfile:
		return x.learnEntry(w, payload)
	case fuseclient.Getattr, fuseclient.Setattr:
		if w.op == fuseclient.Setattr && w.node == fuseclient.RootID {
			x.rootAttr = true
		}
		x.found = true
		if a := fuseclient.Decode[fuseclient.AttrOut](payload).Attr; a.Ino != w.node {
			return differ("reply", "%v of node %d is of node %d", w.op, w.node, a.Ino)
		}
	case fuseclient.Statx:
		if a := fuseclient.Decode[fuseclient.StatxOut](payload); a.Ino != w.node {
			return differ("reply", "%v of node %d is of node %d", w.op, w.node, a.Ino)
		}
	case fuseclient.Ioctl:
		x.flagged[w.node] = true
	case fuseclient.Setxattr, fuseclient.Removexattr:
		x.rootXattr = x.rootXattr || w.node == fuseclient.RootID
	case fuseclient.Readdir, fuseclient.Readdirplus:
		return x.learnListing(w, payload)
	case fuseclient.Listxattr:
		x.xattrs = ""
		if w.size > 0 && x.number == 0 {
			x.xattrs = string(payload)
		}
	case fuseclient.Statfs:
		x.statfs = fuseclient.Decode[fuseclient.StatfsOut](payload)
	}
	return nil
}

// learnShared takes what can be known from a reply to one of several requests with
// the same unique: it may have counted lookups.
func (x *wireRun) learnShared(payload []byte) {
	x.murky, x.rootAttr, x.rootXattr = true, true, true
	if e := fuseclient.Decode[fuseclient.EntryOut](payload); e.NodeID != 0 && e.NodeID == e.Attr.Ino {
		x.lookups[e.NodeID]++
	}
}

// learnEntry counts the lookup that comes with a name.
func (x *wireRun) learnEntry(w *wireRequest, payload []byte) *Finding {
	e := fuseclient.Decode[fuseclient.EntryOut](payload)
	switch {
	case e.NodeID == 0 && w.op == fuseclient.Lookup: // there is none, and the kernel may remember
		return nil
	case e.NodeID == 0 || e.Attr.Ino != e.NodeID:
		return differ("reply", "%v gave out node %d with the attributes of %d", w.op, e.NodeID, e.Attr.Ino)
	}
	x.lookups[e.NodeID]++
	if w.number > 0 {
		x.nodes[w.number-1] = e.NodeID
	}
	return nil
}

// learnListing goes through a listing: its form, and the lookups that come with
// READDIRPLUS. In reset it also keeps the names.
func (x *wireRun) learnListing(w *wireRequest, payload []byte) *Finding {
	x.full = len(payload) > int(w.size)-512 // the next entry may not have had room
	for len(payload) > 0 {
		e, rest, err := fuseclient.NextEntry(payload, w.op == fuseclient.Readdirplus)
		if err != nil {
			return differ("listing", "%v", err)
		}
		payload = rest
		x.cookies[w.node] = e.Offset
		dots := bytes.Equal(e.Name, []byte(".")) || bytes.Equal(e.Name, []byte(".."))
		if w.op == fuseclient.Readdirplus {
			switch {
			case dots && e.NodeID != 0:
				return differ("listing", "%q with node %d", e.Name, e.NodeID)
			case !dots && (e.NodeID == 0 || e.NodeID != e.Ino || e.EntryOut.Attr.Ino != e.Ino):
				return differ("listing", "%q with nodes %d, %d, %d", e.Name, e.NodeID, e.Ino, e.EntryOut.Attr.Ino)
			case !dots:
				x.lookups[e.NodeID]++
			}
		}
		if x.number == 0 && !dots {
			x.entries = append(x.entries, wireEntry{string(e.Name), e.Type == typeDir>>12, e.Ino})
		}
	}
	return nil
}
