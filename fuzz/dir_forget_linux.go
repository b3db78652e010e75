package fuzz

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// forget closes as many descriptors of an inode as lookups are forgotten, that
// of f first. Of one that has none another inode may have the number.
func (r *dirRun) forget(f *dirInode, count uint64) {
	if f.fd < 0 {
		return
	}
	defer r.settle(f.ino, 0)()
	for _, g := range append([]*dirInode{f}, r.files...) {
		if count > 0 && g != nil && g != r.root && g.ino == f.ino && g.fd >= 0 {
			g.forget()
			count--
		}
	}
	if count > 1<<32 {
		r.evict()
	}
}

// evict has the kernel drop all names and inodes of the filesystem that nobody
// uses from its caches: it does when a filesystem is remounted, whatever the
// options are (reconfigure_super). FUSE servers get FORGET for them.
func (r *dirRun) evict() {
	if r.Mount != "" {
		unix.Mount("", r.Mount, "", unix.MS_REMOUNT|unix.MS_NOSUID|unix.MS_NODEV, "")
	}
}

// settle returns what waits until the space of an inode is free again, if the
// inode is gone then. It may take a moment on FUSE: the kernel does not wait for
// an answer to FORGET. made is how many inodes come into being meanwhile.
func (r *dirRun) settle(ino, made uint64) func() {
	if !r.fuse || !r.Alone || ino == 0 || !r.exists(ino) {
		return func() {}
	}
	unsettled := r.space()
	unsettled.inodes -= made
	return func() {
		for end := time.Now().Add(time.Second); !r.exists(ino) && r.space() == unsettled && time.Now().Before(end); {
			runtime.Gosched()
		}
	}
}

// space is how much is free.
type space struct{ blocks, inodes uint64 }

// space returns how much is free, nothing if that is not to be had.
func (r *dirRun) space() space {
	var fs unix.Statfs_t
	_ = unix.Fstatfs(r.root.fd, &fs)
	return space{fs.Bfree, fs.Ffree}
}

// exists reports whether an inode has a name or a descriptor.
func (r *dirRun) exists(ino uint64) bool {
	if r.listings[ino] != nil {
		return true
	}
	for _, f := range r.files {
		if f != nil && f.fd >= 0 && f.ino == ino {
			return true
		}
	}
	for _, in := range r.names {
		for _, n := range in {
			if n == ino {
				return true
			}
		}
	}
	return false
}
