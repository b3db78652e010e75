package bench

import (
	"syscall"

	"github.com/scratchfs/memfs/inode"
)

// store is the store of memfs in this process, as memfs calls it for requests.
// A node is the number of an inode; a file that is open has been looked up.
type store struct{ *inode.Store }

func newStore() (store, error) {
	s, err := inode.New(inode.Config{Blocks: 1 << 30 / inode.BlockSize, Inodes: 1 << 22, Mode: 0o777})
	return store{s}, err
}

func (s store) Root() node { return node(inode.RootID) }

func (s store) Open(dir node, name string, _ openMode) (node, error) {
	e, errno := s.Store.Lookup(inode.ID(dir), name)
	return node(e.ID), failure(errno)
}

func (s store) Create(dir node, name string) (node, error) {
	e, errno := s.Store.Mknod(inode.ID(dir), name, syscall.S_IFREG|0o644, 0, inode.Caller{})
	return node(e.ID), failure(errno)
}

func (s store) Close(n node) error {
	s.Store.Forget(inode.ID(n), 1)
	return nil
}

func (s store) Mkdir(dir node, name string) error {
	return s.forget(s.Store.Mkdir(inode.ID(dir), name, 0o755, inode.Caller{}))
}

func (s store) Unlink(dir node, name string) error {
	return failure(s.Store.Unlink(inode.ID(dir), name))
}

func (s store) Rmdir(dir node, name string) error {
	return failure(s.Store.Rmdir(inode.ID(dir), name))
}

func (s store) Rename(dir node, from, to string) error {
	return failure(s.Store.Rename(inode.ID(dir), from, inode.ID(dir), to, 0, inode.Caller{}))
}

func (s store) Link(n, dir node, _, to string) error {
	return s.forget(s.Store.Link(inode.ID(n), inode.ID(dir), to))
}

func (s store) Symlink(target string, dir node, name string) error {
	return s.forget(s.Store.Symlink(inode.ID(dir), name, target, inode.Caller{}))
}

func (s store) Readlink(dir node, name string) (string, error) {
	e, errno := s.Store.Lookup(inode.ID(dir), name)
	if errno != 0 {
		return "", errno
	}
	target, errno := s.Store.Readlink(e.ID)
	s.Store.Forget(e.ID, 1)
	return target, failure(errno)
}

func (s store) Lookup(dir node, name string) error {
	return s.forget(s.Store.Lookup(inode.ID(dir), name))
}

func (s store) GetAttr(n node) (int64, error) {
	a, errno := s.Store.GetAttr(inode.ID(n))
	return a.Size, failure(errno)
}

func (s store) StatFS() error {
	_ = s.Store.StatFS()
	return nil
}

func (s store) SetXattr(n node, name string, value []byte) error {
	return failure(s.Store.SetXattr(inode.ID(n), name, value, 0))
}

func (s store) GetXattr(n node, name string, value []byte) (int, error) {
	got, errno := s.Store.GetXattr(inode.ID(n), name, value)
	return got, failure(errno)
}

func (s store) ReadDir(dir node, each func(name string, isDir bool)) error {
	return failure(s.Store.ReadDir(inode.ID(dir), 0, func(d inode.Dirent) bool {
		if d.Name != "." && d.Name != ".." {
			each(d.Name, d.Type == syscall.S_IFDIR)
		}
		return true
	}))
}

func (s store) Read(n node, b []byte, offset int64) (int, error) {
	got, errno := s.Store.Read(inode.ID(n), b, offset)
	return got, failure(errno)
}

func (s store) Write(n node, b []byte, offset int64) (int, error) {
	put, errno := s.Store.Write(inode.ID(n), b, offset)
	return put, failure(errno)
}

// forget takes back the lookup that comes with an entry, as the kernel does
// sooner or later.
func (s store) forget(e inode.Entry, errno syscall.Errno) error {
	if errno != 0 {
		return errno
	}
	s.Store.Forget(e.ID, 1)
	return nil
}

// failure is the error of an errno: nil for 0.
func failure(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
