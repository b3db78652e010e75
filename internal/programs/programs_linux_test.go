package programs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/mounttest"
	"github.com/scratchfs/memfs/memfs"
)

func TestMain(m *testing.M) { mounttest.Main(m) }

const (
	// deadline is for all programs on one mount. The slowest loop under the
	// race detector on two cores needs a third.
	deadline = 10 * time.Minute

	// nobody is a user without any privilege.
	nobody = 65534
)

// TestTmpfs shows that the programs work where they must.
func TestTmpfs(t *testing.T) { Run(t, tmpfs(t), Some) }

// TestMemfs asks most of the default loop.
func TestMemfs(t *testing.T) {
	best, _ := memfs.BestLoop()
	onEachLoop(t, "", func(t *testing.T, dir string, loop memfs.Loop) {
		effort := Some
		if loop == best {
			effort = Much
		}
		Run(t, dir, effort)
	})
}

// onEachLoop runs a test on a mount with options, once for each loop.
func onEachLoop(t *testing.T, options string, test func(t *testing.T, dir string, loop memfs.Loop)) {
	for _, loop := range memfs.Loops() {
		t.Run(string(loop), func(t *testing.T) {
			mounttest.RequireLoop(t, loop)
			test(t, mounttest.Mount(t, "loop="+string(loop)+options, deadline), loop)
		})
	}
}

// TestRootless mounts as an ordinary user, who also runs the programs. Started
// by root it has another process do all that.
func TestRootless(t *testing.T) {
	mounttest.RequireFUSE(t)
	need(t, "fusermount3")
	if unix.Geteuid() != 0 {
		Run(t, mounttest.Mount(t, "", deadline), Some)
		return
	}
	if st, err := os.Stat("/dev/fuse"); err != nil || st.Mode().Perm()&0o006 != 0o006 {
		unavailable(t, "/dev/fuse is not for everyone (chmod 666 /dev/fuse)")
	}
	home := accessibleDir(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(home, "programs.test")
	c := in(t, home)
	c.run("cp", self, binary)
	stage(c)
	c.run("chown", "--recursive", fmt.Sprintf("%d:%[1]d", nobody), home)

	cmd := exec.CommandContext(t.Context(), binary, "-test.v", "-test.run=^TestRootless$", "-test.timeout="+deadline.String())
	if testing.Short() {
		cmd.Args = append(cmd.Args, "-test.short")
	}
	cmd.Dir = home
	cmd.Env = append(os.Environ(), stageVariable+"="+home, "HOME="+home, "TMPDIR="+home)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: nobody, Gid: nobody},
		// Its mount must not outlive a test that is killed. The signal comes
		// when the thread ends that started it.
		Pdeathsig: unix.SIGKILL,
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.WaitDelay = grace
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("as user %d: %v\n%s", nobody, err, out)
	}
	t.Logf("as user %d:\n%s", nobody, out)
}

// accessibleDir returns a new directory that every user can enter.
func accessibleDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "programs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tmpfs returns a directory on tmpfs: a new mount, or without privilege a
// directory in /dev/shm.
func tmpfs(t *testing.T) string {
	t.Helper()
	if unix.Geteuid() != 0 {
		dir, err := os.MkdirTemp("/dev/shm", "programs")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		return dir
	}
	dir := accessibleDir(t)
	if err := unix.Mount("programs", dir, "tmpfs", 0, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(errors.Join(err, unix.Unmount(dir, unix.MNT_DETACH)))
		}
	})
	return dir
}
