//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

var locks = table{
	"LockPosixConflicts":     lockPosixConflicts,
	"LockPosixRanges":        lockPosixRanges,
	"LockPosixOwnIsNoBar":    lockPosixOwnIsNoBar,
	"LockPosixGoesWithClose": lockPosixGoesWithClose,
	"LockPosixNeedsAccess":   lockPosixNeedsAccess,
	"LockOFDConflicts":       lockOFDConflicts,
	"LockOFDWaits":           lockOFDWaits,
	"LockFlockConflicts":     lockFlockConflicts,
	"LockFlockIgnoresPosix":  lockFlockIgnoresPosix,
	"LockFlockSharedByDup":   lockFlockSharedByDup,
	"LockFlockUpgrade":       lockFlockUpgrade,
	"LockFlockDir":           lockFlockDir,
	"LockIsOnFileNotName":    lockIsOnFileNotName,
}

// asProcess runs f on a thread with a descriptor table of its own. That table
// is what owns POSIX locks, so f locks as another process would. What f opens
// is closed with the table: f must not use open, which closes at test's end.
func asProcess(t *testing.T, f func()) {
	t.Helper()
	onThread(t, func() {
		must(t, unix.Unshare(unix.CLONE_FILES), "unshare(CLONE_FILES)")
		f()
	})
}

func lock(typ int16, start, n int64) *unix.Flock_t {
	return &unix.Flock_t{Type: typ, Whence: unix.SEEK_SET, Start: start, Len: n}
}

// setlk is fcntl(2) with F_SETLK.
func setlk(fd int, typ int16, start, n int64) error {
	return unix.FcntlFlock(uintptr(fd), unix.F_SETLK, lock(typ, start, n))
}

// setOFD is fcntl(2) with F_OFD_SETLK.
func setOFD(fd int, typ int16, start, n int64) error {
	return unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, lock(typ, start, n))
}

func lockPosixConflicts(t *testing.T, dir string) {
	path := put(t, "0123456789", dir, "x")
	f := open(t, path, unix.O_RDWR, 0)
	must(t, setlk(f.fd, unix.F_WRLCK, 0, 5), "locking")
	asProcess(t, func() {
		fd, err := unix.Open(path, unix.O_RDWR, 0)
		must(t, err, "open")
		mustErrno(t, setlk(fd, unix.F_RDLCK, 4, 1), unix.EAGAIN, "read lock of what is locked")
		mustErrno(t, setlk(fd, unix.F_WRLCK, 0, 0), unix.EAGAIN, "write lock of the whole file")
		must(t, setlk(fd, unix.F_WRLCK, 5, 5), "lock of the rest")
		lk := lock(unix.F_WRLCK, 0, 0)
		must(t, unix.FcntlFlock(uintptr(fd), unix.F_GETLK, lk), "fcntl(F_GETLK)")
		mustEqual(t, lk.Type, unix.F_WRLCK, "type of the lock in the way")
		mustEqual(t, [2]int64{lk.Start, lk.Len}, [2]int64{0, 5}, "range of the lock in the way")
	})
	// The other process's lock went with it.
	must(t, setlk(f.fd, unix.F_WRLCK, 0, 10), "locking")
}

// Unlocking the middle of a range leaves two.
func lockPosixRanges(t *testing.T, dir string) {
	path := put(t, "0123456789", dir, "x")
	f := open(t, path, unix.O_RDWR, 0)
	must(t, setlk(f.fd, unix.F_WRLCK, 0, 10), "locking")
	must(t, setlk(f.fd, unix.F_UNLCK, 4, 2), "unlocking")
	must(t, setlk(f.fd, unix.F_RDLCK, 8, 2), "downgrading")
	asProcess(t, func() {
		fd, err := unix.Open(path, unix.O_RDWR, 0)
		must(t, err, "open")
		mustErrno(t, setlk(fd, unix.F_RDLCK, 3, 1), unix.EAGAIN, "lock before the gap")
		must(t, setlk(fd, unix.F_WRLCK, 4, 2), "lock of the gap")
		mustErrno(t, setlk(fd, unix.F_RDLCK, 6, 1), unix.EAGAIN, "lock behind the gap")
		must(t, setlk(fd, unix.F_RDLCK, 8, 2), "shared lock")
		mustErrno(t, setlk(fd, unix.F_WRLCK, 9, 1), unix.EAGAIN, "write lock of what is shared")
	})
}

func lockPosixOwnIsNoBar(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f, g := open(t, path, unix.O_RDWR, 0), open(t, path, unix.O_RDWR, 0)
	must(t, setlk(f.fd, unix.F_WRLCK, 0, 0), "locking")
	must(t, setlk(g.fd, unix.F_WRLCK, 0, 0), "locking by the same process")
}

// fcntl_locking(2): closing any descriptor of the file drops all the process's
// locks on it.
func lockPosixGoesWithClose(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_RDWR, 0)
	must(t, setlk(f.fd, unix.F_WRLCK, 0, 0), "locking")
	open(t, path, unix.O_RDONLY, 0).close(t)
	asProcess(t, func() {
		fd, err := unix.Open(path, unix.O_RDWR, 0)
		must(t, err, "open")
		must(t, setlk(fd, unix.F_WRLCK, 0, 0), "locking")
	})
}

func lockPosixNeedsAccess(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	r, w := open(t, path, unix.O_RDONLY, 0), open(t, path, unix.O_WRONLY, 0)
	mustErrno(t, setlk(r.fd, unix.F_WRLCK, 0, 0), unix.EBADF, "write lock by a reader")
	mustErrno(t, setlk(w.fd, unix.F_RDLCK, 0, 0), unix.EBADF, "read lock by a writer")
	mustErrno(t, setlk(r.fd, unix.F_RDLCK, -1, 0), unix.EINVAL, "lock before the start")
}

// Open file description locks conflict within one process.
func lockOFDConflicts(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f, g := open(t, path, unix.O_RDWR, 0), open(t, path, unix.O_RDWR, 0)
	must(t, setOFD(f.fd, unix.F_WRLCK, 0, 2), "locking")
	mustErrno(t, setOFD(g.fd, unix.F_RDLCK, 1, 1), unix.EAGAIN, "conflicting lock")
	must(t, setOFD(g.fd, unix.F_WRLCK, 2, 1), "lock of another range")
	mustErrno(t, setlk(g.fd, unix.F_WRLCK, 0, 1), unix.EAGAIN, "conflicting POSIX lock")
	open(t, path, unix.O_RDWR, 0).close(t)
	mustErrno(t, setOFD(g.fd, unix.F_RDLCK, 1, 1), unix.EAGAIN, "lock after a close")
	f.close(t)
	// It waits: a file that a server keeps may be released after its close.
	must(t, unix.FcntlFlock(uintptr(g.fd), unix.F_OFD_SETLKW, lock(unix.F_RDLCK, 1, 1)), "lock after the owner's close")
}

// Workers count in the file under a lock they wait for: were two to hold it at
// once, a count would be lost.
func lockOFDWaits(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	var g errgroup.Group
	const workers, rounds = 4, 50
	for range workers {
		g.Go(func() error {
			fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
			if err != nil {
				return opError("open", err)
			}
			defer unix.Close(fd)
			for range rounds {
				b := make([]byte, 1)
				if err := retry(func() error {
					return unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLKW, lock(unix.F_WRLCK, 0, 0))
				}); err != nil {
					return opError("locking", err)
				}
				if _, err := unix.Pread(fd, b, 0); err != nil {
					return opError("pread", err)
				}
				b[0]++
				if _, err := unix.Pwrite(fd, b, 0); err != nil {
					return opError("pwrite", err)
				}
				if err := setOFD(fd, unix.F_UNLCK, 0, 0); err != nil {
					return opError("unlocking", err)
				}
			}
			return nil
		})
	}
	must(t, g.Wait(), "taking turns")
	got := open(t, path, unix.O_RDONLY, 0).pread(t, 1, 0)
	mustEqual(t, int(got[0]), workers*rounds, "turns taken")
}

func flock(f *file, how int) error { return unix.Flock(f.fd, how|unix.LOCK_NB) }

func lockFlockConflicts(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f, g := open(t, path, unix.O_RDONLY, 0), open(t, path, unix.O_RDONLY, 0)
	must(t, flock(f, unix.LOCK_EX), "flock")
	mustErrno(t, flock(g, unix.LOCK_EX), unix.EWOULDBLOCK, "flock of what is locked")
	mustErrno(t, flock(g, unix.LOCK_SH), unix.EWOULDBLOCK, "shared flock of what is locked")
	must(t, flock(f, unix.LOCK_UN), "unlocking")
	must(t, flock(g, unix.LOCK_SH), "flock")
	must(t, flock(f, unix.LOCK_SH), "second shared flock")
	f.close(t)
	// It waits: a file that a server keeps may be released after its close.
	must(t, unix.Flock(g.fd, unix.LOCK_EX), "flock after the other's close")
}

func lockFlockIgnoresPosix(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f, g := open(t, path, unix.O_RDWR, 0), open(t, path, unix.O_RDWR, 0)
	must(t, setOFD(f.fd, unix.F_WRLCK, 0, 0), "locking")
	must(t, flock(g, unix.LOCK_EX), "flock")
}

func lockFlockSharedByDup(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f, g := open(t, path, unix.O_RDONLY, 0), open(t, path, unix.O_RDONLY, 0)
	fd, err := unix.FcntlInt(uintptr(f.fd), unix.F_DUPFD_CLOEXEC, 0)
	must(t, err, "fcntl(F_DUPFD_CLOEXEC)")
	dup := adopt(t, fd)
	must(t, flock(f, unix.LOCK_EX), "flock")
	must(t, flock(dup, unix.LOCK_EX), "flock by a duplicate")
	f.close(t)
	mustErrno(t, flock(g, unix.LOCK_SH), unix.EWOULDBLOCK, "flock while a duplicate is open")
	must(t, flock(dup, unix.LOCK_UN), "unlocking by the duplicate")
	must(t, flock(g, unix.LOCK_SH), "flock")
}

func lockFlockUpgrade(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f, g := open(t, path, unix.O_RDONLY, 0), open(t, path, unix.O_RDONLY, 0)
	must(t, flock(f, unix.LOCK_SH), "flock")
	must(t, flock(f, unix.LOCK_EX), "upgrade")
	must(t, flock(f, unix.LOCK_SH), "downgrade")
	must(t, flock(g, unix.LOCK_SH), "flock")
	mustErrno(t, flock(f, unix.LOCK_EX), unix.EWOULDBLOCK, "upgrade of a shared lock")
}

func lockFlockDir(t *testing.T, dir string) {
	f, g := opendir(t, dir), opendir(t, dir)
	must(t, flock(f, unix.LOCK_EX), "flock of a directory")
	mustErrno(t, flock(g, unix.LOCK_SH), unix.EWOULDBLOCK, "flock of a locked directory")
}

// Locks are on the file, not on its name.
func lockIsOnFileNotName(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_RDWR, 0)
	must(t, unix.Link(path, dir+"/y"), "link")
	must(t, flock(f, unix.LOCK_EX), "flock")
	must(t, unix.Rename(path, dir+"/z"), "rename")
	for _, name := range []string{"/y", "/z"} {
		mustErrno(t, flock(open(t, dir+name, unix.O_RDWR, 0), unix.LOCK_SH), unix.EWOULDBLOCK, "flock of "+name)
	}
}
