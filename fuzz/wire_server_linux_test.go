package fuzz

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/scratchfs/memfs/internal/fuseclient"
	"github.com/scratchfs/memfs/memfs"
)

// wireLimits are so tight that they are met.
var wireLimits = memfs.Options{Size: 64 * blockSize, Inodes: 40}

// A wireLoop is a way to serve a socket: a loop, and what else there is to it.
type wireLoop struct {
	name string
	memfs.Options
}

// wireLoops returns the loops that can serve a socket: asked for one that cannot,
// a server chooses another one. Where the server can keep the locks of files it is
// one more.
var wireLoops = sync.OnceValue(func() (loops []wireLoop) {
	try := func(name string, o memfs.Options) {
		l := wireLoop{name, o}
		s, err := connectWire(l)
		if err != nil {
			return
		}
		if s.loop() == string(o.Loop) {
			loops = append(loops, l)
		}
		_ = s.stop() // if it does not end, the fuzz target says so
	}
	o := wireLimits
	for _, o.Loop = range memfs.Loops() {
		try(string(o.Loop), o)
	}
	o.Loop, o.ServerLocks = memfs.LoopDev, true
	try("dev,locks=server", o)
	return loops
})

// connectWire starts a server.
func connectWire(l wireLoop) (*wireServer, error) {
	c, fd, err := fuseclient.Pair()
	if err != nil {
		return nil, err
	}
	o := l.Options
	var forgot atomic.Uint64
	o.Observe = func(o memfs.Observation) {
		switch o.Request {
		case fuseclient.Forget.String(), fuseclient.BatchForget.String():
			forgot.Add(1)
		}
	}
	ended, serves := make(chan error, 1), make(chan memfs.Loop, 1)
	go func() {
		m, err := memfs.Mount(fmt.Sprintf("/dev/fd/%d", fd), o)
		if err == nil {
			serves <- m.Loop()
			err = m.Wait()
		}
		ended <- err
	}()
	s := &wireServer{Conn: c, locks: o.ServerLocks, ended: func() error { return <-ended }, complaint: complaints.take, forgot: forgot.Load,
		loop: func() string { return string(<-serves) }}
	if err := s.start(); err != nil {
		c.Close()
		return nil, fmt.Errorf("%w, and the server: %w", err, <-ended)
	}
	return s, nil
}

// complaints takes what servers log, and keeps the panics.
var complaints wireLog

type wireLog struct {
	sync.Mutex
	text string
}

func (l *wireLog) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("panic in ")) {
		l.Lock()
		l.text += string(b)
		l.Unlock()
	}
	return len(b), nil
}

func (l *wireLog) take() string {
	l.Lock()
	defer l.Unlock()
	text := l.text
	l.text = ""
	return text
}

// lockedPrograms is how many programs a server that keeps locks is for: those of
// files that nobody closes stay.
const lockedPrograms = 100

// interruptsMax is how many INTERRUPTs a server is for: it may answer each of them at
// any time, and has to be known to have been sent it.
const interruptsMax = 1024

// worn reports whether a server is not for another program.
func (s *wireServer) worn() bool {
	return s.run.doubt || len(s.interrupts) > interruptsMax || s.locks && s.programs >= lockedPrograms
}

// wireServers has a server for each of the loops, kept from program to program.
type wireServers map[int]*wireServer

// newWireServers gets ready for a test. A server that runs in this process needs
// a processor of the Go runtime beside that of its client, which waits in
// system calls.
func newWireServers(t testing.TB) wireServers {
	procs := runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), 2))
	gc := debug.SetGCPercent(800)
	log.SetOutput(&complaints)
	servers := wireServers{}
	t.Cleanup(func() {
		for _, s := range servers {
			if err := s.stop(); err != nil {
				t.Error(err)
			}
		}
		log.SetOutput(os.Stderr)
		debug.SetGCPercent(gc)
		runtime.GOMAXPROCS(procs)
	})
	return servers
}

// check runs a program.
func (servers wireServers) check(p *wireProgram) *Finding {
	s := servers[p.loop]
	if s == nil {
		var err error
		if s, err = connectWire(wireLoops()[p.loop]); err != nil {
			return differ("connection", "%v", err)
		}
		servers[p.loop] = s
	}
	f := s.runWire(p)
	if f == nil && !s.worn() {
		return nil
	}
	delete(servers, p.loop)
	if err := s.stop(); f == nil && err != nil {
		f = differ("end", "%v", err)
	}
	s.complaint()
	return f
}

// checkWire runs a program on a new server.
func checkWire(p *wireProgram) *Finding {
	s, err := connectWire(wireLoops()[p.loop])
	if err != nil {
		return differ("connection", "%v", err)
	}
	f := s.runWire(p)
	err = s.stop()
	if f == nil && err != nil {
		return differ("end", "%v", err)
	}
	s.complaint()
	return f
}
