package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// A foreground is a memfs mount -f.
type foreground struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Reader
}

func startForeground(t *testing.T, dir string) *foreground {
	t.Helper()
	cmd := newCommand(t, "memfs", "mount", "-f", dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f := &foreground{t, cmd, bufio.NewReader(stderr)}
	f.says("memfs: serving " + dir)
	return f
}

func (f *foreground) signal(s syscall.Signal) {
	f.t.Helper()
	if err := f.cmd.Process.Signal(s); err != nil {
		f.t.Fatal(err)
	}
}

// says checks the next line that the process prints.
func (f *foreground) says(want string) {
	f.t.Helper()
	line, err := f.out.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, want) {
		f.t.Fatalf("it says %q, %v; want %q", line, err, want)
	}
}

// ends checks that the process has nothing more to say, and its exit status.
func (f *foreground) ends(status int) {
	f.t.Helper()
	if line, err := f.out.ReadString('\n'); line != "" || err == nil {
		f.t.Errorf("it says %q, %v; want the end", line, err)
	}
	_ = f.cmd.Wait()
	if got := f.cmd.ProcessState.ExitCode(); got != status {
		f.t.Errorf("it ends as %v, want status %d", f.cmd.ProcessState, status)
	}
}

func TestSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		dir := newDir(t)
		f := startForeground(t, dir)
		f.signal(s)
		f.ends(0)
		if mounted(dir) != nil {
			t.Errorf("%v: still mounted", s)
		}
	}
}

func TestForegroundEndsWithMount(t *testing.T) {
	dir := newDir(t)
	f := startForeground(t, dir)
	must(t, "umount", dir)
	f.ends(0)
}

// open keeps a mount busy until the end of the test at the latest.
func open(t *testing.T, dir string) *os.File {
	t.Helper()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestSignalsWhenBusy(t *testing.T) {
	dir := newDir(t)
	f := startForeground(t, dir)
	user := open(t, dir)

	f.signal(syscall.SIGINT)
	f.says(fmt.Sprintf("memfs: %s: busy, in use by %s; stop what uses it", dir, me(t)))
	if mounted(dir) == nil {
		t.Fatal("unmounted while busy")
	}
	f.signal(syscall.SIGINT)
	f.says("memfs: " + dir + ": detached; ends with its last user")
	if mounted(dir) != nil {
		t.Error("still mounted after the second signal")
	}
	user.Close()
	f.ends(0)
}

// The first signal that finds the mount idle unmounts it, whatever came before.
func TestSignalAfterBusy(t *testing.T) {
	dir := newDir(t)
	f := startForeground(t, dir)
	user := open(t, dir)
	f.signal(syscall.SIGTERM)
	f.says("memfs: " + dir + ": busy")
	user.Close()
	f.signal(syscall.SIGTERM)
	f.ends(0)
}

func TestThirdSignal(t *testing.T) {
	dir := newDir(t)
	f := startForeground(t, dir)
	open(t, dir)
	f.signal(syscall.SIGINT)
	f.says("memfs: " + dir + ": busy")
	f.signal(syscall.SIGINT)
	f.says("memfs: " + dir + ": detached")
	f.signal(syscall.SIGINT)
	f.says("memfs: " + dir + ": left while files were in use")
	f.ends(exitFailure)
}

// The server outlives the terminal, and SIGTERM unmounts cleanly.
func TestDaemonSignals(t *testing.T) {
	dir := newDir(t)
	must(t, "mount", dir)
	pid := serverOf(t, dir)
	if err := syscall.Kill(pid, syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadDir(dir); err != nil {
		t.Errorf("after SIGHUP: %v", err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if !waitExit(pid) {
		t.Error("SIGTERM does not end it")
	}
	if mounted(dir) != nil {
		t.Error("SIGTERM leaves it mounted")
	}
}

// me is this process as a message names it.
func me(t *testing.T) string {
	t.Helper()
	name, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s (%d)", strings.TrimSpace(string(name)), os.Getpid())
}
