//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

var renames = table{
	"RenameFile":                     renameFile,
	"RenameAcrossDirs":               renameAcrossDirs,
	"RenameOverFile":                 renameOverFile,
	"RenameOverOpenFile":             renameOverOpenFile,
	"RenameMissing":                  renameMissing,
	"RenameToItself":                 renameToItself,
	"RenameOverHardLink":             renameOverHardLink,
	"RenameOverHardLinkInOtherDir":   renameOverHardLinkInOtherDir,
	"RenameOverLinkedFile":           renameOverLinkedFile,
	"RenameFileOverDir":              renameFileOverDir,
	"RenameDirOverFile":              renameDirOverFile,
	"RenameSymlinkItself":            renameSymlinkItself,
	"RenameOverSymlink":              renameOverSymlink,
	"RenameDots":                     renameDots,
	"RenameTrailingSlash":            renameTrailingSlash,
	"RenameThroughFile":              renameThroughFile,
	"RenameKeepsAttributes":          renameKeepsAttributes,
	"RenameOpenFileKeepsWriting":     renameOpenFileKeepsWriting,
	"RenameIsAtomicForOpen":          renameIsAtomicForOpen,
	"RenameIsAtomicForOpenCrossDirs": renameIsAtomicForOpenCrossDirs,
}

func renameFile(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	ino := stat(t, path).Ino
	must(t, unix.Rename(path, dir+"/y"), "rename")
	mustNotExist(t, path)
	mustHold(t, dir+"/y", "data")
	mustEqual(t, stat(t, dir+"/y").Ino, ino, "ino")
	mustNames(t, dir, "y")
}

func renameAcrossDirs(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	put(t, "data", a, "x")
	must(t, unix.Rename(a+"/x", b+"/y"), "rename")
	mustNames(t, a)
	mustNames(t, b, "y")
	mustHold(t, b+"/y", "data")
}

func renameOverFile(t *testing.T, dir string) {
	put(t, "new", dir, "x")
	put(t, "old content", dir, "y")
	must(t, unix.Rename(dir+"/x", dir+"/y"), "rename")
	mustNames(t, dir, "y")
	mustHold(t, dir+"/y", "new")
	mustEqual(t, stat(t, dir+"/y").Nlink, 1, "nlink")
}

func renameOverOpenFile(t *testing.T, dir string) {
	put(t, "new", dir, "x")
	old := open(t, put(t, "old", dir, "y"), unix.O_RDONLY, 0)
	must(t, unix.Rename(dir+"/x", dir+"/y"), "rename")
	mustData(t, old.pread(t, 10, 0), []byte("old"), "data")
	mustEqual(t, old.stat(t).Nlink, 0, "nlink")
}

func renameMissing(t *testing.T, dir string) {
	put(t, "", dir, "x")
	mustErrno(t, unix.Rename(dir+"/missing", dir+"/y"), unix.ENOENT, "rename of nothing")
	mustErrno(t, unix.Rename(dir+"/missing", dir+"/x"), unix.ENOENT, "rename of nothing over a file")
	mustErrno(t, unix.Rename(dir+"/x", dir+"/missing/y"), unix.ENOENT, "rename into nothing")
	mustNames(t, dir, "x")
}

func renameToItself(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Rename(path, path), "rename of a file to itself")
	mustHold(t, path, "data")
	d := mkdir(t, dir, "d")
	must(t, unix.Rename(d, d), "rename of a directory to itself")
	mustNames(t, dir, "x", "d")
}

// rename(2): if both names are links to one file, rename does nothing and
// succeeds. Both names stay.
func renameOverHardLink(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Link(path, dir+"/y"), "link")
	before := stat(t, path)
	tick(t)
	must(t, unix.Rename(path, dir+"/y"), "rename")
	mustNames(t, dir, "x", "y")
	mustEqual(t, stat(t, path), before, "attributes")
}

func renameOverHardLinkInOtherDir(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	d := mkdir(t, dir, "d")
	must(t, unix.Link(path, d+"/y"), "link")
	must(t, unix.Rename(path, d+"/y"), "rename")
	mustNames(t, dir, "x", "d")
	mustNames(t, d, "y")
}

func renameOverLinkedFile(t *testing.T, dir string) {
	put(t, "new", dir, "x")
	put(t, "old", dir, "y")
	must(t, unix.Link(dir+"/y", dir+"/z"), "link")
	must(t, unix.Rename(dir+"/x", dir+"/y"), "rename")
	mustHold(t, dir+"/z", "old")
	mustEqual(t, stat(t, dir+"/z").Nlink, 1, "nlink")
}

func renameFileOverDir(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	mkdir(t, dir, "d")
	mustErrno(t, unix.Rename(dir+"/x", dir+"/d"), unix.EISDIR, "rename of a file over a directory")
	put(t, "", dir, "d", "y")
	mustErrno(t, unix.Rename(dir+"/x", dir+"/d"), unix.EISDIR, "rename of a file over a full directory")
	mustHold(t, dir+"/x", "data")
}

func renameDirOverFile(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	for _, path := range makeEach(t, dir+"/") {
		if kind(stat(t, path)) != unix.S_IFDIR {
			mustErrno(t, unix.Rename(dir+"/d", path), unix.ENOTDIR, "rename of a directory over "+path)
		}
	}
}

func renameSymlinkItself(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	must(t, unix.Rename(dir+"/s", dir+"/t"), "rename")
	mustEqual(t, readlink(t, dir+"/t"), "x", "target")
	mustNames(t, dir, "x", "t")
}

func renameOverSymlink(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	put(t, "new", dir, "n")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	must(t, unix.Rename(dir+"/n", dir+"/s"), "rename")
	mustHold(t, dir+"/x", "data")
	mustHold(t, dir+"/s", "new")
	mustEqual(t, kind(stat(t, dir+"/s")), uint32(unix.S_IFREG), "type")
}

// rename(2) leaves the errno for dots to the system; Linux says EBUSY.
func renameDots(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	mustErrno(t, unix.Rename(d+"/.", dir+"/e"), unix.EBUSY, "rename of .")
	mustErrno(t, unix.Rename(d+"/..", dir+"/e"), unix.EBUSY, "rename of ..")
	mustErrno(t, unix.Rename(d, d+"/."), unix.EBUSY, "rename to .")
	mustErrno(t, unix.Rename(d, d+"/.."), unix.EBUSY, "rename to ..")
}

func renameTrailingSlash(t *testing.T, dir string) {
	put(t, "", dir, "x")
	mkdir(t, dir, "d")
	mustErrno(t, unix.Rename(dir+"/x/", dir+"/y"), unix.ENOTDIR, "rename of x/")
	mustErrno(t, unix.Rename(dir+"/x", dir+"/y/"), unix.ENOTDIR, "rename of a file to y/")
	must(t, unix.Rename(dir+"/d/", dir+"/e/"), "rename of d/ to e/")
	mustNames(t, dir, "x", "e")
}

func renameThroughFile(t *testing.T, dir string) {
	put(t, "", dir, "x")
	put(t, "", dir, "file")
	mustErrno(t, unix.Rename(dir+"/x", dir+"/file/y"), unix.ENOTDIR, "rename into a file")
	mustErrno(t, unix.Rename(dir+"/file/y", dir+"/x"), unix.ENOTDIR, "rename out of a file")
}

func renameKeepsAttributes(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Chmod(path, 0o4640), "chmod")
	must(t, unix.Setxattr(path, "user.k", []byte("v"), 0), "setxattr")
	before := stat(t, path)
	must(t, unix.Rename(path, dir+"/y"), "rename")
	after := stat(t, dir+"/y")
	after.Ctim = before.Ctim // may move
	mustEqual(t, after, before, "attributes")
	mustXattr(t, dir+"/y", "user.k", "v")
}

func renameOpenFileKeepsWriting(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	d := mkdir(t, dir, "d")
	f.write(t, []byte("a"))
	must(t, unix.Rename(dir+"/x", dir+"/y"), "rename")
	f.write(t, []byte("b"))
	must(t, unix.Rename(dir+"/y", d+"/z"), "rename")
	f.write(t, []byte("c"))
	mustHold(t, d+"/z", "abc")
}

// rename(2): there is no moment at which the new name is missing, nor one at
// which it shows half of a file.
func renameIsAtomicForOpen(t *testing.T, dir string) {
	replaceWhileReading(t, dir, dir)
}

func renameIsAtomicForOpenCrossDirs(t *testing.T, dir string) {
	replaceWhileReading(t, mkdir(t, dir, "a"), mkdir(t, dir, "b"))
}

// replaceWhileReading renames fresh files of from over one name in to, while
// another goroutine opens and reads that name.
func replaceWhileReading(t *testing.T, from, to string) {
	t.Helper()
	const rounds = 300
	target := put(t, "content", to, "target")
	var g errgroup.Group
	done := make(chan struct{})
	g.Go(func() error {
		defer close(done)
		for range rounds {
			if err := writeFile(from+"/fresh", "content"); err != nil {
				return err
			}
			if err := unix.Rename(from+"/fresh", target); err != nil {
				return opError("rename", err)
			}
		}
		return nil
	})
	g.Go(func() error {
		for {
			select {
			case <-done:
				return nil
			default:
			}
			if err := readBack(target, "content"); err != nil {
				return err
			}
		}
	})
	must(t, g.Wait(), "replacing a file")
}
