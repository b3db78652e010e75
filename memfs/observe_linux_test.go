package memfs

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// Each request is observed, with all of its stages.
func TestObserveTransport(t *testing.T) {
	seen := make(chan Observation, 100)
	w := newWire(t, Options{Observe: func(o Observation) { seen <- o }})
	id := w.makeFile("file", []byte("data"))
	w.ask(fusedev.OpLookup, uint64(inode.RootID), nil, "nothing")
	w.ask(fusedev.OpGetattr, id, bytesOf(&fusedev.GetattrIn{}), "")
	for _, want := range []string{"MKNOD", "WRITE", "LOOKUP", "GETATTR"} {
		o := <-seen
		if o.Request != want {
			t.Errorf("%s was observed, want %s", o.Request, want)
		}
		if o.Read <= 0 || o.Decode <= 0 || o.Operation <= 0 || o.Reply <= 0 {
			t.Errorf("%+v: a stage took no time", o)
		}
	}
}

// Without data files have a size, and what was written is nowhere.
func TestNoDataTransport(t *testing.T) {
	w := newWire(t, Options{NoData: true, Size: 1 << 20})
	id := w.makeFile("file", []byte("data"))
	write := func(flags uint32, offset uint64) {
		in := fusedev.WriteIn{Offset: offset, Size: 4096, WriteFlags: flags}
		w.ask(fusedev.OpWrite, id, bytesOf(&in), "", make([]byte, 4096)...)
	}
	const far = 1 << 30 // there is no room for that
	for i := range uint64(512) {
		write(0, far+i<<12)
	}
	write(fusedev.WriteCache, far+512<<12)
	const size = far + 513<<12
	w.ask(fusedev.OpGetattr, id, bytesOf(&fusedev.GetattrIn{}), "")
	out := (*fusedev.AttrOut)(unsafe.Pointer(&w.in[unsafe.Sizeof(fusedev.OutHeader{})]))
	if out.Attr.Size != size || out.Attr.Blocks != 0 {
		t.Errorf("%d bytes, %d blocks; want %d and none", out.Attr.Size, out.Attr.Blocks, size)
	}
	for _, flags := range []uint32{0, unix.O_NOATIME} {
		w.ask(fusedev.OpRead, id, bytesOf(&fusedev.ReadIn{Offset: size - 100, Size: 4096, Flags: flags}), "")
		if n := *(*uint32)(unsafe.Pointer(&w.in[0])) - uint32(unsafe.Sizeof(fusedev.OutHeader{})); n != 100 {
			t.Errorf("%d bytes were read before the end, want 100", n)
		}
	}
}
