//go:build linux

package fusedev

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	cmdRegister       = 1 // FUSE_IO_URING_CMD_REGISTER
	cmdCommitAndFetch = 2 // FUSE_IO_URING_CMD_COMMIT_AND_FETCH
)

// uringEntInOut is struct fuse_uring_ent_in_out.
type uringEntInOut struct {
	Flags       uint64
	CommitID    uint64
	PayloadSize uint32
	_           uint32
	_           uint64
}

// uringReqHeader is struct fuse_uring_req_header: InHeader or OutHeader; the
// structure of the request, if it has one; the above.
type uringReqHeader struct {
	InOut [128]byte
	OpIn  [128]byte
	Ent   uringEntInOut
}

// uringCmdReq is struct fuse_uring_cmd_req, which is part of a submission.
type uringCmdReq struct {
	Flags    uint64
	CommitID uint64
	QID      uint16
	_        [6]uint8
}

// An entry is one request at a time of a queue. The kernel puts it in head, and
// names and data in payload, where it then wants the structure and the data of
// the reply.
type entry struct {
	Request
	w       *worker
	queue   *queue
	index   uint64
	head    *uringReqHeader
	payload []byte
	iov     *[2]unix.Iovec
}

// newEntry returns an entry for data of that size. Its memory is two pieces of
// that after a page with what is small: the reply may be longer than the request
// that it must not overwrite. Memory that is not used costs nothing.
func newEntry(w *worker, q *queue, size int) (*entry, error) {
	page := os.Getpagesize()
	m, err := newBuffer(page + 2*size)
	if err != nil {
		return nil, err
	}
	e := &entry{w: w, queue: q, payload: m[page : page+size : page+size]}
	e.conn, e.via, e.memory = w.c, e, m
	e.head = (*uringReqHeader)(unsafe.Pointer(&m[0]))
	e.iov = (*[2]unix.Iovec)(unsafe.Pointer(&m[unsafe.Sizeof(*e.head)]))
	e.iov[0].Base = &m[0]
	e.iov[0].SetLen(int(unsafe.Sizeof(*e.head)))
	e.iov[1].Base = &e.payload[0]
	e.iov[1].SetLen(size)
	return e, nil
}

// submit pushes a command about the entry.
func (e *entry) submit(op uint32) error {
	s, err := e.w.ring.push()
	if err != nil {
		return err
	}
	s.opcode = opURingCmd
	s.flags = sqeFixedFile // number 0: /dev/fuse
	s.cmdOp = op
	s.userData = e.index
	cmd := (*uringCmdReq)(unsafe.Pointer(&s.cmd))
	cmd.QID = e.queue.id
	switch op {
	case cmdRegister:
		s.addr = uint64(uintptr(unsafe.Pointer(e.iov)))
		s.len = uint32(len(e.iov))
	case cmdCommitAndFetch:
		cmd.CommitID = e.head.Ent.CommitID
	}
	return nil
}

// decode makes the entry the request that the kernel has put there.
func (e *entry) decode() syscall.Errno {
	e.InHeader = (*InHeader)(unsafe.Pointer(&e.head.InOut))
	size := e.head.Ent.PayloadSize
	if int64(size) > int64(len(e.payload)) {
		return syscall.EINVAL
	}
	n := int64(e.Len) - int64(inHeaderSize) - int64(size)
	if n < 0 || n > int64(len(e.head.OpIn)) {
		return syscall.EINVAL
	}
	e.buffer = e.payload
	if size > 0 {
		e.buffer = e.memory[len(e.memory)-len(e.payload):]
	}
	arg, rest := e.head.OpIn[:n:n], e.payload[:size]
	if n == 0 {
		arg, rest = splitBody(e.Opcode, rest, &e.conn.proto) // NOTIFY_REPLY
	}
	return e.decodeParts(arg, rest, &e.conn.proto)
}

// reply replies to a request.
func (e *entry) reply(errno syscall.Errno) error {
	e.end()
	e.w.replies(&e.Request)
	return e.send(errno)
}

// send puts the reply where the kernel wants it, and pushes the command that
// sends it and gets the next request. Here NOTIFY_REPLY has a reply, too, which
// nobody looks at.
func (e *entry) send(errno syscall.Errno) error {
	head := e.seal(errno, &e.conn.proto)
	if e.size+len(e.data) > len(e.payload) {
		e.conn.opts.Logger.Printf("fusedev: the reply to %v has %d bytes, the kernel takes %d", e.Opcode, e.size+len(e.data), len(e.payload))
		head = e.seal(syscall.EIO, &e.conn.proto)
	}
	if len(e.data) > 0 && &e.data[0] != &e.payload[e.size] {
		copy(e.payload[e.size:], e.data)
	}
	copy(e.payload, head[outHeaderSize:])
	e.head.Ent.PayloadSize = uint32(e.size + len(e.data))
	copy(e.head.InOut[:], head[:outHeaderSize])
	return e.submit(cmdCommitAndFetch)
}

// finish hands the entry back to the thread of its ring, which alone may use it.
func (e *entry) finish(_ *Request, errno syscall.Errno) { e.w.giveBack(e, errno) }
