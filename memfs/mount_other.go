//go:build !linux

package memfs

import (
	"os"
	"path/filepath"
	"strconv"

	"github.com/jacobsa/fuse"
)

// A mountID is of use on Linux only.
type mountID struct{}

// mount leaves everything to the library, which knows the system's helper.
func mount(dir string, o *Options, start startFunc) (*MountPoint, error) {
	if dir == "" {
		return nil, &Error{Op: "mount", Dir: dir, Problem: emptyName, Err: os.ErrNotExist}
	}
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return nil, &Error{Op: "mount", Dir: dir, Problem: err.Error(), Err: err}
	}
	srv, cfg, err := start(o, device{})
	if err != nil {
		return nil, &Error{Op: "mount", Dir: dir, Problem: err.Error(), Err: err}
	}
	cfg.FSName, cfg.Subtype, cfg.ReadOnly = o.FSName, o.Subtype, o.ReadOnly
	cfg.Options = o.helperOptions()
	fs, err := fuse.Mount(dir, srv, cfg)
	if err != nil {
		return nil, &Error{Op: "mount", Dir: dir, Problem: err.Error(), Err: err}
	}
	return newMountPoint(dir, o.Loop, waitFor(fs, srv)), nil
}

// helperOptions returns the options that the mount helper takes.
func (o *Options) helperOptions() map[string]string {
	m := make(map[string]string)
	for name, on := range map[string]bool{
		"allow_other": o.AllowOther, "nosuid": !o.Suid, "nodev": !o.Dev, "noexec": o.NoExec,
	} {
		if on {
			m[name] = ""
		}
	}
	if o.MaxRead != 0 {
		m["max_read"] = strconv.FormatUint(uint64(o.MaxRead), 10)
	}
	return m
}

// Clean detaches a memfs on dir whose server is gone. It reports whether there
// was one: never, where this cannot be told.
func Clean(dir string) (bool, error) { return false, nil }

func unmount(dir string, lazy bool) error {
	if lazy {
		return &Error{Op: "unmount", Dir: dir, Problem: "cannot be detached on this system", Remedy: "use umount -f " + quote(dir), Err: os.ErrInvalid}
	}
	if err := fuse.Unmount(dir); err != nil {
		return &Error{Op: "unmount", Dir: dir, Problem: err.Error(), Err: err}
	}
	return nil
}

func (m *MountPoint) unmount(lazy bool) error { return unmount(m.dir, lazy) }
