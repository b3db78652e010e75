package fuzz

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// unfit returns why an operation is none that a program of the system could ask
// for, or one that the kernel answers without asking the filesystem.
func (o *Op) unfit() string {
	for _, s := range [...]string{o.Name, o.NewName, o.Target} {
		if strings.Contains(s, "\x00") {
			return "a string ends at NUL"
		}
	}
	for _, name := range [...]string{o.Name, o.NewName} {
		if name == "." || name == ".." || strings.Contains(name, "/") {
			return "a path"
		}
	}
	if o.Inode == Nowhere || o.NewDir == Nowhere {
		return "no inode"
	}
	return ""
}

// at returns the inode that a reference is to.
func (r *dirRun) at(ref Ref) *dirInode {
	for k := min(int(ref), len(r.files)-1); k > 0; k-- {
		if f := r.files[k-1]; f != nil {
			return f
		}
	}
	return r.root
}

// path names the inode to calls that know no descriptors, or none with O_PATH.
func (f *dirInode) path() string { return fmt.Sprintf("/proc/self/fd/%d", f.fd) }

// forget closes the descriptor; f may be nil.
func (f *dirInode) forget() {
	if f != nil && f.fd >= 0 {
		unix.Close(f.fd)
		f.fd = -1
	}
}

// reach returns the inode that is to be had for f, and what must be called when
// it is done with.
func (r *dirRun) reach(f *dirInode) (*dirInode, func(), syscall.Errno) {
	if f.fd >= 0 {
		return f, func() {}, 0
	}
	dir, done, errno := r.reach(f.dir)
	if errno != 0 {
		return nil, nil, errno
	}
	defer done()
	g, errno := r.open(dir, f.name)
	if errno != 0 {
		return nil, nil, errno
	}
	return g, g.forget, 0
}

// open opens the inode that a name is of.
func (r *dirRun) open(dir *dirInode, name string) (*dirInode, syscall.Errno) {
	fd, err := unix.Openat(dir.fd, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, errnoOf(err)
	}
	f, errno := inodeOf(fd)
	if errno != 0 {
		return nil, errno
	}
	f.dir, f.name = dir, name
	return f, 0
}

// inodeOf returns the inode of a descriptor, which it takes over.
func inodeOf(fd int) (*dirInode, syscall.Errno) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		unix.Close(fd)
		return nil, errnoOf(err)
	}
	return &dirInode{ino: st.Ino, mode: st.Mode, fd: fd}, 0
}

// errnoOf returns the errno of a system call.
func errnoOf(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return syscall.EINVAL // a string with a NUL
	}
	return errno
}

// step runs an operation.
func (r *dirRun) step(o *Op) (Answer, syscall.Errno) {
	if o.Kind == Forget {
		r.forget(r.at(o.Inode), o.Count)
		return nil, 0
	}
	f, done, errno := r.reach(r.at(o.Inode))
	if errno != 0 {
		return nil, errno
	}
	defer done()

	switch o.Kind {
	case Lookup:
		return r.found(f, o.Name)
	case Mknod, Mkdir, Symlink:
		return r.create(f, o)
	case Tmpfile:
		return r.tmpfile(f, o)
	case Link, Rename, CopyRange:
		to, done, errno := r.reach(r.at(o.NewDir))
		if errno != 0 {
			return nil, errno
		}
		defer done()
		switch o.Kind {
		case Link:
			return r.link(f, to, o.NewName)
		case Rename:
			return nil, r.rename(f, o.Name, to, o.NewName, uint(o.Flags))
		}
		return r.copyRange(f, to, o)
	case Unlink:
		return nil, r.remove(f, o.Name, 0)
	case Rmdir:
		return nil, r.remove(f, o.Name, unix.AT_REMOVEDIR)
	case GetAttr:
		return r.attributes(f)
	case SetAttr:
		return r.setAttr(f, o)
	case SetFlags:
		return r.setFlags(f, o.Flags)
	case Readlink:
		return r.readlink(f)
	case Read, Write, Fallocate, Seek:
		return r.data(f, o)
	case SetXattr:
		value := o.xattrValue(make([]byte, o.xattrSize()))
		return nil, errnoOf(unix.Setxattr(f.path(), o.Name, value, int(o.Flags&^xattrKillSetGID)))
	case RemoveXattr:
		return nil, errnoOf(unix.Removexattr(f.path(), o.Name))
	case GetXattr:
		return r.getXattr(f, o.Name, o.xattrSize())
	case ListXattr:
		return r.listXattr(f, o)
	case ReadDir, ReadDirPlus:
		return r.readDir(f, o)
	case StatFS:
		if !r.Alone {
			return nil, 0
		}
		return r.statFS(), 0
	}
	return Answer{{keySkipped, "not a system call"}}, 0 // but a step of some, or a question of nfsd
}

// as runs a call as the caller of an operation, with its umask.
func (r *dirRun) as(o *Op, call func() error) error {
	unix.Umask(int(o.Umask & 0o777))
	defer unix.Umask(0)
	if !r.asRoot || o.UID == 0 && o.GID == 0 {
		return call()
	}
	id := func(n uint32) uintptr {
		if n >= 1<<32-2 {
			return 65534
		}
		return uintptr(n)
	}
	const keep = ^uintptr(0)
	set := func(uid, gid uintptr) { // root first, who may set the other
		unix.RawSyscall(unix.SYS_SETRESUID, keep, 0, keep)
		unix.RawSyscall(unix.SYS_SETRESGID, keep, gid, keep)
		unix.RawSyscall(unix.SYS_SETRESUID, keep, uid, keep)
	}
	set(id(o.UID), id(o.GID))
	defer set(0, 0)
	return call()
}
