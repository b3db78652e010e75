package fuzz

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// client is a process that runs programs in directories: the program of this one,
// started once more, which is why it must call Client.
type client struct {
	process  *exec.Cmd
	stdin    io.WriteCloser
	stdout   io.ReadCloser
	requests *gob.Encoder
	replies  *gob.Decoder
}

// startClient starts a client.
func startClient() (*client, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &client{process: exec.Command(self)}
	// A signal would interrupt fallocate(2) on tmpfs.
	c.process.Env = append(os.Environ(), clientVariable+"=1", "GODEBUG=asyncpreemptoff=1", "GORACE=atexit_sleep_ms=0")
	c.process.Stderr = os.Stderr
	if c.stdin, err = c.process.StdinPipe(); err != nil {
		return nil, err
	}
	if c.stdout, err = c.process.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := c.process.Start(); err != nil {
		return nil, err
	}
	c.requests, c.replies = gob.NewEncoder(c.stdin), gob.NewDecoder(c.stdout)
	return c, nil
}

// run has the client run a program within a time. If it takes longer, hung is
// called, which must end the wait for a server that does not answer, and the
// client is killed.
func (c *client) run(q request, patience time.Duration, hung func()) (*Results, error) {
	late := make(chan struct{})
	timer := time.AfterFunc(patience, func() {
		hung()
		c.process.Process.Kill()
		close(late)
	})
	var a reply
	err := c.requests.Encode(q)
	if err == nil {
		err = c.replies.Decode(&a)
	}
	if !timer.Stop() {
		<-late
		return nil, fmt.Errorf("%w after %v", errHung, patience)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("the client of %s: %w", q.In, err)
	case a.Error != "":
		return nil, errors.New(a.Error)
	}
	return a.Results, nil
}

var errHung = errors.New("hung")

// close ends the client.
func (c *client) close() error {
	c.stdin.Close()
	io.Copy(io.Discard, c.stdout)
	return c.process.Wait()
}

// abortFUSE breaks off the connection of the FUSE filesystem that a directory is
// on, if it is on one. It does not ask the filesystem anything.
func abortFUSE(dir string) {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return
	}
	best, minor := 0, ""
	for line := range strings.Lines(string(table)) {
		mount, super, _ := strings.Cut(line, " - ")
		f := strings.Fields(mount)
		rel, err := filepath.Rel(f[4], dir)
		if err != nil || rel == ".." || strings.HasPrefix(rel, "../") || len(f[4]) < best {
			continue
		}
		best, minor = len(f[4]), ""
		if strings.HasPrefix(super, "fuse") {
			_, minor, _ = strings.Cut(f[2], ":")
		}
	}
	if minor != "" {
		os.WriteFile("/sys/fs/fuse/connections/"+minor+"/abort", []byte("1"), 0)
	}
}
