//go:build linux

package fusedev

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"unsafe"
)

// parts is what a message is made of.
type parts struct {
	header InHeader
	arg    []byte
	names  []string
	bytes  []byte
	ext    []byte
}

// encode makes a message, aligned as a buffer is. It sets the length.
func (p *parts) encode() []byte {
	n := inHeaderSize + len(p.arg) + len(p.bytes) + len(p.ext)
	for _, s := range p.names {
		n += len(s) + 1
	}
	p.header.Len = uint32(n)
	b := aligned(n)[:0]
	b = append(b, unsafe.Slice((*byte)(unsafe.Pointer(&p.header)), inHeaderSize)...)
	b = append(b, p.arg...)
	for _, s := range p.names {
		b = append(append(b, s...), 0)
	}
	return append(append(b, p.bytes...), p.ext...)
}

// aligned returns n bytes that begin at a multiple of 8.
func aligned(n int) []byte {
	words := make([]uint64, n/8+1)
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), n)
}

// structure returns the bytes of a structure.
func structure[T any](v T) []byte {
	return bytes.Clone(unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v)))
}

// partsOf takes a decoded request apart.
func partsOf(r *Request) *parts {
	return &parts{*r.InHeader, r.arg, r.names[:r.format.names], r.bytes, r.ext}
}

func (p *parts) equal(q *parts) bool {
	return p.header == q.header && bytes.Equal(p.arg, q.arg) && slices.Equal(p.names, q.names) &&
		bytes.Equal(p.bytes, q.bytes) && bytes.Equal(p.ext, q.ext)
}

var newest = protocol{minor: Minor, flags: SetxattrExt}

// randomParts returns a well-formed request.
func randomParts(op Opcode, rnd *rand.Rand) *parts {
	f := formatOf(op)
	p := &parts{header: InHeader{Opcode: op, Unique: rnd.Uint64(), NodeID: rnd.Uint64(), UID: rnd.Uint32(), GID: rnd.Uint32(), PID: rnd.Uint32()}}
	p.arg = make([]byte, f.arg)
	for i := range p.arg {
		p.arg[i] = byte(rnd.Uint32())
	}
	for range f.names {
		name := make([]byte, rnd.IntN(20))
		for i := range name {
			name[i] = byte(1 + rnd.IntN(255))
		}
		p.names = append(p.names, string(name))
	}
	if f.unit > 0 {
		n := rnd.IntN(100)
		binary.NativeEndian.PutUint32(p.arg[f.count:], uint32(n))
		p.bytes = bytes.Repeat([]byte{7}, n*int(f.unit))
	}
	if op != OpInit { // which is as long as it is
		p.header.ExtLen = uint16(rnd.IntN(3))
		p.ext = make([]byte, 8*p.header.ExtLen)
	}
	return p
}

func TestDecode(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var r Request
	for op := range Opcode(len(formats)) {
		if formatOf(op) == nil {
			continue
		}
		for range 100 {
			want := randomParts(op, rnd)
			message := want.encode()
			errno, ok := r.decode(message, &newest)
			if got := partsOf(&r); errno != 0 || !ok || !got.equal(want) {
				t.Fatalf("%v: %v %v\n%+v, want\n%+v", op, errno, ok, got, want)
			}
		}
	}
}

// TestDecodeShort cuts each request at each byte: without its last byte none is
// well formed.
func TestDecodeShort(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var r Request
	for op := range Opcode(len(formats)) {
		if f := formatOf(op); f == nil || op == OpInit {
			continue
		}
		message := randomParts(op, rnd).encode()
		for n := range message {
			errno, ok := r.decode(message[:n], &newest)
			if ok != (n >= inHeaderSize) || ok && errno != syscall.EINVAL {
				t.Fatalf("%v, %d of %d bytes: %v %v", op, n, len(message), errno, ok)
			}
			if !ok {
				continue
			}
			// The same, with a header that says so.
			cut := slices.Clone(aligned(n))
			copy(cut, message)
			binary.NativeEndian.PutUint32(cut, uint32(n))
			if errno, _ := r.decode(cut, &newest); errno != syscall.EINVAL {
				t.Fatalf("%v, a message of %d instead of %d bytes: %v", op, n, len(message), errno)
			}
		}
		if errno, _ := r.decode(append(message, 0), &newest); errno != syscall.EINVAL {
			t.Fatalf("%v, a byte more than the header says: %v", op, errno)
		}
	}
}

func TestDecodeUnknown(t *testing.T) {
	var r Request
	for _, op := range []Opcode{0, 7, 19, 48, 49, 54, 4096, 1<<32 - 1} {
		p := parts{header: InHeader{Opcode: op, Unique: 5}, bytes: make([]byte, 3)}
		if errno, ok := r.decode(p.encode(), &newest); errno != syscall.ENOSYS || !ok || r.Unique != 5 {
			t.Errorf("%v: %v %v", op, errno, ok)
		}
	}
}

// TestDecodeOld decodes what kernels sent before the structures grew.
func TestDecodeOld(t *testing.T) {
	var r Request
	decode := func(p *parts, minor uint32, flags InitFlags) {
		t.Helper()
		if errno, ok := r.decode(p.encode(), &protocol{minor, flags}); errno != 0 || !ok {
			t.Errorf("%v: %v %v", p.header.Opcode, errno, ok)
		}
	}
	decode(&parts{header: InHeader{Opcode: OpMknod}, arg: structure([2]uint32{3, 4}), names: []string{"name"}}, 11, 0)
	if *r.MknodIn() != (MknodIn{Mode: 3, Rdev: 4}) || r.Name() != "name" {
		t.Errorf("%+v %q", r.MknodIn(), r.Name())
	}
	decode(&parts{header: InHeader{Opcode: OpWrite}, arg: structure(struct {
		a, b uint64
		c, d uint32
	}{1, 2, 4, 5}), bytes: []byte("data")}, 8, 0)
	if *r.WriteIn() != (WriteIn{FH: 1, Offset: 2, Size: 4, WriteFlags: 5}) || string(r.Bytes()) != "data" {
		t.Errorf("%+v %q", r.WriteIn(), r.Bytes())
	}
	decode(&parts{header: InHeader{Opcode: OpGetattr}}, 8, 0)
	if *r.GetattrIn() != (GetattrIn{}) {
		t.Errorf("%+v", r.GetattrIn())
	}
	decode(&parts{header: InHeader{Opcode: OpSetxattr}, arg: structure([2]uint32{5, 6}), names: []string{"user.a"}, bytes: []byte("value")}, Minor, 0)
	if *r.SetxattrIn() != (SetxattrIn{Size: 5, Flags: 6}) || r.Name() != "user.a" || string(r.Bytes()) != "value" {
		t.Errorf("%+v %q %q", r.SetxattrIn(), r.Name(), r.Bytes())
	}
}

func TestExtensions(t *testing.T) {
	secctx := func(name, value string) []byte {
		b := binary.NativeEndian.AppendUint32(nil, uint32(len(value)))
		b = append(append(append(b, 0, 0, 0, 0), name+"\x00"...), value...)
		return append(b, make([]byte, -len(b)&7)...)
	}
	ext := func(typ uint32, body []byte) []byte {
		b := binary.NativeEndian.AppendUint32(nil, uint32(8+len(body)))
		b = append(binary.NativeEndian.AppendUint32(b, typ), body...)
		return append(b, make([]byte, -len(b)&7)...)
	}
	contexts := append(secctx("security.selinux", "label"), secctx("security.b", "")...)
	all := append(ext(2, contexts), ext(extGroups, structure([2]uint32{1, 42}))...)
	p := parts{header: InHeader{Opcode: OpMkdir, ExtLen: uint16(len(all) / 8)}, arg: make([]byte, 8), names: []string{"d"}, ext: all}
	var r Request
	if errno, _ := r.decode(p.encode(), &newest); errno != 0 {
		t.Fatal(errno)
	}
	if gid, ok := r.SuppGroup(); gid != 42 || !ok {
		t.Error(gid, ok)
	}
	var got []string
	for name, value := range r.SecurityContexts() {
		got = append(got, name, string(value))
	}
	if want := []string{"security.selinux", "label", "security.b", ""}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	p.header.ExtLen++
	if errno, _ := r.decode(p.encode(), &newest); errno != syscall.EINVAL {
		t.Errorf("more extensions than there are: %v", errno)
	}
}

// FuzzDecode decodes any bytes, as a message and as an entry of a ring. What is
// well formed must be the same when it is encoded and decoded again.
func FuzzDecode(f *testing.F) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for op := range Opcode(len(formats)) {
		if formatOf(op) != nil {
			f.Add(randomParts(op, rnd).encode(), uint32(Minor), uint64(SetxattrExt), uint16(formats[op].arg))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, minor uint32, flags uint64, arg uint16) {
		p := protocol{min(minor, Minor), InitFlags(flags)}
		message := aligned(len(b))
		copy(message, b)
		var r Request
		errno, ok := r.decode(message, &p)
		if !ok {
			return
		}
		if errno == 0 {
			use(&r)
			first := partsOf(&r)
			if p == newest && r.Opcode != OpInit {
				var again Request
				second := first.encode()
				if errno, _ := again.decode(second, &p); errno != 0 || !partsOf(&again).equal(first) {
					t.Fatalf("%v: %v %+v is now %+v", r.Opcode, errno, first, partsOf(&again))
				}
			}
		}
		body := message[inHeaderSize:]
		n := min(int(arg), len(body)) &^ 7
		if r.decodeParts(body[:n], body[n:], &p) == 0 {
			use(&r)
		}
	})
}

// use looks at all that a handler could.
func use(r *Request) {
	n := len(r.Name()) + len(r.NewName()) + len(r.Bytes())
	for range r.SecurityContexts() {
		n++
	}
	r.SuppGroup()
	switch r.Opcode {
	case OpBatchForget:
		for _, f := range r.Forgets() {
			n += int(f.Nlookup)
		}
	case OpRead, OpReaddir, OpReaddirplus:
		r.begin()
		r.buffer = make([]byte, 512)
		for r.AddDirent("name", 1, 2, 3) && r.AddDirentplus("name", 1, 2, 3) != nil {
			n++
		}
	}
	for _, b := range r.arg {
		n += int(b)
	}
}
