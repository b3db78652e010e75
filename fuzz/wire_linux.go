package fuzz

import (
	"github.com/scratchfs/memfs/internal/fuseclient"
)

// Each request of FuzzWire gets one reply, if it wants one at all, of a length that
// its opcode allows, and an error comes alone (package fuseclient). The client has
// seen every reply, so it knows each name and each lookup: in the end, when all is
// removed, an inode must be there until its last lookup is forgotten, each FORGET must
// have been served once, and then STATFS must be that of a new filesystem. It is used
// for the next program.

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
