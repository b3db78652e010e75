//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var mknods = table{
	"MknodRegular":         mknodRegular,
	"MknodExisting":        mknodExisting,
	"MknodDirIsRefused":    mknodDirIsRefused,
	"MknodByUser":          mknodByUser,
	"MknodTrailingSlash":   mknodTrailingSlash,
	"FifoCarriesData":      fifoCarriesData,
	"FifoSharedByLinks":    fifoSharedByLinks,
	"SocketBind":           socketBind,
	"SocketCannotBeOpen":   socketCannotBeOpen,
	"DeviceNumbers":        deviceNumbers,
	"DeviceNullIsNull":     deviceNullIsNull,
	"SpecialFilesRename":   specialFilesRename,
	"SpecialFileHasNoSize": specialFileHasNoSize,
}

func mknodRegular(t *testing.T, dir string) {
	must(t, unix.Mknod(dir+"/x", unix.S_IFREG|0o600, 0), "mknod")
	mustEqual(t, stat(t, dir+"/x").Mode, unix.S_IFREG|0o600, "mode")
	// A mode without type means a regular file, mknod(2).
	must(t, unix.Mknod(dir+"/y", 0o600, 0), "mknod")
	mustEqual(t, stat(t, dir+"/y").Mode, unix.S_IFREG|0o600, "mode")
	open(t, dir+"/y", unix.O_RDWR, 0).write(t, []byte("data"))
	mustHold(t, dir+"/y", "data")
}

func mknodExisting(t *testing.T, dir string) {
	for _, path := range makeEach(t, dir+"/") {
		mustErrno(t, unix.Mknod(path, unix.S_IFREG|0o644, 0), unix.EEXIST, "mknod")
	}
}

func mknodDirIsRefused(t *testing.T, dir string) {
	mustErrno(t, unix.Mknod(dir+"/x", unix.S_IFDIR|0o755, 0), unix.EPERM, "mknod of a directory")
	mustErrno(t, unix.Mknod(dir+"/x", unix.S_IFLNK|0o755, 0), unix.EINVAL, "mknod of a symlink")
	mustNames(t, dir)
}

func mknodByUser(t *testing.T, dir string) {
	needRoot(t)
	asAlice(t, func() {
		null := int(unix.Mkdev(1, 3))
		mustErrno(t, unix.Mknod(dir+"/c", unix.S_IFCHR|0o666, null), unix.EPERM, "mknod of a character device")
		mustErrno(t, unix.Mknod(dir+"/b", unix.S_IFBLK|0o666, null), unix.EPERM, "mknod of a block device")
		must(t, unix.Mknod(dir+"/p", unix.S_IFIFO|0o666, 0), "mknod of a fifo")
	})
}

func mknodTrailingSlash(t *testing.T, dir string) {
	mustErrno(t, unix.Mknod(dir+"/x/", unix.S_IFREG|0o644, 0), unix.ENOENT, "mknod of x/")
}

func fifoCarriesData(t *testing.T, dir string) {
	must(t, unix.Mkfifo(dir+"/p", 0o600), "mkfifo")
	mustEqual(t, stat(t, dir+"/p").Mode, unix.S_IFIFO|0o600, "mode")
	_, err := unix.Open(dir+"/p", unix.O_WRONLY|unix.O_NONBLOCK, 0)
	mustErrno(t, err, unix.ENXIO, "open for writing without a reader")
	r := open(t, dir+"/p", unix.O_RDONLY|unix.O_NONBLOCK, 0)
	w := open(t, dir+"/p", unix.O_WRONLY, 0)
	w.write(t, []byte("data"))
	b := make([]byte, 10)
	n, err := unix.Read(r.fd, b)
	must(t, err, "read")
	mustData(t, b[:n], []byte("data"), "data")
	mustEqual(t, stat(t, dir+"/p").Size, 0, "size")
}

// All names of a fifo are one pipe.
func fifoSharedByLinks(t *testing.T, dir string) {
	must(t, unix.Mkfifo(dir+"/p", 0o600), "mkfifo")
	must(t, unix.Link(dir+"/p", dir+"/q"), "link")
	r := open(t, dir+"/p", unix.O_RDONLY|unix.O_NONBLOCK, 0)
	w := open(t, dir+"/q", unix.O_WRONLY|unix.O_NONBLOCK, 0)
	w.write(t, []byte("x"))
	n, err := unix.Read(r.fd, make([]byte, 10))
	must(t, err, "read")
	mustEqual(t, n, 1, "bytes read")
}

// A Unix socket is bound to its inode: renaming it does not cut it off.
func socketBind(t *testing.T, dir string) {
	// A relative path, because sun_path holds 108 bytes only.
	inDir(t, dir, func() {
		s := unixSocket(t)
		must(t, unix.Bind(s.fd, &unix.SockaddrUnix{Name: "sock"}), "bind")
		mustEqual(t, kind(stat(t, "sock")), uint32(unix.S_IFSOCK), "type")
		must(t, unix.Listen(s.fd, 1), "listen")
		mustErrno(t, unix.Bind(unixSocket(t).fd, &unix.SockaddrUnix{Name: "sock"}), unix.EADDRINUSE, "second bind")

		must(t, unix.Rename("sock", "renamed"), "rename")
		must(t, unix.Connect(unixSocket(t).fd, &unix.SockaddrUnix{Name: "renamed"}), "connect")
		mustErrno(t, unix.Connect(unixSocket(t).fd, &unix.SockaddrUnix{Name: "sock"}), unix.ENOENT, "connect to the old name")
	})
}

func unixSocket(t *testing.T) *file {
	t.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err, "socket")
	return adopt(t, fd)
}

func socketCannotBeOpen(t *testing.T, dir string) {
	must(t, unix.Mknod(dir+"/s", unix.S_IFSOCK|0o666, 0), "mknod")
	_, err := unix.Open(dir+"/s", unix.O_RDWR, 0)
	mustErrno(t, err, unix.ENXIO, "open of a socket")
}

func deviceNumbers(t *testing.T, dir string) {
	needRoot(t)
	for i, dev := range []uint64{unix.Mkdev(0, 0), unix.Mkdev(1, 3), unix.Mkdev(8, 17), unix.Mkdev(255, 255), unix.Mkdev(259, 65536), unix.Mkdev(4095, 1<<20-1)} {
		for _, typ := range []uint32{unix.S_IFCHR, unix.S_IFBLK} {
			path := dir + "/" + numbered("dev", 10)[i]
			must(t, unix.Mknod(path, typ|0o600, int(dev)), "mknod")
			st := stat(t, path)
			mustEqual(t, st.Mode, typ|0o600, "mode")
			mustEqual(t, st.Rdev, dev, "rdev")
			must(t, unix.Unlink(path), "unlink")
		}
	}
}

// On a filesystem mounted nodev, as FUSE mounts often are, the node exists but
// opening it gives EACCES, mount(8).
func deviceNullIsNull(t *testing.T, dir string) {
	needRoot(t)
	must(t, unix.Mknod(dir+"/null", unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))), "mknod")
	var fs unix.Statfs_t
	must(t, unix.Statfs(dir, &fs), "statfs")
	if fs.Flags&unix.ST_NODEV != 0 {
		_, err := unix.Open(dir+"/null", unix.O_RDWR, 0)
		mustErrno(t, err, unix.EACCES, "open of a device on a nodev mount")
		return
	}
	f := open(t, dir+"/null", unix.O_RDWR, 0)
	f.write(t, []byte("data"))
	mustEqual(t, len(f.pread(t, 10, 0)), 0, "bytes read")
}

func specialFilesRename(t *testing.T, dir string) {
	must(t, unix.Mkfifo(dir+"/p", 0o600), "mkfifo")
	must(t, unix.Mknod(dir+"/s", unix.S_IFSOCK|0o600, 0), "mknod")
	put(t, "data", dir, "f")
	must(t, unix.Rename(dir+"/p", dir+"/s"), "rename of a fifo over a socket")
	mustEqual(t, kind(stat(t, dir+"/s")), uint32(unix.S_IFIFO), "type")
	must(t, unix.Rename(dir+"/s", dir+"/f"), "rename of a fifo over a file")
	mustEqual(t, kind(stat(t, dir+"/f")), uint32(unix.S_IFIFO), "type")
	mustNames(t, dir, "f")
}

func specialFileHasNoSize(t *testing.T, dir string) {
	must(t, unix.Mkfifo(dir+"/p", 0o600), "mkfifo")
	mustErrno(t, unix.Truncate(dir+"/p", 0), unix.EINVAL, "truncate of a fifo")
	f := open(t, dir+"/p", unix.O_RDWR, 0)
	mustErrno(t, unix.Fallocate(f.fd, 0, 0, 1), unix.ESPIPE, "fallocate of a fifo")
	_, err := unix.Seek(f.fd, 0, unix.SEEK_SET)
	mustErrno(t, err, unix.ESPIPE, "lseek of a fifo")
	_, err = unix.Pread(f.fd, make([]byte, 1), 0)
	mustErrno(t, err, unix.ESPIPE, "pread of a fifo")
}
