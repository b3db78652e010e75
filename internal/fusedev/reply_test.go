//go:build linux

package fusedev

import (
	"bytes"
	"encoding/binary"
	"syscall"
	"testing"
	"unsafe"
)

// request returns a request as if it had been read, with room for so much data
// in the reply.
func request(t testing.TB, p *parts, room int) *Request {
	t.Helper()
	r := &Request{buffer: aligned(room)[:room:room]}
	if errno, ok := r.decode(p.encode(), &newest); errno != 0 || !ok {
		t.Fatal(errno, ok)
	}
	return r
}

func TestSeal(t *testing.T) {
	entry := EntryOut{NodeID: 3, Attr: Attr{Mode: 5, BlkSize: 4096}}
	open := OpenOut{FH: 6, OpenFlags: FopenKeepCache}
	for _, test := range []struct {
		name  string
		minor uint32
		make  func(*Request)
		errno syscall.Errno
		want  []byte // after the header
		err   int32
	}{
		{name: "nothing", minor: Minor, make: func(*Request) {}},
		{name: "structure", minor: Minor, make: func(r *Request) { *r.EntryOut() = entry }, want: structure(entry)},
		{name: "the last structure", minor: Minor, make: func(r *Request) { *r.StatxOut() = StatxOut{Flags: 1}; *r.OpenOut() = open }, want: structure(open)},
		{name: "structures are zero", minor: Minor, make: func(r *Request) { *r.EntryOut() = entry; r.AttrOut() }, want: structure(AttrOut{})},
		{name: "data", minor: Minor, make: func(r *Request) { r.BytesOut([]byte("data")) }, want: []byte("data")},
		{name: "structure and data", minor: Minor, make: func(r *Request) { r.IoctlOut().Result = 9; r.BytesOut([]byte("data")) }, want: append(structure(IoctlOut{Result: 9}), "data"...)},
		{name: "error", minor: Minor, make: func(r *Request) { *r.EntryOut() = entry; r.BytesOut([]byte("data")) }, errno: syscall.ENOENT, err: -2},
		{name: "no errno", minor: Minor, make: func(r *Request) { *r.EntryOut() = entry }, errno: 512, err: -5},
		{name: "old entry", minor: 8, make: func(r *Request) { *r.EntryOut() = entry }, want: structure(entry)[:120]},
		{name: "old attributes", minor: 8, make: func(r *Request) { *r.AttrOut() = AttrOut{AttrValid: 3} }, want: structure(AttrOut{AttrValid: 3})[:96]},
		{name: "old create", minor: 8, make: func(r *Request) { *r.CreateOut() = CreateOut{entry, open} }, want: append(structure(entry)[:120], structure(open)...)},
		{name: "old statfs", minor: 3, make: func(r *Request) { *r.StatfsOut() = StatfsOut{Blocks: 3} }, want: structure(StatfsOut{Blocks: 3})[:48]},
		{name: "statfs of 7.4", minor: 4, make: func(r *Request) { *r.StatfsOut() = StatfsOut{Frsize: 3} }, want: structure(StatfsOut{Frsize: 3})},
	} {
		r := request(t, &parts{header: InHeader{Opcode: OpStatfs, Unique: 77}}, 0)
		r.begin()
		test.make(r)
		got := append(bytes.Clone(r.seal(test.errno, &protocol{minor: test.minor})), r.data...)
		want := append(structure(OutHeader{Len: uint32(16 + len(test.want)), Error: test.err, Unique: 77}), test.want...)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %v\nwant %v", test.name, got, want)
		}
	}
}

// TestReplyFits makes the largest structure.
func TestReplyFits(t *testing.T) {
	var r reply
	for _, n := range []uintptr{unsafe.Sizeof(StatxOut{}), unsafe.Sizeof(CreateOut{}), unsafe.Sizeof(InitOut{})} {
		if unsafe.Sizeof(OutHeader{})+n > unsafe.Sizeof(r.out) {
			t.Errorf("no room for %d bytes", n)
		}
	}
}

func TestDirents(t *testing.T) {
	p := parts{header: InHeader{Opcode: OpReaddirplus}, arg: structure(ReadIn{Size: 152 + 8 + 24 + 16 + 7})}
	r := request(t, &p, 4096)
	for i := range r.buffer {
		r.buffer[i] = 0xff // of the reply before
	}
	r.begin()
	e := r.AddDirentplus("a", 5, 6, 8)
	e.NodeID = 9
	if !r.AddDirent("ninechars", 1, 2, 4) {
		t.Error("no room for the second")
	}
	if r.AddDirentplus("b", 1, 2, 3) != nil || r.AddDirent("", 1, 2, 3) {
		t.Error("room for a third")
	}
	want := structure(Direntplus{EntryOut{NodeID: 9}, Dirent{5, 6, 1, 8}})
	want = append(want, "a\x00\x00\x00\x00\x00\x00\x00"...)
	want = append(want, structure(Dirent{1, 2, 9, 4})...)
	want = append(want, "ninechars\x00\x00\x00\x00\x00\x00\x00"...)
	if !bytes.Equal(r.data, want) {
		t.Errorf("%v\nwant %v", r.data, want)
	}
}

func TestWrongStructure(t *testing.T) {
	r := request(t, &parts{header: InHeader{Opcode: OpLookup}, names: []string{"a"}}, 0)
	for name, f := range map[string]func(){
		"WriteIn": func() { r.WriteIn() },
		"Forgets": func() { r.Forgets() },
		"dirent":  func() { r.AddDirent("a", 1, 2, 3) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// TestAllocations of decoding, serving and replying, without system calls.
func TestAllocations(t *testing.T) {
	c := &Conn{proto: newest}
	c.serve = newTestFS().Serve
	for _, p := range []*parts{
		{header: InHeader{Opcode: OpLookup, NodeID: 1}, names: []string{"file"}},
		{header: InHeader{Opcode: OpGetattr, NodeID: 2}, arg: structure(GetattrIn{})},
		{header: InHeader{Opcode: OpRead, NodeID: 2}, arg: structure(ReadIn{Size: 4096})},
		{header: InHeader{Opcode: OpWrite, NodeID: 2}, arg: structure(WriteIn{Size: 4096}), bytes: make([]byte, 4096)},
		{header: InHeader{Opcode: OpReaddir, NodeID: 1}, arg: structure(ReadIn{Size: 4096})},
		{header: InHeader{Opcode: OpStatfs, NodeID: 1}},
	} {
		message := p.encode()
		r := &Request{conn: c, buffer: aligned(1 << 20)}
		if n := testing.AllocsPerRun(100, func() { roundTrip(c, r, message) }); n != 0 {
			t.Errorf("%v: %v allocations", p.header.Opcode, n)
		}
	}
}

// roundTrip does what a device does, without system calls.
func roundTrip(c *Conn, r *Request, message []byte) []byte {
	errno, _ := r.decode(message, &c.proto)
	errno = c.run(r, errno)
	r.end()
	return r.seal(errno, &c.proto)
}

func BenchmarkCodec(b *testing.B) {
	c := &Conn{proto: newest}
	c.serve = func(r *Request) syscall.Errno {
		switch r.Opcode {
		case OpLookup:
			r.EntryOut().NodeID = uint64(len(r.Name()))
		case OpGetattr:
			r.AttrOut().Attr.Mode = 1
		case OpRead:
			r.BytesOut(r.Buffer(int(r.ReadIn().Size)))
		case OpWrite:
			r.WriteOut().Size = uint32(len(r.Bytes()))
		}
		return 0
	}
	for _, p := range []*parts{
		{header: InHeader{Opcode: OpLookup}, names: []string{"a-name-of-20-letters"}},
		{header: InHeader{Opcode: OpGetattr}, arg: structure(GetattrIn{})},
		{header: InHeader{Opcode: OpRead}, arg: structure(ReadIn{Size: 128 << 10})},
		{header: InHeader{Opcode: OpWrite}, arg: structure(WriteIn{Size: 128 << 10}), bytes: make([]byte, 128<<10)},
	} {
		b.Run(p.header.Opcode.String(), func(b *testing.B) {
			b.ReportAllocs()
			message := p.encode()
			r := &Request{conn: c, buffer: aligned(1 << 20)}
			for b.Loop() {
				if out := roundTrip(c, r, message); binary.NativeEndian.Uint32(out[4:]) != 0 {
					b.Fatal("an error")
				}
			}
		})
	}
}
