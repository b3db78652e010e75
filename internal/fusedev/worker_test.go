//go:build linux

package fusedev

import (
	"testing"
	"unsafe"
)

// TestKickReply has an entry whose request before had a reply with a structure and data,
// and then what makeRoom has provoked: the reply to that is empty, and not observed.
func TestKickReply(t *testing.T) {
	c := &Conn{fd: -1, opts: Options{Observe: func(Observation) {}}, proto: protocol{minor: Minor}}
	w := newWorker(c, new(uring), 0, 0)
	defer func() {
		for _, e := range w.entries {
			e.free()
		}
	}()
	var err error
	if w.ring, err = newRing(c.fd); err != nil {
		t.Skip(err)
	}
	defer w.ring.close()
	e, err := w.grow(w.queues[0])
	if err != nil {
		t.Fatal(err)
	}
	e.AttrOut()
	e.BytesOut([]byte("data"))

	*(*InHeader)(unsafe.Pointer(&e.head.InOut)) = InHeader{
		Len: uint32(inHeaderSize + int(unsafe.Sizeof(RetrieveIn{}))), Opcode: OpNotifyReply, Unique: kickTag | 2, NodeID: fileID,
	}
	if err := w.complete(e.index, 0); err != nil {
		t.Fatal(err)
	}
	head := (*OutHeader)(unsafe.Pointer(&e.head.InOut))
	if int(head.Len) != outHeaderSize || head.Unique != kickTag|2 || e.head.Ent.PayloadSize != 0 {
		t.Errorf("%+v, and %d bytes", *head, e.head.Ent.PayloadSize)
	}
	if len(w.replied) != 0 {
		t.Errorf("observed: %+v", w.replied)
	}
}
