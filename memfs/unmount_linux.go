package memfs

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// unmount unmounts the memfs on dir, whoever serves it.
func unmount(dir string, lazy bool) error {
	table, err := readMountTable()
	if err != nil {
		return err
	}
	p, err := table.locate(dir)
	if err != nil {
		return unmountError(dir, err)
	}
	e := table.top(p)
	switch {
	case e == nil:
		if _, err := os.Lstat(p); err != nil {
			return unmountError(dir, err)
		}
		return unmountError(dir, unix.EINVAL)
	case !e.isMemfs() && e.fsType != "fuse":
		return &Error{Op: "unmount", Dir: p, Problem: fmt.Sprintf("%s is mounted here, not memfs", e.fsType), Remedy: "use umount " + quote(p), Err: unix.EINVAL}
	}
	return unmountEntry(table, e, lazy)
}

// unmount unmounts m wherever it was moved to.
func (m *MountPoint) unmount(lazy bool) error {
	table, err := readMountTable()
	if err != nil {
		return err
	}
	e := table.byID(m.id)
	if e == nil {
		return unmountError(m.dir, unix.EINVAL)
	}
	if over := table.top(e.dir); over.id != e.id {
		return &Error{Op: "unmount", Dir: e.dir, Problem: fmt.Sprintf("%s is mounted over it", over.fsType), Remedy: "unmount that first: umount " + quote(e.dir), Err: unix.EBUSY}
	}
	return unmountEntry(table, e, lazy)
}

func unmountEntry(table mountTable, e *mountEntry, lazy bool) error {
	err := removeMount(e.dir, lazy)
	if errors.Is(err, unix.EBUSY) {
		return busyError(table, e)
	}
	return err
}

// removeMount unmounts what is mounted on dir, an absolute path without links.
func removeMount(dir string, lazy bool) error {
	flags, fusermountFlags := unix.UMOUNT_NOFOLLOW, "-u"
	if lazy {
		flags, fusermountFlags = flags|unix.MNT_DETACH, "-uz"
	}
	switch err := unix.Unmount(dir, flags); err {
	case nil:
		return nil
	case unix.EPERM:
		if err := runFusermount(nil, fusermountFlags, "--", dir); err != nil {
			return fusermountError("unmount", dir, err)
		}
		return nil
	default:
		return unmountError(dir, err)
	}
}

func unmountError(dir string, err error) error {
	e := &Error{Op: "unmount", Dir: dir, Problem: err.Error(), Err: err}
	switch {
	case dir == "":
		e.Problem = emptyName
	case errors.Is(err, unix.ENOENT):
		e.Problem, e.Remedy = "no such directory", "see what is mounted: findmnt -t fuse.memfs"
	case errors.Is(err, unix.EINVAL):
		e.Problem, e.Remedy = "nothing is mounted here", "see what is: findmnt -t fuse.memfs"
	}
	return e
}

// Clean detaches a memfs on dir whose server is gone, as after a kill -9: every
// use of it fails with ENOTCONN. It reports whether there was one.
func Clean(dir string) (bool, error) {
	found := false
	for {
		table, err := readMountTable()
		if err != nil {
			return found, err
		}
		p, err := table.locate(dir)
		if err != nil {
			return found, nil // nothing there to clean
		}
		e := table.top(p)
		if e == nil || !e.isMemfs() || !e.isDead() {
			return found, nil
		}
		if err := removeMount(p, true); err != nil {
			return found, err
		}
		found = true
	}
}
