package fuzz

import (
	"fmt"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// setFlags is chattr(1), which leaves those alone that only the filesystem sets.
func (r *dirRun) setFlags(f *dirInode, flags uint32) (Answer, syscall.Errno) {
	fd, errno := f.withFlags()
	if fd < 0 || errno != 0 {
		return Answer{{keySkipped, "neither file nor directory"}}, errno
	}
	defer unix.Close(fd)
	old, err := unix.IoctlGetUint32(fd, unix.FS_IOC_GETFLAGS)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, int(old&^flagsAll|flags))
	}
	if err == nil {
		r.appends[f.ino] = flags&flagAppend != 0
	}
	return nil, errnoOf(err)
}

// withFlags opens an inode for its flags; -1 if it is of a type that has none, or
// that opening would run a driver of.
func (f *dirInode) withFlags() (fd int, errno syscall.Errno) {
	switch f.mode & typeMask {
	case typeRegular, typeDir:
	default:
		return -1, 0
	}
	fd, err := unix.Open(f.path(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	return fd, errnoOf(err)
}

// hasFlags reports whether the program sets any.
func (r *dirRun) hasFlags() bool {
	return slices.ContainsFunc(r.program.Ops, func(o Op) bool { return o.Kind == SetFlags })
}

// flags returns those of flagsAll that an inode has, if any.
func (r *dirRun) flags(f *dirInode) Answer {
	if !r.hasFlags() {
		return nil
	}
	fd, errno := f.withFlags()
	if fd < 0 || errno != 0 {
		return nil
	}
	defer unix.Close(fd)
	flags, err := unix.IoctlGetUint32(fd, unix.FS_IOC_GETFLAGS)
	if err != nil || flags&flagsAll == 0 {
		return nil
	}
	return Answer{{"flags", fmt.Sprintf("%#x", flags&flagsAll)}}
}

// clearFlags takes the flags off an inode, with which it could not be removed.
func (r *dirRun) clearFlags(f *dirInode) syscall.Errno {
	if r.flags(f) == nil {
		return 0
	}
	_, errno := r.setFlags(f, 0)
	return errno
}
