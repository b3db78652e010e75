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
	if err != nil {
		return nil, errnoOf(err)
	}
	f, errno := r.open(dir, o.Name)
	if errno != 0 {
		return nil, errno
	}
	const setIDs = 0o6000 // which mkdir(2) does not take; mkdir -m sets them like this
	if o.Kind == Mkdir && o.Mode&setIDs != 0 {
		if err := unix.Chmod(f.path(), (f.mode|o.Mode&setIDs)&permissions); err != nil {
			f.forget()
			return nil, errnoOf(err)
		}
	}
	r.add(dir, o.Name, f.ino)
	if o.Kind == Mkdir {
		r.names[f.ino] = nameSet{}
	}
	return r.giveNew(dir, f)
}

// giveNew gives out an inode that is new: one that is gone may have had the number.
func (r *dirRun) giveNew(dir, f *dirInode) (Answer, syscall.Errno) {
	delete(r.read, f.ino)
	delete(r.doubt, f.ino)
	delete(r.appends, f.ino)
	return r.give(dir, f)
}

// tmpfile makes a file without a name. Without a descriptor it cannot be reached.
func (r *dirRun) tmpfile(dir *dirInode, o *Op) (Answer, syscall.Errno) {
	if dir.mode&typeMask != typeDir {
		return Answer{{keySkipped, "no directory"}}, 0 // it would be opened
	}
	var made dirInode
	err := r.as(o, func() (err error) {
		made.fd, err = unix.Open(dir.path(), unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, o.Mode&permissions)
		return err
	})
	if err != nil {
		return nil, errnoOf(err)
	}
	defer made.forget()
	fd, err := unix.Open(made.path(), unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, errnoOf(err)
	}
	f, errno := inodeOf(fd)
	if errno != 0 {
		return nil, errno
	}
	return r.giveNew(dir, f)
}

func (r *dirRun) link(f, dir *dirInode, name string) (Answer, syscall.Errno) {
	err := unix.Linkat(unix.AT_FDCWD, f.path(), dir.fd, name, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return nil, errnoOf(err)
	}
	r.add(dir, name, f.ino)
	return r.found(dir, name)
}

// rename renames as root, who alone may leave a whiteout.
func (r *dirRun) rename(from *dirInode, name string, to *dirInode, newName string, flags uint) syscall.Errno {
	moved, replaced := r.names[from.ino][name], r.names[to.ino][newName]
	made := uint64(0)
	if flags&renameWhiteout != 0 {
		made = 1
	}
	defer r.settle(replaced, made)()
	if err := unix.Renameat2(from.fd, name, to.fd, newName, flags); err != nil {
		return errnoOf(err)
	}
	if moved == replaced { // nothing happened
		return 0
	}
	r.drop(from, name)
	if flags&renameExchange != 0 {
		r.drop(to, newName)
		r.add(from, name, replaced)
	}
	r.add(to, newName, moved)
	if flags&renameWhiteout != 0 {
		whiteout, errno := r.open(from, name)
		if errno != 0 {
			return errno
		}
		defer whiteout.forget()
		r.add(from, name, whiteout.ino)
	}
	return 0
}

func (r *dirRun) remove(dir *dirInode, name string, flags int) syscall.Errno {
	defer r.settle(r.names[dir.ino][name], 0)()
	if err := unix.Unlinkat(dir.fd, name, flags); err != nil {
		return errnoOf(err)
	}
	r.drop(dir, name)
	return 0
}
