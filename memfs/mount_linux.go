package memfs

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/jacobsa/fuse"
	"golang.org/x/sys/unix"
)

const fuseDevice = "/dev/fuse"

// mount mounts on dir as the resolved options say.
//
// The library could mount too. It is done here for exact errors, for the flags
// that it does not know, and to clean up when the rest fails.
func mount(dir string, o *Options, start startFunc) (*MountPoint, error) {
	if fd := descriptor(dir); fd >= 0 {
		return adopt(dir, fd, o, start)
	}
	table, err := readMountTable()
	if err != nil {
		return nil, err
	}
	dir, err = checkMountPoint(table, dir)
	if err != nil {
		return nil, err
	}
	dev, err := attach(dir, o)
	if err != nil {
		return nil, err
	}

	// From here on processes that enter dir wait for us.
	m, err := serve(dir, dev, o, start)
	if err == nil {
		m.id, err = topMount(dir)
	}
	if err != nil {
		if undo := removeMount(dir, true); undo != nil {
			err = &Error{Op: "mount", Dir: dir, Problem: err.Error(), Remedy: notUndone(undo), Err: err}
		}
		return nil, err
	}
	return m, nil
}

// notUndone tells that a mount that is of no use is still there.
func notUndone(err error) string { return "and then it could not be unmounted: " + err.Error() }

// serve answers requests from dev, the connection that dir stands for. If it
// fails, dev is closed, or will be when the mount is gone.
func serve(dir string, dev int, o *Options, start startFunc) (*MountPoint, error) {
	failed := func(err error) error {
		return &Error{Op: "mount", Dir: dir, Problem: err.Error(), Err: err}
	}
	var wait func() error
	loop := o.Loop
	if loop.own() {
		t, err := newTransport(o, dev)
		if err != nil {
			return nil, failed(err)
		}
		loop, wait = t.loop(), t.serve
	} else {
		srv, cfg, err := start(o, device(dev))
		if err != nil {
			unix.Close(dev)
			return nil, failed(err)
		}
		// A path of this form hands the library a descriptor, which it closes.
		fs, err := fuse.Mount(fmt.Sprintf("/dev/fd/%d", dev), srv, cfg)
		if err != nil {
			srv.discard() // nothing was started
			return nil, failed(err)
		}
		wait = waitFor(fs, srv)
	}
	return newMountPoint(dir, loop, wait), nil
}

// topMount returns which mount is on dir.
func topMount(dir string) (id mountID, err error) {
	table, err := readMountTable()
	if err != nil {
		return id, err
	}
	if e := table.top(dir); e != nil {
		id = e.id
	}
	return id, nil
}

// checkMountPoint returns the path to mount on.
func checkMountPoint(table mountTable, dir string) (string, error) {
	p, err := table.locate(dir)
	if err == nil {
		if e := table.top(p); e != nil && e.isFUSE() {
			switch {
			case e.isDead():
				return "", deadMountError(e)
			case e.isMemfs():
				// tmpfs may be stacked. But to hide a filesystem that lives in
				// memory is to leak it, and never meant.
				return "", &Error{Op: "mount", Dir: p, Problem: "a memfs is mounted here already", Remedy: "unmount it first: memfs umount " + quote(p), Err: unix.EBUSY}
			}
		}
		var st unix.Stat_t
		err = unix.Stat(p, &st)
		if err == nil && st.Mode&unix.S_IFMT != unix.S_IFDIR {
			err = unix.ENOTDIR
		}
	}
	if err != nil {
		return "", mountPointError(dir, err)
	}
	return p, nil
}

// deadMountError tells how to clean up a mount that nobody serves any more.
func deadMountError(e *mountEntry) error {
	remedy := "remove it: umount -l " + quote(e.dir)
	if os.Geteuid() != 0 {
		remedy = "remove it: fusermount3 -uz " + quote(e.dir)
	}
	return &Error{
		Op: "mount", Dir: e.dir, Remedy: remedy, Err: unix.ENOTCONN,
		Problem: fmt.Sprintf("a dead %s mount is here, its server is gone", e.fsType),
	}
}

func mountPointError(dir string, err error) error {
	e := &Error{Op: "mount", Dir: dir, Err: err}
	var errno syscall.Errno
	errors.As(err, &errno)
	switch errno {
	case unix.ENOENT:
		if dir == "" {
			e.Problem = emptyName
			break
		}
		e.Problem, e.Remedy = "no such directory", "create it: mkdir -p "+quote(dir)
	case unix.ENOTDIR:
		e.Problem, e.Remedy = "not a directory", "mount on a directory"
	case unix.EACCES:
		e.Problem, e.Remedy = "no permission to enter", "mount on a directory of your own"
	case unix.ENOTCONN:
		e.Problem, e.Remedy = "below a dead mount, its server is gone", "remove that: umount -l, or fusermount3 -uz"
	case 0:
		e.Problem = err.Error()
	default:
		e.Problem = errno.Error()
	}
	return e
}

// attach mounts on dir and returns the connection, which answers nothing yet.
func attach(dir string, o *Options) (int, error) {
	// Blocking, not os.Open: /dev/fuse does not work with the runtime's poller.
	dev, err := unix.Open(fuseDevice, unix.O_RDWR|unix.O_CLOEXEC, 0)
	switch err {
	case nil:
	case unix.EACCES, unix.EPERM:
		return fusermount(dir, o)
	default:
		return -1, deviceError(err)
	}

	err = unix.Mount(o.FSName, dir, o.fsType(), o.mountFlags(), mountData(dev, o))
	if err == nil {
		return dev, nil
	}
	unix.Close(dev)
	if err == unix.EPERM {
		return fusermount(dir, o)
	}
	e := &Error{Op: "mount", Dir: dir, Problem: "mount failed: " + err.Error(), Err: err}
	if err == unix.ENODEV {
		e.Problem, e.Remedy = "the kernel has no FUSE", "load it: modprobe fuse"
	}
	return -1, e
}

// deviceError explains why the FUSE device cannot be opened.
func deviceError(err error) error {
	e := &Error{Op: "mount", Err: err}
	switch err {
	case unix.ENOENT, unix.ENODEV, unix.ENXIO:
		e.Problem = "no " + fuseDevice
		e.Remedy = "load FUSE: modprobe fuse (in a container: --device " + fuseDevice + ")"
	case unix.EACCES, unix.EPERM:
		e.Problem = "no permission to open " + fuseDevice
		e.Remedy = "let root run: chmod 666 " + fuseDevice + " (in a container: --device " + fuseDevice + ")"
	default:
		e.Problem = "cannot open " + fuseDevice + ": " + err.Error()
	}
	return e
}

// mountFlags returns the flags of mount(2).
func (o *Options) mountFlags() uintptr {
	var flags uintptr
	for _, f := range []struct {
		on  bool
		bit uintptr
	}{
		{o.ReadOnly, unix.MS_RDONLY},
		{!o.Suid, unix.MS_NOSUID},
		{!o.Dev, unix.MS_NODEV},
		{o.NoExec, unix.MS_NOEXEC},
		{o.Sync, unix.MS_SYNCHRONOUS},
		{o.DirSync, unix.MS_DIRSYNC},
		{o.NoSymFollow, unix.MS_NOSYMFOLLOW},
		{o.ATime == NoATime, unix.MS_NOATIME},
		{o.ATime == StrictATime, unix.MS_STRICTATIME},
		{o.NoDirATime, unix.MS_NODIRATIME},
	} {
		if f.on {
			flags |= f.bit
		}
	}
	return flags
}

// mountData returns the options that FUSE itself reads. The ids are the real
// ones, as in libfuse: they decide who may enter without allow_other.
func mountData(dev int, o *Options) string {
	list := []string{fmt.Sprintf("fd=%d,rootmode=%o,user_id=%d,group_id=%d", dev, unix.S_IFDIR, os.Getuid(), os.Getgid())}
	return strings.Join(append(list, o.fuseOptions()...), ",")
}

// kernelChecks reports whether the kernel has to check permissions: the store does
// not. Then it must know the attributes of each directory that it walks through,
// and ask for them again after each change of a name there. Where only root can
// reach the mount that is spared, as root passes every check.
func (o *Options) kernelChecks() bool {
	return !o.Loop.own() || o.DefaultPermissions || o.AllowOther || os.Getuid() != 0
}

// acls reports whether there are POSIX ACLs. They make the kernel check permissions
// whether it was asked to or not.
func (o *Options) acls() bool { return o.Loop.own() && !o.NoXattr && o.kernelChecks() }

// fuseOptions lists the options of FUSE that mount(2) and fusermount3 share.
func (o *Options) fuseOptions() []string {
	var list []string
	if o.kernelChecks() {
		list = append(list, "default_permissions")
	}
	if o.AllowOther {
		list = append(list, "allow_other")
	}
	if o.MaxRead != 0 {
		list = append(list, fmt.Sprintf("max_read=%d", o.MaxRead))
	}
	return list
}
