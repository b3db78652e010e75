//go:build linux

package fusedev

import "golang.org/x/sys/unix"

// maxUnread is how many threads wait at a time for room in a socket, of a program that
// reads no replies. The kernel always has room.
const maxUnread = 64

// awaitRoom waits until there may be room in a socket for what was not sent. It returns
// false if the connection ends: then there may never be any. Who cannot be among
// maxUnread waits without a thread, unless it has one of its own.
func (c *Conn) awaitRoom(fd int) bool {
	select {
	case c.unread <- struct{}{}:
		defer func() { <-c.unread }()
	case <-c.gone:
		return false
	}
	// POLLRDHUP is for the other end to be closed, and for this one to be shut down for
	// reading, which is what end does.
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT | unix.POLLRDHUP}}
	unix.Poll(p, -1)
	return p[0].Revents == 0 || p[0].Revents&unix.POLLOUT != 0 // 0: by a signal
}

// awaitReader waits while so many replies are not read that no more requests should be:
// what reads them would have to keep all of them.
func (c *Conn) awaitReader() {
	if len(c.unread) < maxUnread {
		return
	}
	select {
	case c.unread <- struct{}{}:
		<-c.unread
	case <-c.gone:
	}
}
