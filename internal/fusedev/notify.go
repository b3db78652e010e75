//go:build linux

package fusedev

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Codes of notifications, enum fuse_notify_code.
const (
	notifyPoll       = 1
	notifyInvalInode = 2
	notifyInvalEntry = 3
	notifyStore      = 4
	notifyRetrieve   = 5
	notifyDelete     = 6
	notifyResend     = 7
	notifyIncEpoch   = 8
	notifyPrune      = 9
)

type (
	pollWakeupOut struct {
		KH uint64
	}
	invalInodeOut struct {
		Ino      uint64
		Off, Len int64
	}
	invalEntryOut struct {
		Parent         uint64
		Namelen, Flags uint32
	}
	deleteOut struct {
		Parent, Child uint64
		Namelen       uint32
		_             uint32
	}
	storeOut struct {
		NodeID, Offset uint64
		Size           uint32
		_              uint32
	}
	retrieveOut struct {
		NotifyUnique   uint64
		NodeID, Offset uint64
		Size           uint32
		_              uint32
	}
	pruneOut struct {
		Count uint32
		_     uint32
		_     uint64
	}
)

// Notifications may wait for requests that are under way: a handler must send them
// from a goroutine of its own, or from one that Go has made, and hold no lock that
// a request needs. ENOENT says that the kernel has nothing cached there, and
// EINVAL that it does not know the notification.

// PollWakeup tells those who wait in poll(2) with this handle, PollIn.KH, to ask
// again.
func (c *Conn) PollWakeup(kh uint64) error {
	return notify(c, notifyPoll, &pollWakeupOut{kh})
}

// InvalInode makes the kernel forget attributes of an inode, and the data of it
// from offset on: n bytes, all if n is 0; no data if the offset is negative. Linux
// 2.6.31.
func (c *Conn) InvalInode(id uint64, offset, n int64) error {
	return notify(c, notifyInvalInode, &invalInodeOut{id, offset, n})
}

// InvalEntry makes the kernel forget a name, or that there is none. With
// ExpireOnly it only looks it up again before it uses it (HasExpireOnly). Linux
// 2.6.31.
func (c *Conn) InvalEntry(parent uint64, name string, flags uint32) error {
	return notify(c, notifyInvalEntry, &invalEntryOut{parent, uint32(len(name)), flags}, name, "\x00")
}

// Delete tells the kernel that a name was removed, by somebody else than it. To
// those who watch the directory it looks like unlink(2) or rmdir(2). Linux 3.3.
func (c *Conn) Delete(parent, child uint64, name string) error {
	return notify(c, notifyDelete, &deleteOut{Parent: parent, Child: child, Namelen: uint32(len(name))}, name, "\x00")
}

// Store puts data in the page cache. Linux 2.6.36.
func (c *Conn) Store(id, offset uint64, data []byte) error {
	return notify(c, notifyStore, &storeOut{NodeID: id, Offset: offset, Size: uint32(len(data))}, unsafe.String(unsafe.SliceData(data), len(data)))
}

// Retrieve asks for what is in the page cache. It comes in a NOTIFY_REPLY with the
// unique that is returned. Linux 2.6.36.
func (c *Conn) Retrieve(id, offset uint64, size uint32) (unique uint64, err error) {
	unique = c.retrieveUnique(retrieveTag)
	return unique, notify(c, notifyRetrieve, &retrieveOut{NotifyUnique: unique, NodeID: id, Offset: offset, Size: size})
}

// The unique of a NOTIFY_REPLY is chosen here. On a ring it must not be that of
// another request, and not odd, so it is one that the kernel does not get to by
// itself.
const (
	retrieveTag = 1 << 61
	kickTag     = 1 << 62
)

func (c *Conn) retrieveUnique(tag uint64) uint64 { return tag | c.retrieves.Add(1)<<1 }

// kick makes the kernel put a request in the queue of the CPU on which the calling
// thread runs: nothing of the page cache of a regular file, which must be one that
// the kernel knows.
func (c *Conn) kick(id uint64) error {
	return notify(c, notifyRetrieve, &retrieveOut{NotifyUnique: c.retrieveUnique(kickTag), NodeID: id})
}

// Resend makes the kernel send all requests again that were read and not
// answered, with UniqueResend in their Unique: for a server that takes over from
// another one, before it serves any. It needs HasResend, and does not concern the
// queues of URing.
func (c *Conn) Resend() error { return notify[struct{}](c, notifyResend, nil) }

// IncEpoch makes all names that the kernel has cached invalid. Linux 6.16.
func (c *Conn) IncEpoch() error { return notify[struct{}](c, notifyIncEpoch, nil) }

// Prune asks the kernel to drop inodes that nobody uses. Linux 6.18.
func (c *Conn) Prune(ids []uint64) error {
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(ids))), 8*len(ids))
	return notify(c, notifyPrune, &pruneOut{Count: uint32(len(ids))}, unsafe.String(unsafe.SliceData(b), len(b)))
}

// notify writes a notification: a header whose error is the code, a structure if
// there is one, and the rest.
func notify[T any](c *Conn, code int32, body *T, rest ...string) error {
	c.open.RLock()
	defer c.open.RUnlock()
	if c.closed {
		return syscall.ENODEV
	}
	h := OutHeader{Error: code}
	iov := make([][]byte, 0, 4)
	iov = append(iov, unsafe.Slice((*byte)(unsafe.Pointer(&h)), unsafe.Sizeof(h)))
	if body != nil {
		iov = append(iov, unsafe.Slice((*byte)(unsafe.Pointer(body)), unsafe.Sizeof(*body)))
	}
	for _, s := range rest {
		iov = append(iov, unsafe.Slice(unsafe.StringData(s), len(s)))
	}
	for _, b := range iov {
		h.Len += uint32(len(b))
	}
	for {
		_, err := unix.Writev(c.fd, iov)
		if err != syscall.EINTR && err != syscall.EAGAIN {
			return err
		}
		if err == syscall.EAGAIN && !c.awaitRoom(c.fd) { // a socket that is full
			return syscall.ENODEV
		}
	}
}
