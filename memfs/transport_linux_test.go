package memfs_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/mounttest"
	"github.com/scratchfs/memfs/memfs"
)

// TestAccess asks for permissions where the kernel does not check them: on a mount
// that only root can reach.
func TestAccess(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only on a mount of root does the kernel not check permissions")
	}
	onOwnLoops(t, "", func(t *testing.T, dir string) {
		file, program, sub := filepath.Join(dir, "file"), filepath.Join(dir, "program"), filepath.Join(dir, "sub")
		for path, mode := range map[string]os.FileMode{file: 0, program: 0o001} {
			if err := os.WriteFile(path, []byte("#!/bin/true\n"), mode); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Mkdir(sub, 0); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			path string
			mask uint32
			want error
		}{
			{file, unix.R_OK | unix.W_OK, nil},
			{file, unix.X_OK, unix.EACCES},
			{program, unix.R_OK | unix.X_OK, nil},
			{sub, unix.R_OK | unix.W_OK | unix.X_OK, nil},
			{filepath.Join(sub, "none"), unix.F_OK, unix.ENOENT},
		} {
			if err := unix.Access(c.path, c.mask); err != c.want {
				t.Errorf("access(%s, %d): %v, want %v", c.path, c.mask, err, c.want)
			}
		}
		// The kernel sees to this by itself.
		if err := unix.Exec(file, []string{file}, nil); err != unix.EACCES {
			t.Errorf("execve: %v, want EACCES", err)
		}
	})
}

// TestAutoLoop has the loop chosen.
func TestAutoLoop(t *testing.T) {
	dir := mounttest.Mount(t, "loop=auto", deadline)
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Error(err)
	}
	best, why := memfs.BestLoop()
	t.Logf("%s, %v", best, why)
	if best == memfs.LoopURing == (why != nil) {
		t.Errorf("the best loop is %s, not better: %v", best, why)
	}
}
