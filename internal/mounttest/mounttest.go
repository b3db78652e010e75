//go:build linux

// Package mounttest mounts memfs for tests. The server is another process, the
// test binary started once more, so that the test is a client like any other:
// a process that waits for itself can deadlock.
//
// A test binary that mounts has this in it:
//
//	func TestMain(m *testing.M) { mounttest.Main(m) }
package mounttest

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jacobsa/fuse"
	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/memfs"
)

// serveVariable tells the test binary to serve; its value is the directory.
const serveVariable = "MEMFS_TEST_SERVE"

// ready is what the server writes when the mount answers.
const ready = "ready\n"

// patience is how long an unmount may take before it counts as hung.
const patience = 30 * time.Second

// A Peer is another filesystem, to be measured beside memfs. Mount takes
// "peer=" and its name in place of options.
type Peer struct {
	Name  string
	Mount func(dir string) (*fuse.MountedFileSystem, error)
}

// Main runs the tests, or serves a mount if this process was started for that.
func Main(m *testing.M, peers ...Peer) {
	if dir := os.Getenv(serveVariable); dir != "" {
		if err := serve(dir, os.Args[1], peers); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serve mounts on dir and serves until its standard input ends, which it does
// with the test.
func serve(dir, options string, peers []Peer) error {
	// An interrupt from the terminal reaches the server as well as the test.
	signal.Ignore(unix.SIGINT, unix.SIGTERM)
	if name, ok := strings.CutPrefix(options, "peer="); ok {
		return servePeer(dir, peers[slices.IndexFunc(peers, func(p Peer) bool { return p.Name == name })])
	}
	o, err := memfs.ParseOptions(options)
	if err != nil {
		return err
	}
	m, err := memfs.Mount(dir, o)
	if err != nil {
		return err
	}
	fmt.Print(ready)
	io.Copy(io.Discard, os.Stdin)
	if err := unmount(m); err != nil {
		m.Detach()
		return err
	}
	if err := m.Wait(); err != nil {
		return err
	}
	// Who was killed cannot.
	os.Remove(dir)
	os.Remove(filepath.Dir(dir))
	return nil
}

// unmount has some patience with programs that look into every mount there is, as
// stress-ng does, which the tests of another package may run.
func unmount(m *memfs.MountPoint) error {
	for end := time.Now().Add(patience / 2); ; time.Sleep(10 * time.Millisecond) {
		err := m.Unmount()
		if !errors.Is(err, unix.EBUSY) || time.Now().After(end) {
			return err
		}
	}
}

func servePeer(dir string, p Peer) error {
	m, err := p.Mount(dir)
	if err != nil {
		return err
	}
	fmt.Print(ready)
	io.Copy(io.Discard, os.Stdin)
	if err := fuse.Unmount(dir); err != nil {
		return err
	}
	return m.Join(context.Background())
}

// Mount mounts memfs with options, as mount -o takes them, on a new directory
// and returns it. It is unmounted when the test ends, which fails if it then is
// in use. If the test takes longer than deadline the connection is aborted:
// what waits for it gets ECONNABORTED.
//
// Where there is no FUSE the test is skipped, or fails if CI=true.
func Mount(t testing.TB, options string, deadline time.Duration) string {
	t.Helper()
	RequireFUSE(t)
	s, err := Start(options)
	if err != nil {
		t.Fatal(err)
	}
	abort := time.AfterFunc(deadline, func() {
		t.Errorf("not done after %v: aborting the connection of %s", deadline, s.Dir)
		s.Kill()
	})
	t.Cleanup(func() {
		abort.Stop()
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s.Dir
}

// A Server is a process that serves a mount.
type Server struct {
	Dir string // where it is mounted

	process *exec.Cmd
	stdin   io.Closer
	out     *bufio.Reader
}

// Start is Mount where there is no test to end the server, nor a deadline: the
// caller must call Stop.
func Start(options string) (*Server, error) {
	base, err := os.MkdirTemp("", "memfs-test-")
	if err != nil {
		return nil, err
	}
	s := &Server{Dir: filepath.Join(base, "mnt")}
	if err := errors.Join(os.Mkdir(s.Dir, 0o755), os.Chmod(base, 0o755), s.start(options)); err != nil {
		return nil, errors.Join(err, os.RemoveAll(base))
	}
	return s, nil
}

func (s *Server) start(options string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s.process = exec.Command(self, options)
	s.process.Env = append(os.Environ(), serveVariable+"="+s.Dir)
	// With go test -cover the test counts what its servers have covered, too.
	if f := flag.Lookup("test.gocoverdir"); f != nil && f.Value.String() != "" {
		s.process.Env = append(s.process.Env, "GOCOVERDIR="+f.Value.String())
	}
	s.process.Stderr = os.Stderr
	stdin, err := s.process.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := s.process.StdoutPipe()
	if err != nil {
		return err
	}
	s.stdin, s.out = stdin, bufio.NewReader(stdout)
	if err := s.process.Start(); err != nil {
		return err
	}
	if line, _ := s.out.ReadString('\n'); line != ready {
		s.process.Wait()
		return fmt.Errorf("mount -o %s: %s", options, line)
	}
	return nil
}

// Stop unmounts and waits for the server. The error is not nil if the mount was
// in use.
func (s *Server) Stop() error {
	s.stdin.Close()
	hung := time.AfterFunc(patience, func() {
		s.process.Process.Signal(unix.SIGQUIT) // to show where it hangs
		time.Sleep(time.Second)
		s.Kill()
	})
	defer hung.Stop()
	said, _ := io.ReadAll(s.out)
	err := s.process.Wait()
	if err != nil {
		err = fmt.Errorf("server of %s: %v %s", s.Dir, err, said)
	}
	return errors.Join(err, os.RemoveAll(filepath.Dir(s.Dir)))
}

// Freeze makes it a server that does not answer.
func (s *Server) Freeze() error {
	pid := s.process.Process.Pid
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		return err
	}
	return unix.Waitid(unix.P_PID, pid, nil, unix.WSTOPPED|unix.WNOWAIT, nil) // it takes a moment
}

// Kill aborts the connection and ends the server, which breaks it, too: whoever
// waits for it gets ECONNABORTED.
func (s *Server) Kill() {
	Abort(s.Dir)
	s.process.Process.Kill()
}

// RequireFUSE skips the test where there is no FUSE, and fails it if CI=true.
func RequireFUSE(t testing.TB) {
	t.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("/dev/fuse is needed in CI: %v", err)
	}
	t.Skipf("/dev/fuse: %v", err)
}

// Loops returns the loops that can be had on this machine.
func Loops() []memfs.Loop {
	loops := memfs.Loops()
	if best, _ := memfs.BestLoop(); best != memfs.LoopURing {
		loops = slices.DeleteFunc(loops, func(l memfs.Loop) bool { return l == memfs.LoopURing })
	}
	return loops
}

// RequireLoop skips the test where a loop cannot be had.
func RequireLoop(t testing.TB, loop memfs.Loop) {
	t.Helper()
	if loop != memfs.LoopURing {
		return
	}
	// Not every machine of CI has a kernel with it.
	if best, why := memfs.BestLoop(); best != loop {
		t.Skip(why)
	}
}

// Abort breaks off the connection of the mount on dir and detaches it.
func Abort(dir string) {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		log.Print(err)
	}
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if fields[4] != dir {
			continue
		}
		_, minor, _ := strings.Cut(fields[2], ":")
		if err := os.WriteFile("/sys/fs/fuse/connections/"+minor+"/abort", []byte("1"), 0); err != nil {
			log.Print(err)
		}
	}
	if unix.Unmount(dir, unix.MNT_DETACH) != nil {
		exec.Command("fusermount3", "-uz", dir).Run()
	}
}
