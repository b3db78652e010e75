package memfs

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// At the other end of a socket is a program, and it may send anything. The
// library takes what it reads for what the kernel wrote: on some messages it
// panics, some have it allocate whatever they say, and those that it cannot
// decode it leaves without a reply. So each message is looked at before the
// library reads it (MSG_PEEK). On a mount there is no screen, and none of this
// is needed: the kernel sends no such messages.
//
// What is contained, and where:
//
//   - no header, or one with another length: dropped here, and answered with
//     EINVAL if it can be told to what request;
//   - a structure that is not all there, a name that does not end: refused here.
//     The library would not reply, and lose a buffer of 1 MiB;
//   - a size or a count for which the library would allocate more than any
//     message holds: refused here with EINVAL, a BATCH_FORGET dropped;
//   - a WRITE with more data than it says, all of which the library would
//     write: refused here;
//   - an INTERRUPT: dropped here. The library would go on to the next message
//     by itself; nothing that memfs does can be interrupted;
//   - a NOTIFY_REPLY: dropped here. Nobody asked for it;
//   - requests without end, by a program that reads no replies: who replies waits
//     then, and LoopGoroutine reads no further when maxUnread of them do;
//   - what the library cannot decode or panics on, a unique that another
//     request still has for example: contained by reader, answered with EINVAL.
type screen struct {
	dev  device
	size int // of the message
	// Its beginning: the header, what has sizes and counts, and names.
	start [inHeaderSize + bodyMax + namesMax]byte
}

// Of fuse_in_header and fuse_out_header in linux/fuse.h.
const (
	inHeaderSize  = 40
	outHeaderSize = 16
)

// What follows the header at most: the largest structure, that of SETATTR, and the
// names, of FUSE_NAME_MAX and of PATH_MAX.
const (
	bodyMax  = 88
	namesMax = 1024 + 1 + 4096
)

const (
	opLookup      = 1
	opForget      = 2
	opSetattr     = 4
	opSymlink     = 6
	opMknod       = 8
	opMkdir       = 9
	opUnlink      = 10
	opRmdir       = 11
	opRename      = 12
	opLink        = 13
	opOpen        = 14
	opRead        = 15
	opWrite       = 16
	opRelease     = 18
	opFsync       = 20
	opSetxattr    = 21
	opGetxattr    = 22
	opListxattr   = 23
	opRemovexattr = 24
	opFlush       = 25
	opInit        = 26
	opReaddir     = 28
	opReleasedir  = 29
	opFsyncdir    = 30
	opCreate      = 35
	opInterrupt   = 36
	opNotifyReply = 41
	opBatchForget = 42
	opFallocate   = 43
	opReaddirplus = 44
	opSyncfs      = 50
)

// newScreen returns nil if dev is no socket.
func newScreen(dev device) *screen {
	if _, err := unix.GetsockoptInt(int(dev), unix.SOL_SOCKET, unix.SO_TYPE); err != nil {
		return nil
	}
	return &screen{dev: dev}
}

// next returns nil when the next message is one for the library: EAGAIN if there
// is none, io.EOF if none will come any more.
func (s *screen) next() error {
	for {
		if err := s.peek(unix.MSG_DONTWAIT); err != nil {
			return err
		}
		problem := s.check()
		if problem == "" {
			return nil
		}
		if err := s.drop(); err != nil {
			return err
		}
		if problem != unwanted {
			log.Printf("memfs: a request that no kernel sends: %s", problem)
			s.refuse()
		}
	}
}

// awaitInit waits for the first message, which must be INIT.
func (s *screen) awaitInit() error {
	if err := s.peek(0); err == io.EOF {
		return fmt.Errorf("the other end hung up")
	} else if err != nil {
		return err
	}
	if problem := s.check(); problem != "" {
		return fmt.Errorf("the first request is none: %s", problem)
	}
	if op := s.opcode(); op != opInit {
		return fmt.Errorf("the first request has the opcode %d, not that of INIT", op)
	}
	return nil
}

// peek looks at the next message.
func (s *screen) peek(flags int) error {
	for {
		// Not Recvfrom, which also asks for an address, and allocates it.
		size, _, err := unix.Syscall6(unix.SYS_RECVFROM, uintptr(s.dev), uintptr(unsafe.Pointer(&s.start)), uintptr(len(s.start)),
			uintptr(unix.MSG_PEEK|unix.MSG_TRUNC|flags), 0, 0)
		n := int(size)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return err
		case err == unix.ECONNRESET: // it hung up and left replies unread
			return io.EOF
		case err != 0:
			return &os.PathError{Op: "recv", Path: "socket", Err: err}
		case n == 0 && s.dev.hungUp(): // else it is an empty message
			return io.EOF
		default:
			s.size = n
			fixed := s.start[:inHeaderSize+bodyMax]
			clear(fixed[min(n, len(fixed)):])
			return nil
		}
	}
}

// drop takes the message that was looked at.
func (s *screen) drop() error {
	_, _, err := unix.Recvfrom(int(s.dev), nil, unix.MSG_DONTWAIT)
	if err == unix.ECONNRESET {
		return io.EOF
	}
	return err
}

// unwanted is the problem of a message that is dropped without a word.
const unwanted = "unwanted"

// check returns what is wrong with a message, nothing if the library may read it.
func (s *screen) check() string {
	switch {
	case s.size < inHeaderSize:
		return fmt.Sprintf("%d bytes are no header", s.size)
	case int64(s.uint32(0)) != int64(s.size):
		return fmt.Sprintf("%d bytes of %d", s.size, s.uint32(0))
	case s.size > maxRequest+pageSize: // the library's buffer
		return fmt.Sprintf("%d bytes", s.size)
	}
	if problem := s.checkShape(); problem != "" {
		return problem
	}
	const body = inHeaderSize
	switch s.opcode() {
	case opInterrupt, opNotifyReply:
		return unwanted
	case opRead, opReaddir, opReaddirplus:
		if size := s.uint32(body + 16); size > maxRequest {
			return fmt.Sprintf("to read %d bytes", size)
		}
	case opGetxattr, opListxattr:
		if size := s.uint32(body); size > maxRequest {
			return fmt.Sprintf("an attribute of %d bytes", size)
		}
	case opWrite:
		const fixed = body + 40
		if size := s.uint32(body + 16); s.size >= fixed && int64(size) != int64(s.size-fixed) {
			return fmt.Sprintf("to write %d bytes of %d", size, s.size-fixed)
		}
	case opBatchForget:
		const one = 16
		if count := s.uint32(body); int64(count)*one > int64(s.size-body-8) {
			return fmt.Sprintf("to forget %d inodes in %d bytes", count, s.size)
		}
	}
	return ""
}

// refuse answers the message that was looked at last with EINVAL, if it has a
// header and wants an answer.
func (s *screen) refuse() {
	if s.size < inHeaderSize {
		return
	}
	switch s.opcode() {
	case opForget, opBatchForget, opInterrupt, opNotifyReply:
		return
	}
	var out [outHeaderSize]byte
	refused := -int32(unix.EINVAL)
	binary.NativeEndian.PutUint32(out[0:], outHeaderSize)
	binary.NativeEndian.PutUint32(out[4:], uint32(refused))
	copy(out[8:], s.start[8:16]) // unique
	// An error means that nobody waits for it.
	_, _ = unix.Write(int(s.dev), out[:])
}

func (s *screen) opcode() uint32 { return s.uint32(4) }

func (s *screen) uint32(at int) uint32 { return binary.NativeEndian.Uint32(s.start[at:]) }
