package fuzz

import (
	"fmt"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// clear removes everything in the directory, and what programs do to the
// directory itself.
func (r *dirRun) clear() error {
	if errno := r.clearFlags(r.root); errno != 0 {
		return errno
	}
	if errno := r.clearDir(r.root); errno != 0 {
		return errno
	}
	list, _, _ := r.xattrNames(r.root, &Op{Size: 1 << 16})
	for _, name := range list {
		if slices.ContainsFunc(r.program.Ops, func(o Op) bool { return o.Kind == SetXattr && o.Name == name }) {
			if err := unix.Removexattr(r.root.path(), name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *dirRun) clearDir(dir *dirInode) syscall.Errno {
	if !r.asRoot {
		if err := unix.Chmod(dir.path(), 0o700); err != nil {
			return errnoOf(err)
		}
	}
	fd, errno := r.opened(dir)
	if errno != 0 {
		return errno
	}
	defer unix.Close(fd)
	list, errno := r.list(fd)
	if errno != 0 {
		return errno
	}
	for _, e := range list {
		f, errno := r.open(dir, e.name)
		if errno != 0 {
			return errno
		}
		flags := 0
		errno = r.clearFlags(f)
		if errno == 0 && f.mode&typeMask == typeDir {
			flags = unix.AT_REMOVEDIR
			errno = r.clearDir(f)
		}
		f.forget()
		if errno == 0 {
			errno = errnoOf(unix.Unlinkat(dir.fd, e.name, flags))
		}
		if errno != 0 {
			return errno
		}
	}
	return 0
}

// left compares the free space with that at the beginning. What is gone comes
// back a moment later where the kernel does not wait for it: see settle.
func (r *dirRun) left() Answer {
	if !r.Alone {
		return nil
	}
	for end := time.Now().Add(time.Second); ; {
		free := r.statFS()
		if slices.Equal(free, r.free) {
			return nil
		}
		if time.Now().After(end) {
			return Answer{{keyLeft, fmt.Sprintf("%v, not %v as before", free, r.free)}}
		}
		time.Sleep(100 * time.Microsecond)
	}
}
