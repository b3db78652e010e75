package fuzz

import (
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// found gives out the inode that a name is of.
func (r *dirRun) found(dir *dirInode, name string) (Answer, syscall.Errno) {
	f, errno := r.open(dir, name)
	if errno != 0 {
		return nil, errno
	}
	return r.give(dir, f)
}

// give gives out an inode.
func (r *dirRun) give(dir, f *dirInode) (Answer, syscall.Errno) {
	f.dir = r.kept(dir)
	r.files[len(r.files)-1] = f
	return r.attributes(f)
}

// kept returns an inode that outlives the operation: dir itself, or where it was
// found if it was opened for the operation.
func (r *dirRun) kept(dir *dirInode) *dirInode {
	if dir == r.root || slices.Contains(r.files, dir) {
		return dir
	}
	return &dirInode{ino: dir.ino, mode: dir.mode, fd: -1, dir: r.kept(dir.dir), name: dir.name}
}

// create makes a file. A regular one without its type in the mode is made with
// open(2), which asks a filesystem for something else than mknod(2) does.
func (r *dirRun) create(dir *dirInode, o *Op) (Answer, syscall.Errno) {
	err := r.as(o, func() error {
		switch {
		case o.Kind == Mkdir:
			return unix.Mkdirat(dir.fd, o.Name, o.Mode)
		case o.Kind == Symlink:
			return unix.Symlinkat(o.Target, dir.fd, o.Name)
		case o.Mode&typeMask != 0:
			return unix.Mknodat(dir.fd, o.Name, o.Mode, int(o.Rdev))
		}
		fd, err := unix.Openat(dir.fd, o.Name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_CLOEXEC, o.Mode&permissions)
		if err == nil {
			unix.Close(fd)
		}
		return err
	})
	const setID = 0o6000 // which mkdir(2) does not take; mkdir -m sets them like this
	if err == nil && o.Kind == Mkdir && o.Mode&setID != 0 {
		err = unix.Fchmodat(dir.fd, o.Name, o.Mode&permissions, 0)
	}
	if err != nil {
		return nil, errnoOf(err)
	}
	f, errno := r.open(dir, o.Name)
	if errno != 0 {
		return nil, errno
	}
	r.add(dir, o.Name, f.ino)
	delete(r.read, f.ino) // an inode that is gone had the number
	delete(r.doubt, f.ino)
	if o.Kind == Mkdir {
		r.names[f.ino] = nameSet{}
	}
	return r.give(dir, f)
}

func (r *dirRun) link(f, dir *dirInode, name string) (Answer, syscall.Errno) {
	err := unix.Linkat(unix.AT_FDCWD, f.path(), dir.fd, name, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return nil, errnoOf(err)
	}
	r.add(dir, name, f.ino)
	return r.found(dir, name)
}

func (r *dirRun) rename(from *dirInode, name string, to *dirInode, newName string) syscall.Errno {
	moved, replaced := r.names[from.ino][name], r.names[to.ino][newName]
	defer r.settle(replaced)()
	if err := unix.Renameat(from.fd, name, to.fd, newName); err != nil {
		return errnoOf(err)
	}
	if moved != replaced { // else nothing happened
		r.drop(from, name)
		r.add(to, newName, moved)
	}
	return 0
}

func (r *dirRun) remove(dir *dirInode, name string, flags int) syscall.Errno {
	defer r.settle(r.names[dir.ino][name])()
	if err := unix.Unlinkat(dir.fd, name, flags); err != nil {
		return errnoOf(err)
	}
	r.drop(dir, name)
	return 0
}
