package fuseclient

import (
	"fmt"
	"unsafe"
)

// Reply is a reply: its header and what follows it.
type Reply struct {
	OutHeader
	Payload []byte
}

// Check holds a reply to what linux/fuse.h and fuse_dev_do_write say of one to a
// request with the opcode, apart from Unique. size is how many bytes the request
// asks for or writes, if it does.
func (r Reply) Check(op Opcode, size uint32) error {
	l, known := layouts[op]
	n := len(r.Payload)
	switch {
	case !op.WantsReply():
		return fmt.Errorf("a reply to %v", op)
	case int64(r.Len) != int64(OutHeaderSize+n):
		return fmt.Errorf("%v: a reply of %d bytes says that it has %d", op, OutHeaderSize+n, r.Len)
	case r.Error > 0 || r.Error <= -512: // what is beyond is for the kernel itself
		return fmt.Errorf("%v: the error %d is none", op, r.Error)
	case r.Error < 0 && n > 0:
		return fmt.Errorf("%v: error %d with %d bytes", op, r.Error, n)
	case r.Error < 0:
		return nil
	case !known:
		return fmt.Errorf("%v succeeded", op)
	}
	least, most := l.min, l.max
	switch {
	case (op == Getxattr || op == Listxattr) && size == 0: // asks for the size
		least, most = 8, 8
	case op == Ioctl: // its own structure comes with it
		most = ioctlSize + int(size)
	case most == asked:
		most = int(size)
	}
	if n < least || n > most {
		return fmt.Errorf("%v: a reply with %d bytes, want %d to %d", op, n, least, most)
	}
	if out := Decode[WriteOut](r.Payload); op == Write && out.Size > size {
		return fmt.Errorf("%v: %d bytes of %d were written", op, out.Size, size)
	}
	return nil
}

// IsNotification reports whether it is no reply but a message that the server sends
// by itself (FUSE_NOTIFY_*).
func (r Reply) IsNotification() bool { return r.Unique == 0 && r.Error > 0 }

// notifications has the name of each, how many bytes follow the header at least,
// and whether more may.
var notifications = map[int32]struct {
	name string
	min  int
	open bool
}{
	1: {"POLL", 8, false},
	2: {"INVAL_INODE", 24, false},
	3: {"INVAL_ENTRY", 16, true},
	4: {"STORE", 24, true},
	5: {"RETRIEVE", 32, false},
	6: {"DELETE", 24, true},
	7: {"RESEND", 0, false},
	8: {"INC_EPOCH", 0, false},
	9: {"PRUNE", 8, true},
}

// CheckNotification holds a notification to what fuse_notify says of it.
func (r Reply) CheckNotification() error {
	n := len(r.Payload)
	switch l, ok := notifications[r.Error]; {
	case !ok:
		return fmt.Errorf("notification %d is none", r.Error)
	case int64(r.Len) != int64(OutHeaderSize+n):
		return fmt.Errorf("%s: a notification of %d bytes says that it has %d", l.name, OutHeaderSize+n, r.Len)
	case n < l.min || n > l.min && !l.open:
		return fmt.Errorf("%s: a notification with %d bytes, want %d", l.name, n, l.min)
	}
	return nil
}

// An Entry is an entry of a listing.
type Entry struct {
	Dirent
	Name     []byte
	NodeID   uint64 // of READDIRPLUS: 0 if no lookup was counted
	EntryOut EntryOut
}

// NextEntry takes an entry from the front of the payload of a READDIR or a
// READDIRPLUS.
func NextEntry(payload []byte, plus bool) (e Entry, rest []byte, err error) {
	at := 0
	if plus {
		e.EntryOut = Decode[EntryOut](payload)
		e.NodeID = e.EntryOut.NodeID
		at = entrySize
	}
	const fixed = int(unsafe.Sizeof(Dirent{}))
	if len(payload) < at+fixed {
		return e, nil, fmt.Errorf("%d bytes are no entry", len(payload))
	}
	e.Dirent = Decode[Dirent](payload[at:])
	end := (at + fixed + int(e.NameLen) + 7) &^ 7
	if e.NameLen == 0 || e.NameLen > pathMax || end > len(payload) {
		return e, nil, fmt.Errorf("an entry with a name of %d bytes in %d", e.NameLen, len(payload))
	}
	e.Name = payload[at+fixed : at+fixed+int(e.NameLen)]
	return e, payload[end:], nil
}
