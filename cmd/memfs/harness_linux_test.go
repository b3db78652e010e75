package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// runVariable makes the test binary be the command, so that the tests run what
// was just compiled, in processes of its own.
const runVariable = "MEMFS_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(runVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// patience is how long anything may take before it counts as hung.
const patience = time.Minute

// requireFUSE skips the test where FUSE is not to be had. Where it has to be, the
// test fails instead.
func requireFUSE(t *testing.T) {
	t.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
		return
	}
	unavailable(t, "/dev/fuse: "+err.Error())
}

func unavailable(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("needed in CI: ", why)
	}
	t.Skip(why)
}

func requireRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can do this")
	}
}

// newDir returns a directory to mount on. In the end nothing may be mounted on it
// or serve it. A test that hangs is freed by aborting the connection.
func newDir(t *testing.T) string {
	t.Helper()
	requireFUSE(t)
	base, err := os.MkdirTemp("", "memfs")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(base, "mnt")
	if err := errors.Join(os.Chmod(base, 0o755), os.Mkdir(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(2*patience, func() { abort(dir) })
	t.Cleanup(func() {
		watchdog.Stop()
		if line := mounted(dir); line != nil {
			t.Errorf("left mounted: %q", line)
			abort(dir)
		}
		for _, pid := range servers(dir) {
			if !waitExit(pid) {
				t.Errorf("left running: process %d", pid)
				_ = unix.Kill(pid, unix.SIGKILL)
			}
		}
		if err := os.RemoveAll(base); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// abort breaks off the connections of all that is mounted on dir, and detaches it.
func abort(dir string) {
	for line := mounted(dir); line != nil; line = mounted(dir) {
		_, minor, _ := strings.Cut(line[2], ":")
		_ = os.WriteFile("/sys/fs/fuse/connections/"+minor+"/abort", []byte("1"), 0)
		if unix.Unmount(dir, unix.MNT_DETACH) != nil && exec.Command("fusermount3", "-uz", dir).Run() != nil {
			return
		}
	}
}

// mounted returns the fields of the top mount on dir in the table of mounts, nil
// if there is none. The optional fields are left out.
func mounted(dir string) []string {
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		panic(err)
	}
	var found []string
	for line := range strings.Lines(string(b)) {
		mount, super, _ := strings.Cut(strings.TrimSpace(line), " - ")
		if f := strings.Fields(mount); f[4] == dir {
			found = append(f[:6:6], strings.Fields(super)...)
		}
	}
	return found
}

// servers returns the processes that serve dir, recognized by their arguments.
func servers(dir string) []int {
	var pids []int
	procs, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range procs {
		args, _ := os.ReadFile(p + "/cmdline")
		if bytes.HasPrefix(args, []byte("memfs\x00mount\x00")) && bytes.HasSuffix(args, []byte("\x00"+dir+"\x00")) {
			pids = append(pids, atoi(filepath.Base(p)))
		}
	}
	return pids
}

// serverOf returns the one process that serves dir.
func serverOf(t *testing.T, dir string) int {
	t.Helper()
	pids := servers(dir)
	if len(pids) != 1 {
		t.Fatalf("processes %v serve %s, want one", pids, dir)
	}
	return pids[0]
}

// waitExit reports whether a process, no child of this one, ends in good time.
func waitExit(pid int) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return err == unix.ESRCH
	}
	defer unix.Close(fd)
	deadline := time.Now().Add(patience)
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(time.Until(deadline).Milliseconds()))
		if err != unix.EINTR {
			return n == 1
		}
	}
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}

// A result is what a command left behind.
type result struct {
	stdout, stderr string
	status         int
}

// newCommand prepares a run of memfs with arguments, the first of which is the
// name that it is called by.
func newCommand(t *testing.T, argv ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return newProgram(t, self, argv...)
}

// newProgram prepares a run of a program in which memfs may be involved.
func newProgram(t *testing.T, path string, argv ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path)
	cmd.Args = argv
	// The race detector otherwise has every process sleep a second at its end.
	cmd.Env = append(os.Environ(), runVariable+"=1", "GORACE=atexit_sleep_ms=0")
	// Output that somebody keeps open forever is a failure, not a reason to hang.
	cmd.WaitDelay = patience
	return cmd
}

// finish runs a command to its end.
func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || cmd.ProcessState.ExitCode() < 0 {
		t.Fatalf("%q: %v; it said %q", cmd.Args, err, stderr.String())
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// run runs memfs with arguments.
func runMemfs(t *testing.T, args ...string) result {
	t.Helper()
	return finish(t, newCommand(t, append([]string{"memfs"}, args...)...))
}

// must runs memfs with arguments that have to succeed in silence.
func must(t *testing.T, args ...string) {
	t.Helper()
	if r := runMemfs(t, args...); r != (result{}) {
		t.Fatalf("memfs %q: %+v", args, r)
	}
}

// fails checks that r is a failure with one line that begins with want.
func (r result) fails(t *testing.T, status int, want string) {
	t.Helper()
	if r.status != status || r.stdout != "" || !strings.HasPrefix(r.stderr, "memfs: "+want) || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("got %+v\nwant status %d and the line %q", r, status, "memfs: "+want)
	}
}

// copyCommand makes the test binary available to everyone, under the name memfs,
// and returns its path.
func copyCommand(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "memfs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err == nil {
		err = errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "memfs"), binary, 0o755))
	}
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "memfs")
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// nobody is a user without any privilege.
const nobody = 65534

func asNobody(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}
