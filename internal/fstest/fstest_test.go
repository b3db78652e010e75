//go:build linux

package fstest

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestTmpfs(t *testing.T) {
	Run(t, tmpfs(t, ""), nil)
}

func TestTmpfsLimits(t *testing.T) {
	if unix.Geteuid() != 0 {
		t.Skip("needs root to mount a tmpfs of known size")
	}
	RunTable(t, Limits, tmpfs(t, "size=1m,nr_inodes=64"), nil)
}

// tmpfs cannot vouch for Extensions; the filesystem of the temporary directory
// may.
func TestExtensions(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir+"/probe", exclusive, 0o644)
	if unix.Fallocate(f.fd, unix.FALLOC_FL_ZERO_RANGE, 0, 1) == unix.EOPNOTSUPP {
		t.Skip("the filesystem of the temporary directory has no FALLOC_FL_ZERO_RANGE")
	}
	RunTable(t, Extensions, dir, nil)
}

func TestRunSkips(t *testing.T) {
	ran := false
	behaviours := table{
		"Ran":     func(*testing.T, string) { ran = true },
		"Skipped": func(t *testing.T, _ string) { t.Error("ran though skipped") },
	}
	RunTable(t, behaviours, t.TempDir(), map[string]string{"Skipped": "to see that it is"})
	if !ran {
		t.Error("a behaviour did not run")
	}
}

// tmpfs returns a directory on tmpfs that every user can reach: the root of a
// new mount if the process may make one, else a directory in /dev/shm.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	if unix.Geteuid() != 0 {
		t.Log("not root: using /dev/shm; behaviours with other users or device files skip themselves")
		dir, err := os.MkdirTemp("/dev/shm", "fstest")
		must(t, err, "mkdtemp")
		t.Cleanup(func() { os.RemoveAll(dir) })
		return dir
	}
	// Not t.TempDir, whose parents are closed to other users.
	dir, err := os.MkdirTemp("", "fstest")
	must(t, err, "mkdtemp")
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	must(t, os.Chmod(dir, 0o755), "chmod")
	must(t, unix.Mount("fstest", dir, "tmpfs", 0, options), "mount")
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
			unix.Unmount(dir, unix.MNT_DETACH)
		}
	})
	must(t, os.Chmod(dir, 0o755), "chmod")
	return dir
}
