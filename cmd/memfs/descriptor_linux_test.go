package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// withDescriptor prepares a run of memfs that has fd as number 3.
func withDescriptor(t *testing.T, fd int, args ...string) *exec.Cmd {
	t.Helper()
	cmd := newCommand(t, append([]string{"memfs", "mount"}, args...)...)
	f := os.NewFile(uintptr(fd), "descriptor")
	t.Cleanup(func() { f.Close() })
	cmd.ExtraFiles = []*os.File{f}
	return cmd
}

// A program at the other end of a socket is served until it hangs up.
func TestMountDescriptor(t *testing.T) {
	for _, loop := range []string{"serial", "goroutine", "workers", "dev"} {
		t.Run(loop, func(t *testing.T) {
			c, fd, err := fuseclient.Pair()
			if err != nil {
				t.Fatal(err)
			}
			cmd := withDescriptor(t, fd, "-f", "-o", "size=1m,loop="+loop, "/dev/fd/3")
			if err := c.SetTimeout(patience); err != nil {
				t.Fatal(err)
			}
			go func() {
				if _, err := c.Init(); err != nil {
					t.Error(err)
				}
				c.Close()
			}()
			if r := finish(t, cmd); r != (result{stderr: "memfs: serving /dev/fd/3, loop=" + loop + "\n"}) {
				t.Errorf("it ended with %+v", r)
			}
		})
	}
}

func TestMountDescriptorFailures(t *testing.T) {
	stream, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(stream[1])
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	// pair is a connection on which the other end has sent a message, or hung up.
	pair := func(first string) int {
		c, fd, err := fuseclient.Pair()
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			c.Close()
			return fd
		}
		t.Cleanup(func() { c.Close() })
		if err := c.Send([]byte(first)); err != nil {
			t.Fatal(err)
		}
		return fd
	}
	statfs := fuseclient.End(fuseclient.Begin(nil, fuseclient.Statfs, 2, fuseclient.RootID))
	for _, c := range []struct {
		fd     int
		args   string
		status int
		want   string
	}{
		{null, "-f /dev/fd/3", exitFailure, "/dev/fd/3: not a FUSE connection; hand over"},
		{stream[0], "-f /dev/fd/3", exitFailure, "/dev/fd/3: a socket that does not keep messages apart; use one of SOCK_SEQPACKET"},
		{pair(""), "-f /dev/fd/3", exitFailure, "/dev/fd/3: the other end hung up"},
		{pair("hello"), "-f /dev/fd/3", exitFailure, "/dev/fd/3: the first request is none: 5 bytes are no header"},
		{pair(string(statfs)), "-f /dev/fd/3", exitFailure, "/dev/fd/3: the first request has the opcode 17, not that of INIT"},
		{pair("x"), "-f /dev/fd/33", exitFailure, "/dev/fd/33: no such descriptor; open it in"},
		{pair("x"), "/dev/fd/3", exitFailure, "/dev/fd/3: a server in the background has not this descriptor; stay in the foreground: memfs mount -f /dev/fd/3"},
		{pair("x"), "-f -o size=1m,ro /dev/fd/3", exitUsage, "ro: is for mounting, and /dev/fd/3 is mounted already"},
		{pair("x"), "-f source /dev/fd/3", exitUsage, "fsname: is for mounting"},
	} {
		finish(t, withDescriptor(t, c.fd, strings.Fields(c.args)...)).fails(t, c.status, c.want)
	}
}

// A signal ends the server of a socket.
func TestMountDescriptorSignal(t *testing.T) {
	c, fd, err := fuseclient.Pair()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cmd := withDescriptor(t, fd, "-f", "/dev/fd/3")
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Init(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 64)
	if n, err := stderr.Read(line); err != nil || string(line[:n]) != "memfs: serving /dev/fd/3, loop=dev\n" {
		t.Fatalf("%q, %v", line[:n], err)
	}
	if err := cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(fmt.Errorf("after SIGTERM: %w", err))
	}
}
