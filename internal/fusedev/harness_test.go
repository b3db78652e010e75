//go:build linux

package fusedev

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// serveVariable tells the test binary to serve; its value is the directory.
const serveVariable = "FUSEDEV_TEST_SERVE"

// maxWriteVariable is for Limits.MaxWrite, in bytes.
const maxWriteVariable = "FUSEDEV_TEST_MAX_WRITE"

// testDepth is that of queues in the server: so small that waiting requests need
// more.
const testDepth = 2

// TestMain runs the tests, or serves a mount: the client of a mount must be another
// process.
func TestMain(m *testing.M) {
	if dir := os.Getenv(serveVariable); dir != "" {
		if err := serve(dir, Loop(os.Args[1])); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serve mounts a testFS on dir and serves it until it is unmounted, which it does
// itself when its standard input ends or it gets SIGTERM.
func serve(dir string, l Loop) error {
	term := make(chan os.Signal, 1)
	signal.Notify(term, unix.SIGTERM)
	signal.Ignore(unix.SIGINT)
	fd, err := mountDevice(dir)
	if err != nil {
		return err
	}
	go func() {
		ended := make(chan struct{})
		go func() { io.Copy(io.Discard, os.Stdin); close(ended) }()
		select {
		case <-term:
		case <-ended:
		}
		unix.Unmount(dir, unix.MNT_DETACH)
	}()
	o := Options{Loop: l, Depth: testDepth, Logger: log.New(os.Stdout, "", 0), Limits: Limits{Flags: ParallelDirops}}
	if n, err := strconv.ParseUint(os.Getenv(maxWriteVariable), 10, 32); err == nil {
		o.MaxWrite = uint32(n)
	}
	fs := newTestFS()
	if os.Getenv(observeVariable) != "" {
		o.Observe = fs.observed.add
	}
	c, err := NewConn(fd, o)
	if err != nil {
		return err
	}
	if got, why := c.Loop(); got != l {
		return fmt.Errorf("loop %v: %v", got, why)
	}
	fmt.Println("ready")
	fs.conn = c
	err = c.Serve(fs)
	fmt.Println("served:", err)
	return nil
}

// mountDevice mounts on dir and returns the descriptor.
func mountDevice(dir string) (int, error) {
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	data := fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd)
	if err := unix.Mount("fusedev", dir, "fuse.fusedev", unix.MS_NOSUID|unix.MS_NODEV, data); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// mount is a mount that another process serves.
type mount struct {
	dir    string
	server *exec.Cmd
	stdin  io.Closer
	out    *bufio.Reader
}

// newMount mounts with that loop; with cpus, the server may run there only. If the
// test takes too long the connection is aborted.
func newMount(t testing.TB, l Loop, cpus ...int) *mount {
	t.Helper()
	requireFUSE(t)
	if l == URing {
		requireURing(t)
	}
	base := t.TempDir()
	dir := filepath.Join(base, "mnt")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m := &mount{dir: dir, server: exec.Command(self, string(l))}
	m.server.Env = append(os.Environ(), serveVariable+"="+dir)
	m.server.Stderr = os.Stderr
	if m.stdin, err = m.server.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := m.server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	m.out = bufio.NewReader(stdout)
	if err := onCPUs(cpus, m.server.Start); err != nil {
		t.Fatal(err)
	}
	if line, _ := m.out.ReadString('\n'); line != "ready\n" {
		m.stdin.Close()
		m.server.Wait()
		t.Fatalf("server: %s", line)
	}
	deadline := time.AfterFunc(patience, func() {
		t.Errorf("not done after %v: aborting the connection", patience)
		m.server.Process.Signal(unix.SIGQUIT) // which says where it is, and ends it
		m.abort()
	})
	t.Cleanup(func() {
		m.wait(t)
		deadline.Stop()
		unix.Unmount(dir, unix.MNT_DETACH)
	})
	return m
}

// wait tells the server to unmount, unless it is told already, and returns what it
// has said and logged.
func (m *mount) wait(t testing.TB) string {
	m.stdin.Close()
	said, _ := io.ReadAll(m.out)
	if m.server.ProcessState == nil {
		if err := m.server.Wait(); err != nil {
			t.Errorf("server: %v %s", err, said)
		}
	}
	return string(said)
}

// abort breaks off the connection. It returns an error if it cannot.
func (m *mount) abort() error {
	file, err := m.control("abort")
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte("1"), 0)
}

// control returns the path of a file with which the kernel controls the connection.
func (m *mount) control(name string) (string, error) {
	const connections = "/sys/fs/fuse/connections"
	var st unix.Statfs_t
	if unix.Statfs(connections, &st) == nil && st.Type != fusectlMagic {
		if err := unix.Mount("none", connections, "fusectl", 0, ""); err != nil {
			return "", err
		}
	}
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(table)) {
		if fields := strings.Fields(line); fields[4] == m.dir {
			_, minor, _ := strings.Cut(fields[2], ":")
			return filepath.Join(connections, minor, name), nil
		}
	}
	return "", errors.New("not mounted")
}

const fusectlMagic = 0x65735543

// onCPUs calls f, and what it starts runs on those CPUs only.
func onCPUs(cpus []int, f func() error) error {
	if len(cpus) == 0 {
		return f()
	}
	var set unix.CPUSet
	for _, cpu := range cpus {
		set.Set(cpu)
	}
	err := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends here
		if e := unix.SchedSetaffinity(0, &set); e != nil {
			err <- e
			return
		}
		err <- f()
	}()
	return <-err
}

// requireFUSE skips the test where it cannot mount, and fails it if CI=true.
func requireFUSE(t testing.TB) {
	t.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
		if os.Geteuid() == 0 {
			return
		}
		err = errors.New("mounting here needs root")
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// requireURing skips a test where the kernel does not offer FUSE over io_uring:
// it is too old, or root has not switched it on. Tests do not: others run at the
// same time.
func requireURing(t testing.TB) {
	t.Helper()
	if err := URingAvailable(); err != nil {
		t.Skip(err)
	}
}
