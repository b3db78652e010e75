package memfs

import (
	"encoding/binary"
	"errors"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// wire is the kernel's end of a connection: a socket, on which the test says what
// a kernel would.
type wire struct {
	t      testing.TB
	fd     int
	unique uint64
	out    []byte
	in     []byte
}

// newWire serves a new filesystem with a handler of our own transport.
func newWire(t testing.TB, o Options) *wire {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	o.Loop = LoopDev
	o.Threads = 1
	o.Spin = -1
	o, err = o.resolve(1 << 30)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, fd: pair[0], out: make([]byte, 0, 1<<16), in: make([]byte, 1<<18)}
	w.send(fusedev.OpInit, 0, (*[unsafe.Sizeof(fusedev.InitIn{})]byte)(unsafe.Pointer(&fusedev.InitIn{
		Major: fusedev.Major, Minor: fusedev.Minor, Flags: 1<<31 - 1,
	}))[:], "")
	tr, err := newTransport(&o, pair[1])
	if err != nil {
		t.Fatal(err)
	}
	if errno := w.receive(); errno != 0 {
		t.Fatal(errno)
	}
	served := make(chan error)
	go func() { served <- tr.serve() }()
	t.Cleanup(func() {
		unix.Close(w.fd)
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return w
}

// send sends a request: its structure, a name with its NUL, and more.
func (w *wire) send(op fusedev.Opcode, node uint64, arg []byte, name string, more ...byte) {
	w.unique += 2
	b := w.out[:unsafe.Sizeof(fusedev.InHeader{})]
	clear(b)
	binary.NativeEndian.PutUint32(b[4:], uint32(op))
	binary.NativeEndian.PutUint64(b[8:], w.unique)
	binary.NativeEndian.PutUint64(b[16:], node)
	b = append(b, arg...)
	if name != "" {
		b = append(append(b, name...), 0)
	}
	b = append(b, more...)
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	if _, err := unix.Write(w.fd, b); err != nil {
		w.t.Fatal(err)
	}
}

// receive returns the errno of the reply, which is in w.in.
func (w *wire) receive() unix.Errno {
	n, err := unix.Read(w.fd, w.in)
	if err != nil || n < int(unsafe.Sizeof(fusedev.OutHeader{})) {
		w.t.Fatalf("a reply of %d bytes, %v", n, err)
	}
	return unix.Errno(-int32(binary.NativeEndian.Uint32(w.in[4:])))
}

// ask sends a request and fails the test if the answer is an error.
func (w *wire) ask(op fusedev.Opcode, node uint64, arg []byte, name string, more ...byte) {
	w.send(op, node, arg, name, more...)
	if errno := w.receive(); errno != 0 {
		w.t.Fatalf("%v: %v", op, errno)
	}
}

// bytesOf returns the memory of a structure.
func bytesOf[T any](s *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(s)), unsafe.Sizeof(*s))
}

// makeFile makes a file with data and returns its number.
func (w *wire) makeFile(name string, data []byte) uint64 {
	w.ask(fusedev.OpMknod, uint64(inode.RootID), bytesOf(&fusedev.MknodIn{Mode: unix.S_IFREG | 0o644}), name)
	id := binary.NativeEndian.Uint64(w.in[unsafe.Sizeof(fusedev.OutHeader{}):])
	w.ask(fusedev.OpWrite, id, bytesOf(&fusedev.WriteIn{Size: uint32(len(data))}), "", data...)
	return id
}

// That a loop cannot be had is one line, which says what to do.
func TestLoopError(t *testing.T) {
	err := loopError(LoopURing, errors.New("FUSE over io_uring is switched off: as root, …"))
	if want := "loop=uring cannot be had: FUSE over io_uring is switched off: as root, … (or use loop=auto)"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
