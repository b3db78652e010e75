package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// childVariable tells a program that it was started to be a part of a run, and
// which.
const childVariable = "_MEMFS_BENCH"

// patience is how long a process may take to start or to end.
const patience = 20 * time.Second

// Child has to come first in a program that calls Run. A run starts its program
// again, to be the server or the client of a target; then Child does that, and
// does not return.
func Child() {
	role := os.Getenv(childVariable)
	if role == "" {
		return
	}
	// An interrupt is for the one that ends the run in good order.
	signal.Ignore(unix.SIGINT, unix.SIGTERM, unix.SIGHUP)
	os.Unsetenv(childVariable)
	var err error
	switch role {
	case "server":
		err = serve(os.Args[1], os.Args[2], os.Args[3] == "observed")
	case "client":
		err = runClient(os.Args[1:])
	default:
		err = fmt.Errorf("%s=%s: not a part of a benchmark", childVariable, role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// A process is a server or a client.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser // it ends when this is closed
	enc    *json.Encoder
	dec    *json.Decoder
	stderr bytes.Buffer
	ended  chan struct{} // closed when it has ended
	broken bool          // what it says next belongs to nothing
}

// startChild starts this program as a part of the run, on one processor if cpu
// is not negative.
func startChild(cpu int, role string, args ...string) (*process, error) {
	cmd, err := childCommand(role, args...)
	if err != nil {
		return nil, err
	}
	return startProcess(cpu, cmd)
}

func childCommand(role string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "memfs-bench-" + role
	cmd.Env = append(os.Environ(), childVariable+"="+role)
	return cmd, nil
}

// startProcess starts a server or a client, in a process group of its own: an
// interrupt from the terminal is not for it, and what it has started ends with
// it.
func startProcess(cpu int, cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stderr = &p.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second // for what has inherited stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	// Not cmd.StdoutPipe, which is closed when the process has ended, perhaps
	// before all is read.
	out, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = write
	p.in, p.enc, p.dec = in, json.NewEncoder(in), json.NewDecoder(out)
	err = startOn(cpu, cmd)
	write.Close()
	if err != nil {
		out.Close()
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // what it says on stderr tells more than its status
		close(p.ended)
	}()
	return p, nil
}

// startOn starts cmd on one processor. A process inherits what its thread may
// run on.
func startOn(cpu int, cmd *exec.Cmd) error {
	if cpu < 0 {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	one.Set(cpu)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return fmt.Errorf("to run on processor %d: %w", cpu, err)
	}
	defer func() { _ = unix.SchedSetaffinity(0, &before) }()
	return cmd.Start()
}

// send says something to the process, and receive gets what it answers. After
// an error the process is of no use any more.
func (p *process) send(v any) error { return p.spoke(p.enc.Encode(v)) }

// receive fails with context.DeadlineExceeded if nothing comes in time.
func (p *process) receive(ctx context.Context, v any, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- p.dec.Decode(v) }()
	select {
	case err := <-done:
		return p.spoke(err)
	case <-ctx.Done():
		return p.spoke(ctx.Err())
	}
}

func (p *process) spoke(err error) error {
	if err == nil {
		return nil
	}
	p.broken = true
	if !errors.Is(err, io.EOF) && !errors.Is(err, unix.EPIPE) {
		return err
	}
	if p.wait(patience) { // else stderr is still written to
		if said := lastLine(p.stderr.Bytes()); said != "" {
			return errors.New(said)
		}
	}
	return errors.New("it ended unexpectedly")
}

// lastLine returns the line in which a program most likely says why it failed.
func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	for _, l := range lines {
		// What a Go program that ends in a panic says first is what counts.
		if strings.HasPrefix(l, "panic: ") || strings.HasPrefix(l, "fatal error: ") {
			return l
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// wait reports whether the process ends in time.
func (p *process) wait(timeout time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(timeout):
		return false
	}
}

// kill ends the process and what it has started, if it has not ended.
func (p *process) kill() {
	select {
	case <-p.ended: // and its number may be another's
	default:
		_ = unix.Kill(-p.cmd.Process.Pid, unix.SIGKILL)
	}
}

// stop lets the process end in good order, or else kills it. It reports whether
// it ended by itself.
func (p *process) stop() bool {
	p.in.Close()
	if p.wait(patience) {
		return true
	}
	p.kill()
	p.wait(patience)
	return false
}
