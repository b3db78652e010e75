package memfs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fuseclient"
	"github.com/scratchfs/memfs/memfs"
)

// adopt serves a new connection by a loop.
func adopt(t *testing.T, loop memfs.Loop) (*fuseclient.Conn, *memfs.MountPoint) {
	t.Helper()
	c, fd, err := fuseclient.Pair()
	if err != nil {
		t.Fatal(err)
	}
	mounted := make(chan *memfs.MountPoint, 1)
	go func() {
		m, err := memfs.Mount(fmt.Sprintf("/dev/fd/%d", fd), memfs.Options{Size: 4 << 20, Loop: loop})
		if err != nil {
			t.Error(err)
		}
		mounted <- m
	}()
	if _, err := c.Init(); err != nil {
		t.Fatal(err)
	}
	return c, <-mounted
}

// call sends a request and returns the reply, which must be right.
func call(t *testing.T, c *fuseclient.Conn, op fuseclient.Opcode, size uint32, body []byte) fuseclient.Reply {
	t.Helper()
	b := fuseclient.End(append(fuseclient.Begin(nil, op, c.Unique(), fuseclient.RootID), body...))
	if err := c.Send(b); err != nil {
		t.Fatal(err)
	}
	r, err := c.Receive()
	if err == nil {
		err = r.Check(op, size)
	}
	if err != nil || r.Unique != fuseclient.Header(b).Unique {
		t.Fatalf("%v: %+v, %v", op, r.OutHeader, err)
	}
	return r
}

// Serving ends when the other end hangs up, or Unmount says so.
func TestAdoptEnd(t *testing.T) {
	for _, loop := range memfs.Loops() {
		t.Run(string(loop)+"/hang up", func(t *testing.T) {
			c, m := adopt(t, loop)
			call(t, c, fuseclient.Statfs, 0, nil)
			// An empty message is not the end.
			if err := c.Send(nil); err != nil {
				t.Fatal(err)
			}
			call(t, c, fuseclient.Statfs, 0, nil)
			// It may leave requests and replies unread.
			for range 3 {
				b := fuseclient.End(fuseclient.Begin(nil, fuseclient.Statfs, c.Unique(), fuseclient.RootID))
				if err := c.Send(b); err != nil {
					t.Fatal(err)
				}
			}
			c.Close()
			if err := m.Wait(); err != nil {
				t.Error(err)
			}
			if err := m.Unmount(); err == nil {
				t.Error("unmounted twice")
			}
		})
		t.Run(string(loop)+"/unmount", func(t *testing.T) {
			c, m := adopt(t, loop)
			call(t, c, fuseclient.Statfs, 0, nil)
			if err := m.Unmount(); err != nil {
				t.Fatal(err)
			}
			if err := m.Wait(); err != nil {
				t.Error(err)
			}
			if _, err := c.Receive(); err != io.EOF {
				t.Errorf("the other end sees %v, want EOF", err)
			}
			c.Close()
		})
	}
}

// A program that reads no replies finds at some time that it cannot send any
// more requests; then it gets all the replies.
func TestAdoptUnread(t *testing.T) {
	for _, loop := range memfs.Loops() {
		t.Run(string(loop), func(t *testing.T) {
			c, m := adopt(t, loop)
			if err := c.SetTimeout(time.Second); err != nil {
				t.Fatal(err)
			}
			sent := 0
			for {
				b := fuseclient.End(fuseclient.Begin(nil, fuseclient.Statfs, c.Unique(), fuseclient.RootID))
				if err := c.Send(b); errors.Is(err, os.ErrDeadlineExceeded) {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				sent++
			}
			// What fits the queues of two sockets, and what the loops hold.
			if sent > 20_000 {
				t.Errorf("%d requests were read without a reply", sent)
			}
			for range sent {
				if r, err := c.Receive(); err != nil || r.Error != 0 {
					t.Fatalf("%+v, %v", r.OutHeader, err)
				}
			}
			call(t, c, fuseclient.Statfs, 0, nil)
			c.Close()
			if err := m.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

// With our own loops Unmount ends serving a program that reads no replies.
func TestAdoptUnreadUnmount(t *testing.T) {
	for _, loop := range []memfs.Loop{memfs.LoopAuto, memfs.LoopDev} {
		t.Run(string(loop), func(t *testing.T) {
			c, m := adopt(t, loop)
			defer c.Close()
			if err := c.SetTimeout(time.Second); err != nil {
				t.Fatal(err)
			}
			var err error
			for err == nil {
				err = c.Send(fuseclient.End(fuseclient.Begin(nil, fuseclient.Statfs, c.Unique(), fuseclient.RootID)))
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal(err)
			}
			if err := m.Unmount(); err != nil {
				t.Error(err)
			}
			waited := make(chan error)
			go func() { waited <- m.Wait() }()
			select {
			case err := <-waited:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(20 * time.Second):
				t.Error("still served")
			}
		})
	}
}

// A write and a read of 1 MiB fit the socket.
func TestAdoptLargest(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the socket needs more than net.core.wmem_max: only root can do this")
	}
	c, m := adopt(t, memfs.LoopWorkers)
	r := call(t, c, fuseclient.Mknod, 0, fuseclient.AppendString(fuseclient.Append(nil, &fuseclient.MknodIn{Mode: unix.S_IFREG | 0o600}), "file"))
	node := fuseclient.Decode[fuseclient.EntryOut](r.Payload).NodeID
	const size = 1 << 20
	frame := fuseclient.Begin(nil, fuseclient.Write, c.Unique(), node)
	frame = append(fuseclient.Append(frame, &fuseclient.WriteIn{Size: size}), make([]byte, size)...)
	if err := c.Send(fuseclient.End(frame)); err != nil {
		t.Fatal(err)
	}
	r, err := c.Receive()
	if err != nil || fuseclient.Decode[fuseclient.WriteOut](r.Payload).Size != size {
		t.Fatalf("%+v, %v", r, err)
	}
	frame = fuseclient.Begin(nil, fuseclient.Read, c.Unique(), node)
	if err := c.Send(fuseclient.End(fuseclient.Append(frame, &fuseclient.ReadIn{Size: size}))); err != nil {
		t.Fatal(err)
	}
	if r, err = c.Receive(); err != nil || len(r.Payload) != size {
		t.Fatalf("%+v with %d bytes, %v", r.OutHeader, len(r.Payload), err)
	}
	c.Close()
	if err := m.Wait(); err != nil {
		t.Error(err)
	}
}

// A /dev/fuse that somebody else has mounted is served, and is theirs to unmount.
func TestAdoptMount(t *testing.T) {
	for name, mount := range map[string]struct {
		data    string
		options memfs.Options
	}{
		"plain": {},
		// The server does not know whether the kernel checks permissions.
		"checks nothing, no xattrs": {"", memfs.Options{NoXattr: true}},
		"checks, no xattrs":         {",default_permissions", memfs.Options{NoXattr: true}},
	} {
		t.Run(name, func(t *testing.T) { adoptMount(t, mount.data, mount.options) })
	}
}

func adoptMount(t *testing.T, data string, o memfs.Options) {
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	dir := t.TempDir()
	if err == nil {
		data = fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0%s", fd, data)
		err = unix.Mount("memfs", dir, "fuse.memfs", unix.MS_NOSUID|unix.MS_NODEV, data)
	}
	if err != nil {
		unix.Close(fd)
		if os.Getenv("CI") == "true" {
			t.Fatal("needed in CI: ", err)
		}
		t.Skip(err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	o.Size = 4 << 20
	m, err := memfs.Mount(fmt.Sprintf("/dev/fd/%d", fd), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "mkdir", dir+"/a").CombinedOutput(); err != nil {
		t.Errorf("mkdir: %v: %s", err, out)
	}
	if err := m.Unmount(); !errors.Is(err, unix.ENOTSUP) {
		t.Errorf("Unmount: %v, want ENOTSUP", err)
	}
	if err := unix.Unmount(dir, 0); err != nil {
		t.Fatal(err)
	}
	if err := m.Wait(); err != nil {
		t.Error(err)
	}
}
