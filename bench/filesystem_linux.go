package bench

import "fmt"

// A node is an open file or directory: a descriptor, or the number of an inode.
type node uint64

// A fileSystem is what workloads act on, from several threads at a time: a
// directory through system calls (kernel), or the store itself (store).
// Methods are named after the system calls; names are of one component.
type fileSystem interface {
	// Root is the directory to work in.
	Root() node

	// Open opens a file or a directory that exists, Create makes and opens a
	// file that does not.
	Open(dir node, name string, mode openMode) (node, error)
	Create(dir node, name string) (node, error)
	Close(n node) error

	Mkdir(dir node, name string) error
	Unlink(dir node, name string) error
	Rmdir(dir node, name string) error
	Rename(dir node, from, to string) error
	// Link makes another name for n, whose name in dir is from.
	Link(n, dir node, from, to string) error
	Symlink(target string, dir node, name string) error
	Readlink(dir node, name string) (string, error)

	// Lookup fails with ENOENT if there is no such name.
	Lookup(dir node, name string) error
	// GetAttr returns the size, from the server itself.
	GetAttr(n node) (int64, error)
	StatFS() error

	SetXattr(n node, name string, value []byte) error
	GetXattr(n node, name string, value []byte) (int, error)

	// ReadDir calls each for the names in a directory, but "." and "..".
	ReadDir(dir node, each func(name string, isDir bool)) error

	Read(n node, b []byte, offset int64) (int, error)
	Write(n node, b []byte, offset int64) (int, error)
}

// openMode is how a file is opened.
type openMode int

const (
	openDir openMode = iota
	openFile
	openDirect // past the page cache; the same as openFile where there is none
)

// makeDir makes and opens a directory.
func makeDir(fs fileSystem, dir node, name string) (node, error) {
	if err := fs.Mkdir(dir, name); err != nil {
		return 0, err
	}
	return fs.Open(dir, name, openDir)
}

// removeAll removes what is in a directory.
func removeAll(fs fileSystem, dir node) error {
	type child struct {
		name  string
		isDir bool
	}
	var children []child
	if err := fs.ReadDir(dir, func(name string, isDir bool) { children = append(children, child{name, isDir}) }); err != nil {
		return err
	}
	for _, c := range children {
		if !c.isDir {
			if err := fs.Unlink(dir, c.name); err != nil {
				return fmt.Errorf("remove %s: %w", c.name, err)
			}
			continue
		}
		n, err := fs.Open(dir, c.name, openDir)
		if err != nil {
			return fmt.Errorf("open %s: %w", c.name, err)
		}
		err = removeAll(fs, n)
		if e := fs.Close(n); err == nil {
			err = e
		}
		if err == nil {
			err = fs.Rmdir(dir, c.name)
		}
		if err != nil {
			return fmt.Errorf("remove %s: %w", c.name, err)
		}
	}
	return nil
}
