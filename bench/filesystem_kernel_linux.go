package bench

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernel is a directory, through system calls. A node is a descriptor.
type kernel struct {
	path string // of the directory to work in
	root node
}

// newKernel opens a directory.
func newKernel(path string) (*kernel, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return &kernel{path: path, root: node(fd)}, nil
}

func (k *kernel) Root() node { return k.root }

func (k *kernel) Open(dir node, name string, mode openMode) (node, error) {
	flags := unix.O_RDWR
	switch mode {
	case openDir:
		flags = unix.O_RDONLY | unix.O_DIRECTORY
	case openDirect:
		flags |= unix.O_DIRECT
	}
	fd, err := unix.Openat(int(dir), name, flags|unix.O_CLOEXEC, 0)
	return node(fd), err
}

func (k *kernel) Create(dir node, name string) (node, error) {
	fd, err := unix.Openat(int(dir), name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o644)
	return node(fd), err
}

func (k *kernel) Close(n node) error { return unix.Close(int(n)) }

func (k *kernel) Mkdir(dir node, name string) error  { return unix.Mkdirat(int(dir), name, 0o755) }
func (k *kernel) Unlink(dir node, name string) error { return unix.Unlinkat(int(dir), name, 0) }
func (k *kernel) Rmdir(dir node, name string) error {
	return unix.Unlinkat(int(dir), name, unix.AT_REMOVEDIR)
}

func (k *kernel) Rename(dir node, from, to string) error {
	return unix.Renameat(int(dir), from, int(dir), to)
}

func (k *kernel) Link(_, dir node, from, to string) error {
	return unix.Linkat(int(dir), from, int(dir), to, 0)
}

func (k *kernel) Symlink(target string, dir node, name string) error {
	return unix.Symlinkat(target, int(dir), name)
}

func (k *kernel) Readlink(dir node, name string) (string, error) {
	var buf [256]byte
	n, err := unix.Readlinkat(int(dir), name, buf[:])
	return string(buf[:max(n, 0)]), err
}

func (k *kernel) Lookup(dir node, name string) error {
	var st unix.Stat_t
	return unix.Fstatat(int(dir), name, &st, unix.AT_SYMLINK_NOFOLLOW)
}

// GetAttr has FUSE ask the server, whatever is cached (AT_STATX_FORCE_SYNC).
func (k *kernel) GetAttr(n node) (int64, error) {
	var st unix.Statx_t
	err := unix.Statx(int(n), "", unix.AT_EMPTY_PATH|unix.AT_STATX_FORCE_SYNC, unix.STATX_BASIC_STATS, &st)
	return int64(st.Size), err
}

// stat returns the size, which may be cached.
func (k *kernel) stat(n node) (int64, error) {
	var st unix.Stat_t
	err := unix.Fstat(int(n), &st)
	return st.Size, err
}

func (k *kernel) StatFS() error {
	var st unix.Statfs_t
	return unix.Fstatfs(int(k.root), &st)
}

func (k *kernel) SetXattr(n node, name string, value []byte) error {
	return unix.Fsetxattr(int(n), name, value, 0)
}

func (k *kernel) GetXattr(n node, name string, value []byte) (int, error) {
	return unix.Fgetxattr(int(n), name, value)
}

func (k *kernel) ReadDir(dir node, each func(name string, isDir bool)) error {
	if _, err := unix.Seek(int(dir), 0, unix.SEEK_SET); err != nil {
		return err
	}
	var buf [32 << 10]byte
	for {
		n, err := unix.Getdents(int(dir), buf[:])
		if err != nil || n == 0 {
			return err
		}
		for at := 0; at < n; {
			d := (*unix.Dirent)(unsafe.Pointer(&buf[at]))
			name := unix.ByteSliceToString(buf[at+int(unsafe.Offsetof(d.Name)) : at+int(d.Reclen)])
			if name != "." && name != ".." {
				each(name, d.Type == unix.DT_DIR)
			}
			at += int(d.Reclen)
		}
	}
}

func (k *kernel) Read(n node, b []byte, offset int64) (int, error) {
	return unix.Pread(int(n), b, offset)
}

func (k *kernel) Write(n node, b []byte, offset int64) (int, error) {
	return unix.Pwrite(int(n), b, offset)
}
