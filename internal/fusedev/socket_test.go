//go:build linux

package fusedev

import (
	"bytes"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// peer is the kernel's end of a connection over a socket.
type peer struct {
	t      *testing.T
	fd     int
	conn   *Conn
	log    *lockedBuffer
	served chan error
	buffer []byte
}

// lockedBuffer is what a logger writes to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// patience is how long a test may take before it counts as hung.
const patience = 20 * time.Second

func sockets(t *testing.T) (kernel, server int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	tv := unix.NsecToTimeval(int64(patience))
	if err := unix.SetsockoptTimeval(fds[0], unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
		t.Fatal(err)
	}
	return fds[0], fds[1]
}

// dial serves fs over a socket. When the test ends the connection is closed, and
// Serve must return.
func dial(t *testing.T, fs *testFS, o Options) *peer {
	t.Helper()
	p := &peer{t: t, log: new(lockedBuffer), served: make(chan error, 1)}
	o.Logger = log.New(p.log, "", 0)
	var server int
	p.fd, server = sockets(t)
	connected := make(chan error)
	go func() {
		var err error
		p.conn, err = NewConn(server, o)
		connected <- err
	}()
	p.send(&parts{header: InHeader{Opcode: OpInit, Unique: 1}, arg: structure(InitIn{Major: 7, Minor: Minor, Flags: 1<<32 - 1, Flags2: 1<<32 - 1})})
	if h, body := p.receive(); h.Error != 0 || h.Unique != 1 || len(body) != 64 {
		t.Fatalf("reply to INIT: %+v %v", h, body)
	}
	if err := <-connected; err != nil {
		t.Fatal(err)
	}
	fs.conn = p.conn
	go func() { p.served <- p.conn.Serve(fs) }()
	t.Cleanup(func() {
		unix.Close(p.fd)
		select {
		case err := <-p.served:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("Serve has not returned")
		}
	})
	return p
}

func (p *peer) send(m *parts) { p.write(m.encode()) }

func (p *peer) write(b []byte) {
	p.t.Helper()
	if _, err := unix.Write(p.fd, b); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) receive() (OutHeader, []byte) {
	p.t.Helper()
	if p.buffer == nil {
		p.buffer = make([]byte, 1<<20)
	}
	n, err := unix.Read(p.fd, p.buffer)
	for err == unix.EINTR { // by the signal with which the runtime stops goroutines
		n, err = unix.Read(p.fd, p.buffer)
	}
	if err != nil || n < outHeaderSize {
		p.t.Fatalf("%d bytes: %v", n, err)
	}
	b := aligned(n)
	copy(b, p.buffer)
	h := *(*OutHeader)(unsafe.Pointer(&b[0]))
	if int(h.Len) != n {
		p.t.Fatalf("%+v, but %d bytes", h, n)
	}
	return h, b[outHeaderSize:n]
}

// expect receives a reply with that errno.
func (p *peer) expect(unique uint64, errno syscall.Errno) []byte {
	p.t.Helper()
	h, body := p.receive()
	if h.Unique != unique || h.Error != -int32(errno) {
		p.t.Fatalf("reply to %d: %v; want to %d: %v", h.Unique, syscall.Errno(-h.Error), unique, errno)
	}
	return body
}

func lookup(unique uint64, name string) *parts {
	return &parts{header: InHeader{Opcode: OpLookup, Unique: unique, NodeID: 1}, names: []string{name}}
}

func interrupt(unique, of uint64) *parts {
	return &parts{header: InHeader{Opcode: OpInterrupt, Unique: unique}, arg: structure(InterruptIn{of})}
}

func TestSocket(t *testing.T) {
	p := dial(t, newTestFS(), Options{Loop: Dev})
	p.send(lookup(2, "file"))
	if body := p.expect(2, 0); len(body) != 128 {
		t.Errorf("%d bytes", len(body))
	}
	p.send(&parts{header: InHeader{Opcode: OpRead, Unique: 3, NodeID: fileID}, arg: structure(ReadIn{Size: 4096, Offset: 4})})
	if body := p.expect(3, 0); string(body) != content[4:] {
		t.Errorf("%q", body)
	}
	p.send(&parts{header: InHeader{Opcode: OpForget, Unique: 4}, arg: structure(ForgetIn{1})}) // no reply
	p.send(&parts{header: InHeader{Opcode: OpForget, Unique: 4}})                              // nor to a malformed one
	p.send(&parts{header: InHeader{Opcode: OpGetattr, Unique: 5}})
	p.expect(5, syscall.EINVAL)
	p.send(&parts{header: InHeader{Opcode: 48, Unique: 6}})
	p.expect(6, syscall.ENOSYS)
	p.write([]byte("no request"))
	p.send(&parts{header: InHeader{Opcode: OpInit, Unique: 7}, arg: structure(InitIn{Major: 7, Minor: Minor})})
	p.expect(7, syscall.EIO)
	p.send(&parts{header: InHeader{Opcode: OpDestroy, Unique: 8}})
	p.expect(8, 0)
	if !strings.Contains(p.log.String(), "10 bytes is no request") {
		t.Errorf("log: %q", p.log)
	}
}

// TestSocketGarbage sends requests of all kinds, damaged ones among them. The
// connection must go on.
func TestSocketGarbage(t *testing.T) {
	p := dial(t, newTestFS(), Options{Loop: Dev})
	const last = 1 << 40
	go func() {
		rnd := rand.New(rand.NewPCG(3, 4))
		for range 5000 {
			op := Opcode(rnd.IntN(len(formats)))
			if formatOf(op) == nil {
				continue
			}
			message := randomParts(op, rnd).encode()
			for range rnd.IntN(4) {
				message[rnd.IntN(len(message))] = byte(rnd.Uint32())
			}
			if rnd.IntN(4) == 0 {
				message = message[:1+rnd.IntN(len(message))]
			}
			unix.Write(p.fd, message)
		}
		unix.Write(p.fd, lookup(last, "file").encode())
	}()
	for {
		if h, _ := p.receive(); h.Unique == last {
			return
		}
	}
}

func TestSocketPanic(t *testing.T) {
	p := dial(t, newTestFS(), Options{Loop: Dev})
	for i, name := range []string{"panic", "later panic"} {
		p.send(lookup(uint64(i), name))
		p.expect(uint64(i), syscall.EIO)
	}
	p.send(lookup(9, "file"))
	p.expect(9, 0)
	if said := p.log.String(); strings.Count(said, "panic in LOOKUP: as asked for") != 2 || !strings.Contains(said, "fs_test.go") {
		t.Errorf("log: %q", said)
	}
}

// TestSocketManyInFlight has more requests that wait than there are threads.
func TestSocketManyInFlight(t *testing.T) {
	p := dial(t, newTestFS(), Options{Loop: Dev, Threads: 2})
	const n = 50
	open := make(map[uint64]bool)
	for i := range uint64(n) {
		p.send(lookup(100+i, "slow"))
		open[100+i] = true
	}
	for i := range uint64(n) { // one after the other, while all those wait
		p.send(lookup(200+i, "file"))
		p.expect(200+i, 0)
	}
	p.send(lookup(300, "open"))
	open[300] = true
	for len(open) > 0 {
		h, _ := p.receive()
		want := syscall.ENOTEMPTY
		if h.Unique == 300 {
			want = syscall.ENOENT
		}
		if !open[h.Unique] || h.Error != -int32(want) {
			t.Fatalf("%+v", h)
		}
		delete(open, h.Unique)
	}
}

// TestSocketUnread has more requests that goroutines serve than there is room for replies,
// which nobody reads. Then no more are read, and few threads wait.
func TestSocketUnread(t *testing.T) {
	p := dial(t, newTestFS(), Options{Loop: Dev, Limits: Limits{MaxWrite: 4096}})
	p.send(lookup(2, "open"))
	p.expect(2, syscall.ENOENT)
	const n = 5000
	var sent atomic.Int32
	done := make(chan bool)
	go func() {
		defer close(done)
		for i := range uint64(n) {
			p.send(lookup(4+2*i, "slow")) // no longer
			sent.Add(1)
		}
	}()
	for len(p.conn.unread) < maxUnread && sent.Load() < n {
		runtime.Gosched()
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	if len(tasks) > 2*maxUnread || sent.Load() == n {
		t.Errorf("%d threads; %d of %d requests sent", len(tasks), sent.Load(), n)
	}
	for range n { // it goes on as if nothing had been
		if h, _ := p.receive(); h.Error != -int32(syscall.ENOTEMPTY) {
			t.Fatalf("%+v", h)
		}
	}
	<-done
}

// TestSocketUnreadEnd ends the connection, from this end, while replies wait for room.
func TestSocketUnreadEnd(t *testing.T) {
	p := dial(t, newTestFS(), Options{Loop: Dev, Limits: Limits{MaxWrite: 4096}})
	p.send(lookup(2, "open"))
	p.expect(2, syscall.ENOENT)
	go func() {
		for { // until it is an error
			if _, err := unix.Write(p.fd, lookup(4, "slow").encode()); err != nil {
				return
			}
		}
	}()
	for len(p.conn.unread) < maxUnread {
		runtime.Gosched()
	}
	unix.Shutdown(p.conn.fd, unix.SHUT_RD)
	select {
	case err := <-p.served:
		p.served <- err // for the cleanup
	case <-time.After(patience):
		t.Error("replies wait for ever")
	}
}

// TestSocketHelp has so many requests in the queue that a second thread is called,
// which may take some of them before the first one is done with all.
func TestSocketHelp(t *testing.T) {
	fs := newTestFS()
	p := dial(t, fs, Options{Loop: Dev, Threads: 2})
	threads := 0
	for deadline := time.Now().Add(patience); threads < 2; {
		if time.Now().After(deadline) {
			t.Fatalf("%d threads have served requests", threads)
		}
		const n = 100
		for i := range uint64(n) {
			p.send(lookup(2+i, "thread"))
		}
		for range n {
			p.receive()
		}
		threads = 0
		fs.threads.Range(func(any, any) bool { threads++; return true })
	}
}

func TestSocketInterrupt(t *testing.T) {
	fs := newTestFS()
	p := dial(t, fs, Options{Loop: Dev})
	for unique := uint64(2); unique < 100; unique += 2 {
		first, second := lookup(unique, "slow"), interrupt(unique+1, unique)
		if unique%4 == 0 { // an interrupt may come first: two threads read
			first, second = second, first
		}
		p.send(first)
		p.send(second)
		p.expect(unique, syscall.EINTR)
	}

	p.conn.interrupts.mu.Lock()
	if n := len(p.conn.interrupts.waiting); n != 0 {
		t.Errorf("%d requests that are answered could still be interrupted", n)
	}
	p.conn.interrupts.mu.Unlock()

	// What is interrupted too late is not remembered for ever, and the kernel
	// is asked whether it still wants it.
	for unique := range uint64(maxEarly) {
		p.send(interrupt(1001+2*unique, 1000+2*unique))
	}
	p.send(interrupt(5001, 5000))
	p.expect(1001, syscall.EAGAIN)
}

// TestSocketSignals has signals come while empty messages are read, which are not the end.
func TestSocketSignals(t *testing.T) {
	fs := newTestFS()
	p := dial(t, fs, Options{Loop: Dev, Threads: 1})
	p.send(lookup(2, "thread"))
	p.expect(2, syscall.ENOENT)
	var thread int
	fs.threads.Range(func(id, _ any) bool { thread = id.(int); return false })
	stop := make(chan struct{})
	var signals sync.WaitGroup
	defer func() { close(stop); signals.Wait() }()
	for range 2 {
		signals.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					unix.Tgkill(os.Getpid(), thread, unix.SIGURG)
				}
			}
		})
	}
	for i := range uint64(300) {
		for range 20 {
			p.write(nil)
		}
		p.send(lookup(4+2*i, "file"))
		p.expect(4+2*i, 0)
	}
}

// TestInterruptedAtTheEnd begins to wait when the connection is gone already.
func TestInterruptedAtTheEnd(t *testing.T) {
	c := new(Conn)
	c.interrupts.all()
	r := &Request{conn: c, InHeader: &InHeader{Unique: 2}}
	select {
	case <-r.Interrupted():
	default:
		t.Error("waits for ever")
	}
}

// TestSocketGone closes the connection while requests wait.
func TestSocketGone(t *testing.T) {
	fs := newTestFS()
	p := dial(t, fs, Options{Loop: Dev})
	for i := range uint64(10) {
		p.send(lookup(100+i, "slow"))
	}
	p.send(lookup(200, "file"))
	p.expect(200, 0)
	unix.Shutdown(p.fd, unix.SHUT_RDWR)
	if err := <-p.served; err != nil {
		t.Error(err)
	}
	p.served <- nil // for the cleanup
	if n := fs.waiting.Load(); n != 0 {
		t.Errorf("%d requests still wait", n)
	}
	if err := p.conn.InvalInode(1, 0, 0); err != syscall.ENODEV {
		t.Errorf("a notification after the end: %v", err)
	}
}

// TestSocketFallBack asks for what a socket cannot do.
func TestSocketFallBack(t *testing.T) {
	for _, l := range []Loop{URing, Clone} {
		p := dial(t, newTestFS(), Options{Loop: l})
		if got, why := p.conn.Loop(); got != Dev || why == nil {
			t.Errorf("%v: %v %v", l, got, why)
		} else {
			t.Logf("%v: %v", l, why)
		}
		p.send(lookup(2, "file"))
		p.expect(2, 0)
	}
}

func TestSocketNotify(t *testing.T) {
	p := dial(t, newTestFS(), Options{Loop: Dev})
	for _, test := range []struct {
		send func(*Conn) error
		code int32
		body []byte
	}{
		{func(c *Conn) error { return c.PollWakeup(7) }, 1, structure(uint64(7))},
		{func(c *Conn) error { return c.InvalInode(7, -1, 3) }, 2, structure([3]int64{7, -1, 3})},
		{func(c *Conn) error { return c.InvalEntry(7, "name", ExpireOnly) }, 3, append(structure(invalEntryOut{7, 4, 1}), "name\x00"...)},
		{func(c *Conn) error { return c.Store(7, 8, []byte("data")) }, 4, append(structure(storeOut{NodeID: 7, Offset: 8, Size: 4}), "data"...)},
		{func(c *Conn) error { _, err := c.Retrieve(7, 8, 9); return err }, 5, structure(retrieveOut{NotifyUnique: retrieveTag | 2, NodeID: 7, Offset: 8, Size: 9})},
		{func(c *Conn) error { return c.Delete(7, 8, "name") }, 6, append(structure(deleteOut{Parent: 7, Child: 8, Namelen: 4}), "name\x00"...)},
		{func(c *Conn) error { return c.Resend() }, 7, nil},
		{func(c *Conn) error { return c.IncEpoch() }, 8, nil},
		{func(c *Conn) error { return c.Prune([]uint64{1, 2}) }, 9, append(structure(pruneOut{Count: 2}), structure([2]uint64{1, 2})...)},
	} {
		if err := test.send(p.conn); err != nil {
			t.Errorf("code %d: %v", test.code, err)
			continue
		}
		h, body := p.receive()
		if h.Error != test.code || h.Unique != 0 || !bytes.Equal(body, test.body) {
			t.Errorf("%+v %v, want code %d %v", h, body, test.code, test.body)
		}
	}
}

// TestHandshake has kernels of other versions.
func TestHandshake(t *testing.T) {
	type result struct {
		conn *Conn
		err  error
	}
	connect := func() (*peer, chan result) {
		kernel, server := sockets(t)
		done := make(chan result, 1)
		go func() {
			c, err := NewConn(server, Options{Loop: Dev})
			done <- result{c, err}
		}()
		return &peer{t: t, fd: kernel}, done
	}
	init := func(major, minor uint32, n int) *parts {
		return &parts{header: InHeader{Opcode: OpInit, Unique: 1}, arg: structure(InitIn{Major: major, Minor: minor})[:n]}
	}

	p, done := connect()
	p.send(init(8, 0, 64))
	if body := p.expect(1, 0); (*InitOut)(unsafe.Pointer(&body[0])).Major != 7 {
		t.Errorf("%v", body)
	}
	p.send(init(7, 3, 8))
	if body := p.expect(1, 0); !bytes.Equal(body, structure([2]uint32{7, 3})) {
		t.Errorf("%v", body)
	}
	if r := <-done; r.err != nil || r.conn.Init().Minor != 3 {
		t.Errorf("%+v", r)
	} else {
		r.conn.close()
	}

	p, done = connect()
	p.send(init(6, 1, 64))
	p.expect(1, syscall.EPROTO)
	if r := <-done; r.err == nil {
		t.Error("speaks FUSE 6")
	} else {
		t.Log(r.err)
	}

	p, done = connect()
	p.send(lookup(1, "file"))
	if r := <-done; r.err == nil {
		t.Error("takes a LOOKUP for INIT")
	}

	p, done = connect()
	unix.Close(p.fd)
	if r := <-done; !errors.Is(r.err, io.ErrUnexpectedEOF) {
		t.Error(r.err)
	}
}
