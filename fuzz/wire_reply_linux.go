package fuzz

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"unsafe"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// wireRequest is a request that waits for its reply.
type wireRequest struct {
	number   int
	op       fuseclient.Opcode
	unique   uint64
	node     uint64
	size     uint32 // what it asks for or writes
	bad      bool   // must be refused
	must     bool   // must not
	shared   bool   // another one in flight has the same unique
	answered bool
	failed   bool // with an error
}

// expect notes what is to come of a message with a header.
func (x *wireRun) expect(must bool) {
	h := *fuseclient.Header(x.frame)
	body := x.frame[fuseclient.InHeaderSize:]
	bad := int(h.Len) != len(x.frame)
	shared := false
	for k := range x.waiting {
		if w := &x.waiting[k]; w.unique == h.Unique {
			w.shared, shared = true, true
		}
	}
	r := wireRequest{number: x.number, op: h.Opcode, unique: h.Unique, node: h.NodeID, bad: bad, must: must, shared: shared}
	switch h.Opcode {
	case fuseclient.Read, fuseclient.Readdir, fuseclient.Readdirplus:
		r.size = fuseclient.Decode[fuseclient.ReadIn](body).Size
	case fuseclient.Write:
		r.size = fuseclient.Decode[fuseclient.WriteIn](body).Size
	case fuseclient.Getxattr, fuseclient.Listxattr:
		r.size = fuseclient.Decode[fuseclient.GetxattrIn](body).Size
	case fuseclient.Ioctl:
		r.size = fuseclient.Decode[fuseclient.IoctlIn](body).OutSize
	case fuseclient.Forget:
		if !bad && len(body) >= h.Opcode.Body() {
			doubt := h.ExtLen > 0
			x.forget(h.NodeID, fuseclient.Decode[fuseclient.ForgetIn](body).Lookups, doubt)
			x.serves(doubt)
		}
	case fuseclient.BatchForget:
		if !bad {
			x.batchForget(&h, body, shared)
		}
	case fuseclient.Interrupt:
		x.server.interrupts = append(x.server.interrupts, h.Unique)
	}
	if h.Opcode.WantsReply() {
		x.waiting = append(x.waiting, r)
	}
}

func (x *wireRun) batchForget(h *fuseclient.InHeader, body []byte, shared bool) {
	count := fuseclient.Decode[fuseclient.BatchForgetIn](body).Count
	if len(body) < 8 || uint64(count) > uint64(len(body)-8)/16 {
		return
	}
	// The library takes one unique for two requests at a time for a mistake.
	doubt := shared || h.ExtLen > 0 || slices.Contains(x.batches, h.Unique)
	x.batches = append(x.batches, h.Unique)
	for k := range int(count) {
		one := fuseclient.Decode[fuseclient.ForgetOne](body[8+16*k:])
		x.forget(one.NodeID, one.Lookups, doubt)
	}
	x.serves(doubt)
}

// serves notes that the server is to serve a FORGET or BATCH_FORGET, unless there is
// doubt.
func (x *wireRun) serves(doubt bool) {
	if doubt {
		x.doubt = true
		return
	}
	x.server.forgets++
}

// forget takes back n lookups. More than there are is for the server to ignore;
// but requests that are answered at the same time, and what comes later, may
// find the inode before or after it.
func (x *wireRun) forget(node, n uint64, doubt bool) {
	if doubt {
		x.vague[node] = true
	}
	if have := x.lookups[node]; n > have && node != fuseclient.RootID {
		x.vague[node] = true
		n = have
	}
	x.lookups[node] -= n
}

// answer finds the request that a reply is to, and learns from it.
func (x *wireRun) answer(r fuseclient.Reply) *Finding {
	var next, fits *wireRequest // that waits for a reply, and that this may be one to
	var wrong error
	for k := range x.waiting {
		w := &x.waiting[k]
		if w.unique != r.Unique {
			continue
		}
		err := w.check(r)
		switch {
		case !w.answered && err == nil:
			next, fits = w, w
		case !w.answered:
			next, wrong = w, errors.Join(wrong, err)
		case err == nil && fits == nil && w.failed:
			// An error fits every request: the last one was to another of those
			// with this unique.
			fits = w
		}
		if next == w && fits == w {
			break
		}
	}
	switch {
	case next == nil:
		return differ("stray reply", "a reply to nothing that waits for one: %+v with %d bytes", r.OutHeader, len(r.Payload))
	case fits == nil:
		return differ("reply", "%v", wrong)
	case fits.must && r.Error != 0:
		return differ("reset", "%v of node %d: %s", fits.op, fits.node, errnoName(syscall.Errno(-r.Error)))
	}
	next.answered, next.failed = true, r.Error != 0
	if r.Error != 0 {
		return nil
	}
	if fits.shared {
		x.learnShared(r.Payload)
		return nil
	}
	return x.learn(fits, r.Payload)
}

// check returns what is wrong with a reply to the request.
func (w *wireRequest) check(r fuseclient.Reply) error {
	if w.bad && r.Error == 0 {
		return fmt.Errorf("%v: a header with the wrong length was taken for a request", w.op)
	}
	return r.Check(w.op, w.size)
}

// entrySize is the length of the shortest reply that counts a lookup.
const entrySize = int(unsafe.Sizeof(fuseclient.EntryOut{}))
