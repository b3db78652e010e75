//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var opens = table{
	"OpenMissing":               openMissing,
	"OpenModesBindReadAndWrite": openModesBindReadAndWrite,
	"OpenNoFollow":              openNoFollow,
	"OpenDirectoryFlag":         openDirectoryFlag,
	"OpenTruncates":             openTruncates,
	"OpenTruncatesForOthers":    openTruncatesForOthers,
	"OpenTwiceHasTwoOffsets":    openTwiceHasTwoOffsets,
	"OpenDupSharesOffset":       openDupSharesOffset,
	"OpenViaProcFD":             openViaProcFD,
	"OpenGetFlags":              openGetFlags,
	"OpenNoatimeByOther":        openNoatimeByOther,
	"OpenDirect":                openDirect,
	"OpenSync":                  openSync,
	"OpenManyTimes":             openManyTimes,
	"OpenTrailingSlash":         openTrailingSlash,
}

func openMissing(t *testing.T, dir string) {
	for _, flags := range []int{unix.O_RDONLY, unix.O_WRONLY | unix.O_TRUNC, unix.O_RDWR | unix.O_APPEND, unix.O_PATH} {
		_, err := unix.Open(dir+"/missing", flags, 0)
		mustErrno(t, err, unix.ENOENT, "open")
	}
}

func openModesBindReadAndWrite(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	r := open(t, path, unix.O_RDONLY, 0)
	_, err := unix.Write(r.fd, []byte("x"))
	mustErrno(t, err, unix.EBADF, "write to an O_RDONLY descriptor")
	mustErrno(t, unix.Ftruncate(r.fd, 0), unix.EINVAL, "ftruncate of an O_RDONLY descriptor")
	w := open(t, path, unix.O_WRONLY, 0)
	_, err = unix.Read(w.fd, make([]byte, 1))
	mustErrno(t, err, unix.EBADF, "read from an O_WRONLY descriptor")
	mustHold(t, path, "data")
}

func openNoFollow(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	_, err := unix.Open(dir+"/s", unix.O_RDONLY|unix.O_NOFOLLOW, 0)
	mustErrno(t, err, unix.ELOOP, "open of a symlink")
	f := open(t, dir+"/s", unix.O_PATH|unix.O_NOFOLLOW, 0)
	mustEqual(t, kind(f.stat(t)), uint32(unix.S_IFLNK), "type")
	open(t, dir+"/x", unix.O_RDONLY|unix.O_NOFOLLOW, 0)
}

func openDirectoryFlag(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	mkdir(t, dir, "d")
	must(t, unix.Symlink("d", dir+"/s"), "symlink")
	_, err := unix.Open(dir+"/x", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	mustErrno(t, err, unix.ENOTDIR, "open of a file")
	open(t, dir+"/s", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	_, err = unix.Open(dir+"/s", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	mustErrno(t, err, unix.ENOTDIR, "open of a symlink to a directory")
}

func openTruncates(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_RDWR|unix.O_TRUNC, 0)
	mustEqual(t, f.stat(t).Size, 0, "size")
	f.write(t, []byte("new"))
	mustHold(t, path, "new")
}

// Whoever has the file open sees it empty, and writes on at the old offset.
func openTruncatesForOthers(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	open(t, dir+"/x", unix.O_WRONLY|unix.O_TRUNC, 0)
	mustEqual(t, len(f.pread(t, 10, 0)), 0, "bytes read")
	f.write(t, []byte("more"))
	mustHold(t, dir+"/x", "\x00\x00\x00\x00more")
}

func openTwiceHasTwoOffsets(t *testing.T, dir string) {
	path := put(t, "abcd", dir, "x")
	a, b := open(t, path, unix.O_RDWR, 0), open(t, path, unix.O_RDWR, 0)
	a.write(t, []byte("AB"))
	b.write(t, []byte("1"))
	mustHold(t, path, "1Bcd")
}

func openDupSharesOffset(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	a := open(t, path, unix.O_RDWR, 0)
	fd, err := unix.FcntlInt(uintptr(a.fd), unix.F_DUPFD_CLOEXEC, 0)
	must(t, err, "fcntl(F_DUPFD_CLOEXEC)")
	b := adopt(t, fd)
	a.write(t, []byte("ab"))
	b.write(t, []byte("cd"))
	a.close(t)
	b.write(t, []byte("ef"))
	mustHold(t, path, "abcdef")
}

// Opening /proc/self/fd/N opens the file anew, also when its name is gone.
func openViaProcFD(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	must(t, unix.Unlink(dir+"/x"), "unlink")
	g := open(t, procFD(f), unix.O_RDWR, 0)
	mustData(t, g.pread(t, 10, 0), []byte("data"), "data")
	g.truncate(t, 1)
	mustEqual(t, f.stat(t).Size, 1, "size")
}

func openGetFlags(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_APPEND, 0o644)
	flags, err := unix.FcntlInt(uintptr(f.fd), unix.F_GETFL, 0)
	must(t, err, "fcntl(F_GETFL)")
	mustEqual(t, flags&(unix.O_ACCMODE|unix.O_APPEND|unix.O_CREAT|unix.O_EXCL), unix.O_WRONLY|unix.O_APPEND, "flags")
}

func openNoatimeByOther(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0o666), "chmod")
	asAlice(t, func() {
		_, err := unix.Open(path, unix.O_RDONLY|unix.O_NOATIME, 0)
		mustErrno(t, err, unix.EPERM, "open with O_NOATIME of another's file")
	})
	open(t, path, unix.O_RDONLY|unix.O_NOATIME, 0)
}

// O_DIRECT wants aligned buffers, lengths and offsets: a mapping is aligned.
func openDirect(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_DIRECT, 0o644)
	buf, err := unix.Mmap(-1, 0, 4*pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	must(t, err, "mmap")
	defer unix.Munmap(buf)
	want := fill(len(buf))
	copy(buf, want)
	f.pwrite(t, buf, 0)
	mustEqual(t, f.stat(t).Size, int64(len(buf)), "size")

	// What was written directly is what buffered readers see, and back.
	g := open(t, dir+"/x", unix.O_RDWR, 0)
	mustData(t, g.pread(t, len(want), 0), want, "buffered read")
	g.pwrite(t, []byte("buffered"), 0)
	copy(want, "buffered")
	clear(buf)
	n, err := unix.Pread(f.fd, buf, 0)
	must(t, err, "direct pread")
	mustData(t, buf[:n], want, "direct read")
	n, err = unix.Pread(f.fd, buf, int64(len(buf)))
	must(t, err, "direct pread at the end")
	mustEqual(t, n, 0, "bytes read at the end")
}

func openSync(t *testing.T, dir string) {
	for _, flag := range []int{unix.O_SYNC, unix.O_DSYNC} {
		f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDWR|flag, 0o644)
		f.write(t, []byte("data"))
		mustHold(t, dir+"/x", "data")
	}
}

func openManyTimes(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	var files []*file
	for range 200 {
		files = append(files, open(t, path, unix.O_RDWR, 0))
	}
	must(t, unix.Unlink(path), "unlink")
	for i, f := range files {
		mustData(t, f.pread(t, 10, 0), []byte("data"), "data")
		if i < len(files)-1 {
			f.close(t)
		}
	}
	mustEqual(t, files[len(files)-1].stat(t).Nlink, 0, "nlink")
}

func openTrailingSlash(t *testing.T, dir string) {
	put(t, "", dir, "x")
	_, err := unix.Open(dir+"/x/", unix.O_RDONLY, 0)
	mustErrno(t, err, unix.ENOTDIR, "open of x/")
}
