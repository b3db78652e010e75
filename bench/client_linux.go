package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// What a client works on.
const (
	kindDirectory = "directory"
	kindStore     = "store"
	kindWire      = "wire"
)

// A client runs workloads on one target, in a process of its own.
type client struct {
	enc *json.Encoder
	dec *json.Decoder

	kind       string
	path       string // of the target's directory
	connection uint32 // of FUSE; 0: none
	server     int    // process that serves it, as far as that can be found
	counter    *requestCounter

	store store    // of kindStore
	wire  *wire    // of kindWire
	end   *process // the server of kindWire
}

// workName is the directory that a client works in, in that of the target.
const workName = "memfs-bench"

// runClient does the jobs that come on standard input, until that ends. args
// are the kind of the target, its name, its directory and the processor for its
// server.
func runClient(args []string) error {
	c := &client{enc: json.NewEncoder(os.Stdout), dec: json.NewDecoder(os.Stdin), kind: args[0], path: args[2]}
	err := c.open(args[1], args[3])
	defer c.close()
	if err := c.enc.Encode(answer{Error: message(err)}); err != nil {
		return err
	}
	for {
		var j job
		if err := c.dec.Decode(&j); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		samples, err := c.do(j)
		if err := c.enc.Encode(answer{Error: message(err), Samples: samples}); err != nil {
			return err
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (c *client) open(target, serverCPU string) error {
	switch c.kind {
	case kindDirectory:
		return c.openDirectory()
	case kindStore:
		var err error
		c.store, err = newStore()
		return err
	case kindWire:
		cpu, err := strconv.Atoi(serverCPU)
		if err != nil {
			return err
		}
		return c.openWire(target, cpu)
	}
	return nil
}

func (c *client) close() {
	if c.end != nil {
		c.end.stop()
		c.wire.conn.Close()
	}
}

// openWire starts the server of a target at the other end of a socket.
func (c *client) openWire(target string, cpu int) error {
	conn, fd, err := fuseclient.Pair()
	if err != nil {
		return err
	}
	socket := os.NewFile(uintptr(fd), "socket")
	defer socket.Close()
	cmd, err := childCommand("server", target, "/dev/fd/3", "plain")
	if err != nil {
		return err
	}
	cmd.ExtraFiles = []*os.File{socket} // 3
	if c.end, err = startProcess(cpu, cmd); err != nil {
		return err
	}
	c.wire = newWire(conn)
	c.server = cmd.Process.Pid
	if _, err := conn.Init(); err != nil {
		return err
	}
	return c.end.receive(context.Background(), new(status), patience)
}

// do does a job in a new directory, which it removes.
func (c *client) do(j job) (samples []sample, err error) {
	w := findWorkload(j.Workload)
	if w == nil {
		return nil, fmt.Errorf("no workload %q", j.Workload)
	}
	fs, done, err := c.work()
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := done(); err == nil && e != nil {
			err = fmt.Errorf("cleaning up: %w", e)
		}
	}()
	m := &meter{server: j.Server}
	if m.server == 0 {
		m.server = c.server
	}
	if j.Count {
		if m.counter, err = c.requests(); err != nil {
			return nil, err
		}
	}
	if j.Observe {
		m.told = c.tell
	}
	t := &task{fs: fs, job: j, meter: m}
	if w.run != nil {
		return w.run(t)
	}
	return t.loop(w)
}

// requests returns what counts requests; nil where there are none.
func (c *client) requests() (counter, error) {
	switch {
	case c.wire != nil:
		return c.wire, nil
	case c.connection == 0:
		return nil, nil
	}
	if c.counter == nil {
		var err error
		if c.counter, err = newRequestCounter(c.connection); err != nil {
			return nil, err
		}
	}
	return c.counter, nil
}

// work returns what to work on, empty, and how to leave it as it was.
func (c *client) work() (fs fileSystem, done func() error, err error) {
	switch c.kind {
	case kindStore:
		fs = c.store
	case kindWire:
		fs = c.wire
	}
	if fs != nil {
		return fs, func() error { return removeAll(fs, fs.Root()) }, nil
	}
	work := filepath.Join(c.path, workName)
	if err := os.Mkdir(work, 0o755); err != nil {
		return nil, nil, err
	}
	k, err := newKernel(work)
	return k, func() error { return errors.Join(k.Close(k.root), os.RemoveAll(work)) }, err
}

// tell says that measuring begins or ends, and waits until the server knows.
func (c *client) tell(event string) error {
	if err := c.enc.Encode(answer{Event: event}); err != nil {
		return err
	}
	var ack job
	return c.dec.Decode(&ack)
}
