package fuzz

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// wireServer is a server and the connection to it, with an empty filesystem
// whenever no program runs. It must not be used concurrently.
type wireServer struct {
	*fuseclient.Conn
	// ended returns when the server has, with its error.
	ended func() error
	// complaint returns what the server has to say of itself since the last call:
	// a panic that it contained.
	complaint func() string
	// loop returns which loop serves, once.
	loop func() string
	// forgot returns how many FORGETs and BATCH_FORGETs it has served.
	forgot func() uint64
	// locks: it keeps locks, and there may never be anybody to end a wait for one.
	locks    bool
	programs int // that it has run

	forgets uint64 // how many it was sent and is to serve

	interrupts []uint64             // the uniques of all INTERRUPTs that it was sent
	empty      fuseclient.StatfsOut // of the new filesystem
	run        wireRun              // buffers that are used again
}

// sentBack reports whether a reply is that of an INTERRUPT which the kernel shall
// send again, maybe of a program long ago: no request with that number was found.
func (s *wireServer) sentBack(r fuseclient.Reply) bool {
	return r.Error == -int32(unix.EAGAIN) && len(r.Payload) == 0 && slices.Contains(s.interrupts, r.Unique)
}

// wirePatience is how long a reply may take on a machine that has other things to
// do. The fuzzing engine gives up after 10 s.
const wirePatience = 6 * time.Second

// start gets ready for the first program.
func (s *wireServer) start() error {
	if err := s.SetTimeout(wirePatience); err != nil {
		return err
	}
	if _, err := s.Init(); err != nil {
		return err
	}
	if err := s.Send(fuseclient.End(fuseclient.Begin(nil, fuseclient.Statfs, s.Unique(), fuseclient.RootID))); err != nil {
		return err
	}
	r, err := s.Receive()
	if err != nil {
		return err
	}
	s.empty = fuseclient.Decode[fuseclient.StatfsOut](r.Payload)
	return r.Check(fuseclient.Statfs, 0)
}

// stop hangs up and waits for the server to end.
func (s *wireServer) stop() error {
	s.Close()
	done := make(chan error, 1)
	go func() { done <- s.ended() }()
	select {
	case err := <-done:
		return err
	case <-time.After(wirePatience):
		return errors.New("the server does not end when the other end hangs up")
	}
}

// wireRun is one run of a program.
type wireRun struct {
	server *wireServer
	number int      // of the message that is next, counted from 1; 0 in reset
	nodes  []uint64 // that the reply to each message gave out
	// What the client knows, as the kernel would: the lookups of each inode; which
	// of them are not certain, since a message took back more than there were, or
	// it cannot be told which of two messages a reply is to; and where the last
	// listing of a directory stopped.
	lookups map[uint64]uint64
	vague   map[uint64]bool
	cookies map[uint64]uint64
	// The inodes that an IOCTL may have given flags.
	flagged map[uint64]bool
	// A reply to one of several messages with the same unique may have counted
	// lookups: of what, is not certain.
	murky bool
	// It cannot be told whether the server serves a BATCH_FORGET, and when: there
	// may be another inode with the same number by then.
	doubt   bool
	batches []uint64 // the uniques of the BATCH_FORGETs in flight
	// The root was changed by SETATTR, by SETXATTR.
	rootAttr, rootXattr bool

	waiting []wireRequest
	frame   []byte

	// In reset: what was listed, and the last answers.
	entries []wireEntry
	full    bool // the listing may go on
	found   bool // GETATTR succeeded
	xattrs  string
	statfs  fuseclient.StatfsOut
}

// runWire runs a program, and empties the filesystem after it.
func (s *wireServer) runWire(p *wireProgram) (f *Finding) {
	x := &s.run
	x.begin(s)
	s.programs++
	before := heapAllocs()
	defer func() {
		if f != nil {
			f.Op = x.number
		}
	}()
	for k := 0; k < len(p.frames); {
		end := k + 1
		for end < len(p.frames) && end-k < flightMax && p.frames[end].joins(k) {
			end++
		}
		if f := x.flight(p.frames[k:end]); f != nil {
			return f
		}
		k = end
	}
	x.number = 0
	if f := x.reset(); f != nil {
		return f
	}
	if text := s.complaint(); text != "" {
		return differ(panicCheck, "%s", text)
	}
	if n := heapAllocs() - before; n > wireMemory(len(p.frames)) {
		return differ("memory", "%d MiB were allocated for %d messages", n>>20, len(p.frames))
	}
	return nil
}

// wireMemory is what a server may allocate for n messages: the library has a
// buffer of 1 MiB for each, which it gives up if it cannot decode it.
func wireMemory(n int) uint64 { return uint64(n)*(4<<20) + 32<<20 }

var allocsSample = []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}

// heapAllocs returns how much was ever allocated, in bytes.
func heapAllocs() uint64 {
	metrics.Read(allocsSample)
	return allocsSample[0].Value.Uint64()
}

func (x *wireRun) begin(s *wireServer) {
	if x.lookups == nil {
		x.lookups, x.cookies = map[uint64]uint64{}, map[uint64]uint64{}
		x.vague, x.flagged = map[uint64]bool{}, map[uint64]bool{}
	}
	clear(x.lookups)
	clear(x.vague)
	clear(x.cookies)
	clear(x.flagged)
	x.server, x.number, x.nodes = s, 0, x.nodes[:0]
	x.murky, x.doubt, x.rootAttr, x.rootXattr = false, false, false, false
	x.waiting, x.batches = x.waiting[:0], x.batches[:0]
}

// flight sends messages, and then awaits the replies to all of them.
func (x *wireRun) flight(frames []wireFrame) *Finding {
	for k := range frames {
		f := &frames[k]
		x.number++
		x.nodes = append(x.nodes, 0)
		unique := x.server.Unique()
		if f.again && k > 0 && len(x.frame) >= fuseclient.InHeaderSize {
			unique = fuseclient.Header(x.frame).Unique
		}
		x.frame = f.bytes(x.frame[:0], unique, x.resolve)
		if err := x.send(false); err != nil {
			return x.broken("sending", err)
		}
	}
	return x.await()
}

// resolve returns the node id that a reference is to, or the cookie.
func (x *wireRun) resolve(r wireRef) uint64 {
	node := uint64(fuseclient.RootID)
	if r.to == Nowhere {
		node = 1 << 62
	}
	for k := min(int(r.to), len(x.nodes)); k > 0; k-- {
		if id := x.nodes[k-1]; id != 0 {
			node = id
			break
		}
	}
	if r.cookie {
		return x.cookies[node]
	}
	return node
}

// send sends x.frame, and notes what is to come of it.
func (x *wireRun) send(must bool) error {
	if len(x.frame) >= fuseclient.InHeaderSize {
		if h := fuseclient.Header(x.frame); h.Opcode == fuseclient.Setlkw && x.server.locks {
			h.Opcode = fuseclient.Setlk
		}
		x.expect(must)
	}
	return x.server.Send(x.frame)
}

// waits reports whether a request waits for a reply.
func (x *wireRun) waits(unique uint64) bool {
	return slices.ContainsFunc(x.waiting, func(w wireRequest) bool { return w.unique == unique && !w.answered })
}

// await receives the replies to all requests that wait for one.
func (x *wireRun) await() *Finding {
	for left := len(x.waiting); left > 0; {
		r, err := x.server.Receive()
		if err != nil {
			return x.broken("receiving", err)
		}
		if r.IsNotification() {
			if err := r.CheckNotification(); err != nil {
				return differ("notification", "%v", err)
			}
			continue
		}
		if !x.waits(r.Unique) && x.server.sentBack(r) {
			continue
		}
		if f := x.answer(r); f != nil {
			return f
		}
		left--
	}
	x.waiting, x.batches = x.waiting[:0], x.batches[:0]
	return nil
}

// broken is the finding that the connection does not go on.
func (x *wireRun) broken(while string, err error) *Finding {
	for k := range x.waiting {
		if w := &x.waiting[k]; !w.answered {
			x.number = w.number
			while = fmt.Sprintf("no reply to %v (message %d)", w.op, w.number)
			break
		}
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return differ("hang", "%s after %v", while, wirePatience)
	case errors.Is(err, io.EOF):
		return differ("hung up", "%s: the server has hung up", while)
	}
	return differ("connection", "%s: %v", while, err)
}
