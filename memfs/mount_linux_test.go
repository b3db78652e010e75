package memfs

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/jacobsa/fuse"
	"golang.org/x/sys/unix"
)

// The mount must go again when what comes after it fails.
func TestMountUndone(t *testing.T) {
	if f, err := os.OpenFile(fuseDevice, os.O_RDWR, 0); err == nil {
		f.Close()
	} else if os.Getenv("CI") == "true" {
		t.Fatal("needed in CI: ", err)
	} else {
		t.Skip(err)
	}
	unused := new(unusedServer)
	for want, start := range map[string]startFunc{
		"no memory for it": func(*Options, device) (connectionServer, *fuse.MountConfig, error) {
			return nil, nil, errors.New("no memory for it")
		},
		// The library refuses this before it answers the kernel.
		"MaxPages": func(*Options, device) (connectionServer, *fuse.MountConfig, error) {
			return unused, &fuse.MountConfig{MaxPages: 1, MaxWrite: 1 << 20}, nil
		},
	} {
		dir := t.TempDir()
		o, err := Options{Loop: LoopWorkers}.resolve(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mount(dir, &o, start)
		var e *Error
		if m != nil || !errors.As(err, &e) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, %v; want a line with %q", m, err, want)
		}
		table, err := readMountTable()
		if err != nil {
			t.Fatal(err)
		}
		if table.top(dir) != nil {
			t.Errorf("%s: still mounted", want)
			_ = unix.Unmount(dir, unix.MNT_DETACH)
		}
	}
	if unused.discarded != 1 {
		t.Errorf("what was not served was given back %d times", unused.discarded)
	}
}

// unusedServer is a server that is not to serve.
type unusedServer struct {
	connectionServer
	discarded int
}

func (s *unusedServer) discard() { s.discarded++ }

func TestDeviceError(t *testing.T) {
	for err, want := range map[error]string{
		unix.ENOENT: "no /dev/fuse; load FUSE: modprobe fuse",
		unix.ENODEV: "no /dev/fuse; load FUSE: modprobe fuse",
		unix.EACCES: "no permission to open /dev/fuse; let root run",
		unix.EMFILE: "cannot open /dev/fuse: too many open files",
	} {
		if got := deviceError(err); !strings.HasPrefix(got.Error(), want) || !errors.Is(got, err) {
			t.Errorf("%v: %v, want %s", err, got, want)
		}
	}
}
