package fuzz

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes returns all that stat(2) says of an inode.
func (r *dirRun) attributes(f *dirInode) (Answer, syscall.Errno) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return nil, errnoOf(err)
	}
	a := Answer{
		{"mode", fmt.Sprintf("%o", st.Mode)},
		{"nlink", fmt.Sprint(st.Nlink)},
		{"uid", fmt.Sprint(st.Uid)},
		{"gid", fmt.Sprint(st.Gid)},
		{keySize, fmt.Sprint(st.Size)},
		{"blocks", fmt.Sprint(st.Blocks)},
		{"atime", r.moment(st.Atim)},
		{"mtime", r.moment(st.Mtim)},
		{"ctime", r.moment(st.Ctim)},
	}
	if r.read[st.Ino] {
		a[6].Value += afterRead
	}
	a[7].Value += r.doubt[st.Ino]
	a[8].Value += r.doubt[st.Ino]
	if st.Rdev != 0 {
		a = append(a, Field{"rdev", fmt.Sprint(st.Rdev)})
	}
	for k, g := range r.files { // which inode it is
		if g != nil && g.fd >= 0 && g.ino == st.Ino {
			a = append(a, Field{"inode", fmt.Sprintf("#%d", k+1)})
			break
		}
	}
	return a, 0
}

// afterRead marks an access time that is not what it was set to, or may not be.
const afterRead = " or when it was read"

// These mark the other times of a file, which may have been moved by a write that
// failed with ENOSPC, or by truncate(2) to the size that it had.
const (
	afterFull    = " or when it was full"
	afterEmptied = " or when it was emptied again"
	afterSame    = " or when it was truncated to its size"
)

// moment returns a time in a form that is the same in each run of a program: by
// itself if a program set it, else what moved it, as far as that can be told.
func (r *dirRun) moment(t unix.Timespec) string {
	ns := t.Nano()
	switch {
	case ns < r.start || ns > coarse()+1e9:
		return fmt.Sprint(ns)
	case !r.Ticks:
		return "now"
	}
	at, _ := slices.BinarySearch(r.ticks, ns+1)
	return fmt.Sprintf("that of %d", at)
}

// setAttr sets attributes, each by its own system call. None sets ctime: that is
// for a kernel that keeps the times of what it caches.
func (r *dirRun) setAttr(f *dirInode, o *Op) (Answer, syscall.Errno) {
	path := f.path()
	if o.Set&(SetUID|SetGID) != 0 {
		uid, gid := -1, -1
		if o.Set&SetUID != 0 {
			uid = int(int32(o.UID))
		}
		if o.Set&SetGID != 0 {
			gid = int(int32(o.GID))
		}
		if err := unix.Chown(path, uid, gid); err != nil {
			return nil, errnoOf(err)
		}
	}
	if o.Set&SetMode != 0 {
		if err := unix.Chmod(path, o.Mode&permissions); err != nil {
			return nil, errnoOf(err)
		}
	}
	if o.Set&SetSize != 0 {
		var st unix.Stat_t
		if err := unix.Fstat(f.fd, &st); err != nil {
			return nil, errnoOf(err)
		}
		if o.Size == st.Size {
			r.doubt[f.ino] = afterSame
			if o.Size == 0 {
				r.doubt[f.ino] = afterEmptied
			}
		}
		if err := unix.Truncate(path, o.Size); err != nil {
			return nil, errnoOf(err)
		}
	}
	if o.Set&(SetATime|SetMTime) != 0 {
		times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, {Nsec: unix.UTIME_OMIT}}
		for k, ns := range [...]int64{o.ATime, o.MTime} {
			switch {
			case o.Set&(SetATime<<k) == 0:
			case ns == Now || o.Set&Touch != 0:
				times[k].Nsec = unix.UTIME_NOW
			default:
				times[k] = unix.NsecToTimespec(ns)
			}
		}
		if err := unix.UtimesNanoAt(unix.AT_FDCWD, path, times, 0); err != nil {
			return nil, errnoOf(err)
		}
		if o.Set&SetATime != 0 {
			delete(r.read, f.ino)
		}
		if o.Set&SetMTime != 0 {
			delete(r.doubt, f.ino)
		}
	}
	return r.attributes(f)
}

func (r *dirRun) readlink(f *dirInode) (Answer, syscall.Errno) {
	if f.mode&typeMask != typeSymlink {
		return Answer{{keySkipped, "no symlink"}}, 0
	}
	n, err := unix.Readlinkat(f.fd, "", r.buf)
	if err != nil {
		return nil, errnoOf(err)
	}
	r.read[f.ino] = true
	return Answer{{"target", string(r.buf[:n])}}, 0
}

func (r *dirRun) getXattr(f *dirInode, name string, size int) (Answer, syscall.Errno) {
	r.buf = sized(r.buf, max(size, 8192))
	n, err := unix.Getxattr(f.path(), name, r.buf[:size])
	if err != nil {
		return nil, errnoOf(err)
	}
	a := Answer{{"count", fmt.Sprint(n)}}
	if size > 0 {
		a = append(a, Field{keyData, string(r.buf[:n])})
	}
	return a, 0
}

func (r *dirRun) listXattr(f *dirInode, o *Op) (a Answer, errno syscall.Errno) {
	list, n, errno := r.xattrNames(f, o)
	if errno != 0 {
		return nil, errno
	}
	a = Answer{{"count", fmt.Sprint(n)}}
	if o.xattrSize() > 0 {
		a = append(a, Field{"names", strings.Join(list, " ")})
	}
	return a, 0
}

// xattrNames returns the names of the extended attributes of an inode, sorted,
// since their order says nothing, and how long the list is.
func (r *dirRun) xattrNames(f *dirInode, o *Op) (list []string, n int, errno syscall.Errno) {
	size := o.xattrSize()
	r.buf = sized(r.buf, max(size, 8192))
	path := f.path()
	err := r.as(o, func() (err error) {
		n, err = unix.Listxattr(path, r.buf[:size])
		return err
	})
	if err != nil {
		return nil, 0, errnoOf(err)
	}
	if size > 0 && n > 0 {
		list = strings.Split(strings.TrimSuffix(string(r.buf[:n]), "\x00"), "\x00")
		slices.Sort(list)
	}
	return list, n, 0
}

// statFS returns how much there is of a filesystem, in blocks of 4 KiB.
func (r *dirRun) statFS() Answer {
	var fs unix.Statfs_t
	if err := unix.Fstatfs(r.root.fd, &fs); err != nil {
		return Answer{{keyErrno, unix.ErrnoName(errnoOf(err))}}
	}
	return Answer{
		{"blocks", fmt.Sprint(fs.Blocks)}, {keyFreeBlocks, fmt.Sprint(fs.Bfree)},
		{"inodes", fmt.Sprint(fs.Files)}, {keyFreeInodes, fmt.Sprint(fs.Ffree)},
	}
}
