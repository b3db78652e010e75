//go:build linux

package fusedev

import (
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The little of io_uring(7) that is needed here. The structures are those of
// linux/io_uring.h.

const (
	opRead     = 22 // IORING_OP_READ
	opURingCmd = 46 // IORING_OP_URING_CMD

	sqeFixedFile = 1 << 0 // IOSQE_FIXED_FILE

	enterGetEvents = 1 << 0 // IORING_ENTER_GETEVENTS

	registerFiles = 2 // IORING_REGISTER_FILES

	sqTaskrun = 1 << 2 // IORING_SQ_TASKRUN

	offSQRing = 0
	offSQEs   = 0x10000000
)

const ringSetup = 1<<3 | // IORING_SETUP_CQSIZE
	1<<7 | // IORING_SETUP_SUBMIT_ALL, Linux 5.18
	1<<8 | // IORING_SETUP_COOP_TASKRUN, 5.19
	1<<9 | // IORING_SETUP_TASKRUN_FLAG, 5.19
	1<<10 | // IORING_SETUP_SQE128, 5.19
	1<<12 | // IORING_SETUP_SINGLE_ISSUER, 6.0
	1<<13 | // IORING_SETUP_DEFER_TASKRUN, 6.1
	1<<16 // IORING_SETUP_NO_SQARRAY, 6.6

const (
	sqEntries = 64
	cqEntries = 512 // more completions than that the kernel keeps until there is room
)

type ringParams struct {
	sqEntries, cqEntries, flags, sqThreadCPU, sqThreadIdle, features, wqFD uint32
	_                                                                      [3]uint32
	sq, cq                                                                 ringOffsets
}

// ringOffsets is io_sqring_offsets and io_cqring_offsets, which have the same
// layout but for the names.
type ringOffsets struct {
	head, tail, mask, entries uint32
	fifth, sixth, seventh     uint32 // of SQ: flags, dropped, array; of CQ: overflow, cqes, flags
	_                         uint32
	_                         uint64
}

// sqe is an entry of the submission queue, of 128 bytes.
type sqe struct {
	opcode, flags uint8
	_             uint16
	fd            int32
	cmdOp         uint32
	_             uint32
	addr          uint64
	len           uint32
	_             uint32
	userData      uint64
	_             uint64
	cmd           [80]byte
}

// cqe is an entry of the completion queue.
type cqe struct {
	userData uint64
	res      int32
	_        uint32
}

// ring is an io_uring that one thread uses, the one that has made it.
type ring struct {
	fd       int
	memory   []byte // both queues
	sqMemory []byte // the entries of the submission queue

	sqes           []sqe
	sqTail, sqFlag *uint32
	next           uint32 // what sqTail will be
	pending        uint32 // entries that the kernel has not been told of

	cqes           []cqe
	cqHead, cqTail *uint32
}

// newRing makes a ring with one registered file.
func newRing(file int) (_ *ring, err error) {
	p := ringParams{flags: ringSetup, cqEntries: cqEntries}
	fd, _, e := unix.Syscall(unix.SYS_IO_URING_SETUP, sqEntries, uintptr(unsafe.Pointer(&p)), 0)
	if e != 0 {
		return nil, ringError(e)
	}
	r := &ring{fd: int(fd)}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	const prot, flags = unix.PROT_READ | unix.PROT_WRITE, unix.MAP_SHARED | unix.MAP_POPULATE
	r.memory, err = unix.Mmap(r.fd, offSQRing, int(p.cq.sixth)+int(p.cqEntries)*int(unsafe.Sizeof(cqe{})), prot, flags)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	r.sqMemory, err = unix.Mmap(r.fd, offSQEs, int(p.sqEntries)*int(unsafe.Sizeof(sqe{})), prot, flags)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	at := func(offset uint32) *uint32 { return (*uint32)(unsafe.Pointer(&r.memory[offset])) }
	r.sqes = unsafe.Slice((*sqe)(unsafe.Pointer(&r.sqMemory[0])), p.sqEntries)
	r.sqTail, r.sqFlag = at(p.sq.tail), at(p.sq.fifth)
	r.cqes = unsafe.Slice((*cqe)(unsafe.Pointer(at(p.cq.sixth))), p.cqEntries)
	r.cqHead, r.cqTail = at(p.cq.head), at(p.cq.tail)

	files := [1]int32{int32(file)}
	_, _, e = unix.Syscall6(unix.SYS_IO_URING_REGISTER, fd, registerFiles, uintptr(unsafe.Pointer(&files)), 1, 0, 0)
	if e != 0 {
		return nil, os.NewSyscallError("io_uring_register", e)
	}
	return r, nil
}

func (r *ring) close() {
	if r.memory != nil {
		unix.Munmap(r.memory)
	}
	if r.sqMemory != nil {
		unix.Munmap(r.sqMemory)
	}
	unix.Close(r.fd)
}

// push returns the next entry of the submission queue, all zero. The kernel sees
// it with the next submit.
func (r *ring) push() (*sqe, error) {
	if r.pending == uint32(len(r.sqes)) {
		if err := r.submit(); err != nil {
			return nil, err
		}
	}
	s := &r.sqes[r.next%uint32(len(r.sqes))]
	*s = sqe{}
	r.next++
	r.pending++
	return s, nil
}

// submit submits what was pushed and takes in what the kernel has, which it does not
// put in the completion queue by itself.
func (r *ring) submit() error { return r.enter(0) }

// enter is io_uring_enter(2), which returns when there are so many completions, or by
// a signal. It keeps the P.
func (r *ring) enter(completions uintptr) error {
	atomic.StoreUint32(r.sqTail, r.next)
	n, _, e := syscall.RawSyscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(r.pending), completions, enterGetEvents, 0, 0)
	return r.submitted(n, e)
}

// wait is submit, and waits until there is a completion, or a signal. Meanwhile
// another goroutine may have the P.
func (r *ring) wait() error {
	atomic.StoreUint32(r.sqTail, r.next)
	n, _, e := syscall.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(r.pending), 1, enterGetEvents, 0, 0)
	return r.submitted(n, e)
}

// hold is wait that keeps the P (procs.go).
func (r *ring) hold() error { return r.enter(1) }

// submitted takes note of what the kernel has taken.
func (r *ring) submitted(n uintptr, e syscall.Errno) error {
	switch e {
	case 0:
		r.pending -= uint32(n)
		return nil
	case syscall.EINTR, syscall.EAGAIN, syscall.EBUSY:
		return nil
	}
	return os.NewSyscallError("io_uring_enter", e)
}

// mayHaveWork reports whether submit may make a completion. It need not: the kernel
// sets the flag after it has added the work, which may be done by then.
func (r *ring) mayHaveWork() bool { return atomic.LoadUint32(r.sqFlag)&sqTaskrun != 0 }

// peek returns the completion after so many others, nil if there is none.
func (r *ring) peek(n uint32) *cqe {
	head := *r.cqHead + n
	if head == atomic.LoadUint32(r.cqTail) {
		return nil
	}
	return &r.cqes[head%uint32(len(r.cqes))]
}

// pop removes the first completion.
func (r *ring) pop() { atomic.StoreUint32(r.cqHead, *r.cqHead+1) }
