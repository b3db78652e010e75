//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Renaming of directories, which must keep the tree a tree.
var renameTrees = table{
	"RenameDir":                      renameDir,
	"RenameDirWithContent":           renameDirWithContent,
	"RenameDirOverEmptyDir":          renameDirOverEmptyDir,
	"RenameDirOverEmptyDirElsewhere": renameDirOverEmptyDirElsewhere,
	"RenameDirOverOpenEmptyDir":      renameDirOverOpenEmptyDir,
	"RenameOverNonEmptyDir":          renameOverNonEmptyDir,
	"RenameIntoOwnSubtree":           renameIntoOwnSubtree,
	"RenameOverAncestor":             renameOverAncestor,
	"RenameMovesDotDot":              renameMovesDotDot,
	"RenameDirNlinkOfParents":        renameDirNlinkOfParents,
	"RenameDirOverDirNlink":          renameDirOverDirNlink,
	"RenameOpenDir":                  renameOpenDir,
	"RenameWorkingDir":               renameWorkingDir,
	"RenameDeepTree":                 renameDeepTree,
	"RenameDirUpward":                renameDirUpward,
	"RenameIntoRemovedDir":           renameIntoRemovedDir,
}

func renameDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	ino := stat(t, d).Ino
	must(t, unix.Rename(d, dir+"/e"), "rename")
	mustNotExist(t, d)
	mustEqual(t, stat(t, dir+"/e").Ino, ino, "ino")
}

func renameDirWithContent(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	mkdir(t, d, "sub")
	put(t, "data", d, "sub", "x")
	to := mkdir(t, dir, "to")
	must(t, unix.Rename(d, to+"/e"), "rename")
	mustNotExist(t, d+"/sub/x")
	mustHold(t, to+"/e/sub/x", "data")
}

func renameDirOverEmptyDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	put(t, "data", d, "x")
	mkdir(t, dir, "e")
	must(t, unix.Rename(d, dir+"/e"), "rename")
	mustNames(t, dir, "e")
	mustHold(t, dir+"/e/x", "data")
}

func renameDirOverEmptyDirElsewhere(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	mkdir(t, a, "d")
	put(t, "data", a, "d", "x")
	mkdir(t, b, "d")
	must(t, unix.Rename(a+"/d", b+"/d"), "rename")
	mustNames(t, a)
	mustHold(t, b+"/d/x", "data")
}

func renameDirOverOpenEmptyDir(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	e := opendir(t, mkdir(t, dir, "e"))
	must(t, unix.Rename(dir+"/d", dir+"/e"), "rename")
	mustEqual(t, e.stat(t).Nlink, 0, "nlink of what was replaced")
	_, err := unix.Openat(e.fd, "x", exclusive, 0o644)
	mustErrno(t, err, unix.ENOENT, "creating in what was replaced")
}

func renameOverNonEmptyDir(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	e := mkdir(t, dir, "e")
	put(t, "data", e, "x")
	mustErrno(t, unix.Rename(dir+"/d", e), unix.ENOTEMPTY, "rename over a directory that is not empty")
	mustNames(t, dir, "d", "e")
	mustHold(t, e+"/x", "data")
}

func renameIntoOwnSubtree(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	mkdir(t, d, "e")
	mustErrno(t, unix.Rename(d, d+"/x"), unix.EINVAL, "rename into itself")
	mustErrno(t, unix.Rename(d, d+"/e/x"), unix.EINVAL, "rename into a child")
	mustErrno(t, unix.Rename(d, d+"/e"), unix.EINVAL, "rename over a child")
	// A prefix of the name is no ancestor.
	must(t, unix.Rename(d, dir+"/dd"), "rename to a longer name")
	mustNames(t, dir, "dd")
}

// An ancestor is never empty: it leads to what is renamed.
func renameOverAncestor(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	e := mkdir(t, d, "e")
	mkdir(t, e, "f")
	put(t, "", e, "x")
	mustErrno(t, unix.Rename(e, d), unix.ENOTEMPTY, "rename over the parent")
	mustErrno(t, unix.Rename(e+"/f", d), unix.ENOTEMPTY, "rename over the grandparent")
	mustErrno(t, unix.Rename(e+"/x", d), unix.ENOTEMPTY, "rename of a file over the grandparent")
}

func renameMovesDotDot(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	mkdir(t, a, "d")
	must(t, unix.Rename(a+"/d", b+"/d"), "rename")
	mustEqual(t, stat(t, b+"/d/..").Ino, stat(t, b).Ino, "inode of ..")
	for _, e := range opendir(t, b+"/d").readAll(t, 4096) {
		if e.name == ".." {
			mustEqual(t, e.ino, stat(t, b).Ino, "inode of .. as listed")
		}
	}
}

func renameDirNlinkOfParents(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	mkdir(t, a, "d")
	put(t, "", a, "x")
	mustEqual(t, stat(t, a).Nlink, 3, "nlink of the old parent before")
	must(t, unix.Rename(a+"/d", b+"/d"), "rename")
	mustEqual(t, stat(t, a).Nlink, 2, "nlink of the old parent")
	mustEqual(t, stat(t, b).Nlink, 3, "nlink of the new parent")
	must(t, unix.Rename(a+"/x", b+"/x"), "rename of a file")
	mustEqual(t, stat(t, b).Nlink, 3, "nlink of the new parent")
	mustEqual(t, stat(t, b+"/d").Nlink, 2, "nlink of what moved")
}

func renameDirOverDirNlink(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	mkdir(t, a, "d")
	mkdir(t, a, "e")
	must(t, unix.Rename(a+"/d", a+"/e"), "rename")
	mustEqual(t, stat(t, a).Nlink, 3, "nlink after a rename over a sibling")
	mkdir(t, b, "e")
	must(t, unix.Rename(a+"/e", b+"/e"), "rename")
	mustEqual(t, stat(t, a).Nlink, 2, "nlink of the old parent")
	mustEqual(t, stat(t, b).Nlink, 3, "nlink of the new parent")
}

func renameOpenDir(t *testing.T, dir string) {
	d := opendir(t, mkdir(t, dir, "d"))
	must(t, unix.Rename(dir+"/d", dir+"/e"), "rename")
	fd, err := unix.Openat(d.fd, "x", exclusive, 0o644)
	must(t, err, "openat")
	adopt(t, fd)
	mustNames(t, dir+"/e", "x")
}

func renameWorkingDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	to := mkdir(t, dir, "to")
	inDir(t, d, func() {
		must(t, unix.Rename(d, to+"/e"), "rename")
		put(t, "data", "x")
		mustHold(t, to+"/e/x", "data")
		put(t, "data", "../y")
		mustHold(t, to+"/y", "data")
	})
}

func renameDeepTree(t *testing.T, dir string) {
	path := mkdir(t, dir, "tree")
	for range 50 {
		path = mkdir(t, path, "d")
	}
	put(t, "data", path, "x")
	to := mkdir(t, dir, "to")
	must(t, unix.Rename(dir+"/tree", to+"/tree"), "rename")
	mustHold(t, to+path[len(dir):]+"/x", "data")
}

// A directory may become the sibling of its parent, and then its parent's
// parent: only the present tree counts.
func renameDirUpward(t *testing.T, dir string) {
	a := mkdir(t, dir, "a")
	mkdir(t, a, "b")
	must(t, unix.Rename(a+"/b", dir+"/b"), "rename upward")
	must(t, unix.Rename(a, dir+"/b/a"), "rename under the former child")
	mustErrno(t, unix.Rename(dir+"/b", dir+"/b/a/b"), unix.EINVAL, "rename into its subtree")
	mustNames(t, dir, "b")
	mustNames(t, dir+"/b", "a")
}

func renameIntoRemovedDir(t *testing.T, dir string) {
	d := opendir(t, mkdir(t, dir, "d"))
	mkdir(t, dir, "e")
	must(t, unix.Rmdir(dir+"/d"), "rmdir")
	mustErrno(t, unix.Renameat(unix.AT_FDCWD, dir+"/e", d.fd, "e"), unix.ENOENT, "renameat")
	mustErrno(t, unix.Renameat(d.fd, "e", unix.AT_FDCWD, dir+"/f"), unix.ENOENT, "renameat")
	mustNames(t, dir, "e")
}
