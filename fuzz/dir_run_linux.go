package fuzz

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// RunAt runs a program as system calls in a directory, which must be empty and
// is empty again when RunAt returns, whatever happened.
//
// An operation that gives out an inode opens a descriptor of it (O_PATH), by
// which later operations reach it, unlinked or not. Forget closes descriptors;
// after that a reference is to whatever has the name by which the inode was
// found. Operations run as root, as the callers that they have if this process
// is root; the caller -1, which cannot be, is 65534. What the kernel would not
// hand to a filesystem is left out, such as a name with a slash in it: no
// program reaches anything outside of the directory. So are limits: those of a
// program are what the directory was mounted with, or mean nothing.
//
// It runs on a thread of its own. If the calls hang, so does RunAt, and the
// filesystem must not be served by this process: see [Target].
func RunAt(ctx context.Context, dir string, p Program) (*Results, error) {
	return runAt(ctx, dir, p, runOptions{})
}

// runOptions is how a program is run.
type runOptions struct {
	Skip    []bool // operations to leave out, by index
	Ticks   bool   // each operation at a time of its own
	Alone   bool   // nobody else uses the filesystem: its free space counts
	Mount   string // the mount point, if the caches of the kernel may be emptied
	Access  uint64 // the ways of reading and writing: see dirRun.way
	OneFile bool   // the size of a file is told with each operation on it, its contents are not told at the end
}

// runAt runs a program on a thread that ends with it: its credentials and its
// umask are its own.
func runAt(ctx context.Context, dir string, p Program, o runOptions) (res *Results, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		defer func() {
			if v := recover(); v != nil { // the parent has the trace
				err = fmt.Errorf("%v", panicked(v))
			}
		}()
		if err = privateThread(); err == nil {
			res, err = runHere(ctx, dir, p, o)
		}
	}()
	<-done
	return res, err
}

// privateThread gives the thread, to which the goroutine is locked, a umask of
// its own, which is 0, and no supplementary groups if it is root's.
func privateThread() error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return os.NewSyscallError("unshare", err)
	}
	unix.Umask(0)
	if os.Geteuid() != 0 {
		return nil
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
		return os.NewSyscallError("setgroups", errno)
	}
	return nil
}

// dirRun is one run of a program in a directory.
type dirRun struct {
	runOptions
	program Program
	root    *dirInode
	asRoot  bool // this process is root
	fuse    bool

	files    []*dirInode            // what each operation gave out
	names    map[uint64]nameSet     // by the number of a directory, what is in it
	listings map[uint64]*dirListing // likewise, what is being listed
	read     map[uint64]bool        // inodes that were read since their atime was set
	doubt    map[uint64]string      // likewise, why it cannot be said whether its mtime and ctime moved
	appends  map[uint64]bool        // likewise, whether it is append-only
	source   int                    // for copy_file_range, -1 if there is none yet
	buf      []byte

	free  Answer  // at the beginning
	start int64   // when that was, in ns since the epoch
	ticks []int64 // when each operation began
}

// nameSet is the names in a directory, with their inode numbers.
type nameSet map[string]uint64

// dirInode is an inode that a program refers to.
type dirInode struct {
	ino  uint64
	mode uint32
	fd   int // O_PATH; -1 if it was forgotten
	// Where it was found.
	dir  *dirInode
	name string
}

// runHere runs a program on this thread.
func runHere(ctx context.Context, dir string, p Program, o runOptions) (res *Results, err error) {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: dir, Err: err}
	}
	defer unix.Close(fd)
	r := &dirRun{
		runOptions: o, program: p, asRoot: os.Geteuid() == 0, source: -1,
		names: map[uint64]nameSet{}, listings: map[uint64]*dirListing{}, read: map[uint64]bool{}, doubt: map[uint64]string{}, appends: map[uint64]bool{},
		buf: make([]byte, 8192),
	}
	if err := r.begin(fd); err != nil {
		return nil, &os.PathError{Op: "run", Path: dir, Err: err}
	}
	restore, err := r.prepare()
	if err != nil {
		return nil, &os.PathError{Op: "run", Path: dir, Err: err}
	}
	res = &Results{}
	for k := range p.Ops {
		if ctx.Err() != nil {
			break
		}
		res.Ops = append(res.Ops, r.answer(k))
	}
	if ctx.Err() == nil {
		res.Tree = r.tree()
	}
	r.close()
	if err := r.clear(); err != nil {
		return nil, &os.PathError{Op: "empty", Path: dir, Err: err}
	}
	res.Left = r.left()
	if err := restore(); err != nil {
		return nil, &os.PathError{Op: "restore", Path: dir, Err: err}
	}
	return res, ctx.Err()
}

// begin takes fd for the root of the program.
func (r *dirRun) begin(fd int) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	r.root = &dirInode{ino: st.Ino, mode: st.Mode, fd: fd}
	r.names[st.Ino] = nameSet{}
	list, errno := r.list(fd)
	switch {
	case errno != 0:
		return errno
	case len(list) > 0:
		return syscall.ENOTEMPTY
	}
	var fs unix.Statfs_t
	if err := unix.Fstatfs(fd, &fs); err != nil {
		return err
	}
	r.fuse = fs.Type == unix.FUSE_SUPER_MAGIC
	r.free = r.statFS()
	return nil
}

// prepare gives the root the attributes that it begins a program with, and
// returns what gives it back those that it had.
func (r *dirRun) prepare() (restore func() error, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(r.root.fd, &st); err != nil {
		return nil, err
	}
	set := func(mode uint32, uid, gid int, atime, mtime unix.Timespec) error {
		path := r.root.path()
		if r.asRoot {
			if err := unix.Chown(path, uid, gid); err != nil {
				return err
			}
		}
		if err := unix.Chmod(path, mode&permissions); err != nil {
			return err
		}
		return unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{atime, mtime}, 0)
	}
	restore = func() error { return set(st.Mode, int(st.Uid), int(st.Gid), st.Atim, st.Mtim) }
	long := unix.NsecToTimespec(1e9)
	if err := set(rootMode, 0, 0, long, long); err != nil {
		restore() // as far as it can be
		return nil, err
	}
	// A second more: some clocks are behind, and no program sets times so close.
	r.start = coarse() - 1e9
	return restore, nil
}

// answer runs the operation with an index.
func (r *dirRun) answer(k int) Answer {
	r.files = append(r.files, nil)
	// What is stamped from now on is later than this, if the tick is waited for, and
	// what was stamped before is not: a late tick brings an old time.
	began := time.Now().UnixNano()
	for r.Ticks && coarse() <= began {
		time.Sleep(200 * time.Microsecond)
	}
	r.ticks = append(r.ticks, began)
	o := &r.program.Ops[k]
	if k < len(r.Skip) && r.Skip[k] {
		return Answer{{keySkipped, "left out"}}
	}
	if why := o.unfit(); why != "" {
		return Answer{{keySkipped, why}}
	}
	a, errno := r.step(o)
	if errno != 0 {
		return Answer{{keyErrno, unix.ErrnoName(errno)}}
	}
	return a
}

// coarse returns the time with which the kernel stamps inodes, in ns since the
// epoch.
func coarse() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &t); err != nil {
		panic(err) // only an unknown clock fails
	}
	return t.Nano()
}

// close closes what the program has open.
func (r *dirRun) close() {
	for _, f := range r.files {
		f.forget()
	}
	for _, l := range r.listings {
		unix.Close(l.fd)
	}
	if r.source >= 0 {
		unix.Close(r.source)
	}
}
