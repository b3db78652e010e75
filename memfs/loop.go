package memfs

import (
	"log"
	"runtime"

	"github.com/jacobsa/fuse"
	"github.com/jacobsa/fuse/fuseops"
	"golang.org/x/sync/errgroup"
)

// maxUnread is how many replies LoopGoroutine tries to send at a time through a
// socket, where each that finds no room keeps a thread. The kernel always has room.
const maxUnread = 64

// server serves a connection by one of the loops.
type server struct {
	fs      *fileSystem
	dev     device
	loop    Loop
	threads int
	reader  *reader // since ServeOps
}

// stopped implements connectionServer.
func (s *server) stopped() error {
	if s.reader == nil {
		return nil
	}
	return s.reader.err
}

// discard implements connectionServer.
func (s *server) discard() { s.fs.Destroy() }

// ServeOps implements fuse.Server: it returns when the connection is gone and
// every request was answered.
func (s *server) ServeOps(c *fuse.Connection) {
	defer s.fs.Destroy()
	r := &reader{c: c, dev: s.dev, screen: newScreen(s.dev), timed: s.fs.observe != nil}
	// A socket is looked at before it is read, and a reply may have to wait.
	if r.screen == nil {
		if err := s.dev.setNonblock(); err != nil {
			log.Printf("memfs: %v", err) // and it waits where it reads
		}
	}
	s.reader = r
	switch s.loop {
	case LoopSerial:
		s.serial(r)
	case LoopGoroutine:
		s.goroutines(r)
	default:
		w := workers{
			next: r.next,
			long: s.fs.takesLong,
			run:  func(req request) { s.fs.run(c, req) },
		}
		w.serve(s.threads)
	}
}

// serial is fuse_loop of libfuse: one goroutine reads, runs and replies.
func (s *server) serial(r *reader) {
	for {
		req, ok := r.next()
		if !ok {
			return
		}
		s.fs.run(r.c, req)
	}
}

// goroutines is the way of jacobsa/fuse (fuseutil.NewFileSystemServer): one
// goroutine reads, and starts one for each request.
func (s *server) goroutines(r *reader) {
	var group errgroup.Group
	defer group.Wait()
	if r.screen != nil {
		group.SetLimit(maxUnread)
	}
	for {
		req, ok := r.next()
		if !ok {
			return
		}
		if _, ok := req.op.(*fuseops.ForgetInodeOp); ok && !s.fs.takesLong(req.op) {
			s.fs.run(r.c, req) // they come in flurries
			continue
		}
		group.Go(func() error {
			growStack()
			s.fs.run(r.c, req)
			return nil
		})
	}
}

// growStack has a new goroutine begin with a stack that is large enough for most
// requests. It would grow to that in steps otherwise, each of which copies what is
// there, from deeper and deeper: a seventh of the time of a short request.
//
//go:noinline
func growStack() {
	var room [5 << 10]byte // of 8 KiB; the stack of a new goroutine has 2 KiB
	runtime.KeepAlive(&room)
}
