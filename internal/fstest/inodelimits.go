//go:build linux

package fstest

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var inodeLimits = table{
	"LimitInodesOfEachKind":       limitInodesOfEachKind,
	"LimitInodesGivenBack":        limitInodesGivenBack,
	"LimitLinksTakeInodes":        limitLinksTakeInodes,
	"LimitInodesFailureIsNoTrace": limitInodesFailureIsNoTrace,
	"LimitInodesRenameNeedsNone":  limitInodesRenameNeedsNone,
	"LimitInodesSpaceIsApart":     limitInodesSpaceIsApart,
	"LimitInodesOfUnlinkedOpen":   limitInodesOfUnlinkedOpen,
	"LimitLongSymlinkTakesBlock":  limitLongSymlinkTakesBlock,
	"LimitLongSymlinkWhenFull":    limitLongSymlinkWhenFull,
	"LimitXattrTakesInodeSpace":   limitXattrTakesInodeSpace,
	"LimitDirsTakeNoBlocks":       limitDirsTakeNoBlocks,
	"LimitInodesOpenExisting":     limitInodesOpenExisting,
}

// exhaust makes empty files until there are no inodes left.
func exhaust(t *testing.T, dir string) []string {
	t.Helper()
	all := numbered("x", limitInodes-2)
	populate(t, dir, all)
	mustEqual(t, statfs(t, dir).Ffree, 0, "free inodes")
	return all
}

func limitInodesOfEachKind(t *testing.T, dir string) {
	settled(t, dir)
	all := exhaust(t, dir)
	path := dir + "/new"
	_, err := unix.Open(path, exclusive, 0o644)
	mustErrno(t, err, unix.ENOSPC, "open with O_CREAT")
	mustErrno(t, unix.Mkdir(path, 0o777), unix.ENOSPC, "mkdir")
	mustErrno(t, unix.Mknod(path, unix.S_IFREG|0o644, 0), unix.ENOSPC, "mknod")
	mustErrno(t, unix.Mkfifo(path, 0o644), unix.ENOSPC, "mkfifo")
	mustErrno(t, unix.Symlink("x", path), unix.ENOSPC, "symlink")
	mustErrno(t, unix.Link(dir+"/"+all[0], path), unix.ENOSPC, "link")
	mustNames(t, dir, all...)
}

func limitInodesGivenBack(t *testing.T, dir string) {
	fs := settled(t, dir)
	all := exhaust(t, dir)
	for _, name := range all {
		must(t, unix.Unlink(dir+"/"+name), "unlink")
	}
	awaitFree(t, dir, fs.Bfree, fs.Ffree)
	exhaust(t, dir)
	must(t, unix.Unlink(dir+"/"+all[0]), "unlink")
	awaitFree(t, dir, fs.Bfree, 1)
	must(t, unix.Mkdir(dir+"/"+all[0], 0o777), "mkdir")
	must(t, unix.Rmdir(dir+"/"+all[0]), "rmdir")
	awaitFree(t, dir, fs.Bfree, 1)
	must(t, unix.Symlink("x", dir+"/"+all[0]), "symlink")
}

// tmpfs takes an inode for each further name of a file, because each holds a
// directory entry in memory.
func limitLinksTakeInodes(t *testing.T, dir string) {
	fs := settled(t, dir)
	path := put(t, "", dir, "x")
	must(t, unix.Link(path, dir+"/y"), "link")
	must(t, unix.Link(path, dir+"/z"), "link")
	awaitFree(t, dir, fs.Bfree, fs.Ffree-3)
	must(t, unix.Unlink(path), "unlink")
	awaitFree(t, dir, fs.Bfree, fs.Ffree-2)
	must(t, unix.Rename(dir+"/y", dir+"/z"), "rename over a link of the same file")
	awaitFree(t, dir, fs.Bfree, fs.Ffree-2)
	must(t, unix.Unlink(dir+"/y"), "unlink")
	must(t, unix.Unlink(dir+"/z"), "unlink")
	awaitFree(t, dir, fs.Bfree, fs.Ffree)
}

func limitInodesFailureIsNoTrace(t *testing.T, dir string) {
	settled(t, dir)
	exhaust(t, dir)
	w := watchTimes(t, dir)
	nlink := stat(t, dir).Nlink
	mustErrno(t, unix.Mkdir(dir+"/new", 0o777), unix.ENOSPC, "mkdir")
	_, err := unix.Open(dir+"/new", exclusive, 0o644)
	mustErrno(t, err, unix.ENOSPC, "open with O_CREAT")
	mustNotExist(t, dir+"/new")
	mustEqual(t, stat(t, dir).Nlink, nlink, "nlink")
	w.mustMove(t, 0, 0, "failure")
}

func limitInodesRenameNeedsNone(t *testing.T, dir string) {
	settled(t, dir)
	all := exhaust(t, dir)
	must(t, unix.Rename(dir+"/"+all[0], dir+"/new"), "rename")
	must(t, unix.Rename(dir+"/new", dir+"/"+all[1]), "rename over a file")
	awaitFree(t, dir, statfs(t, dir).Bfree, 1)
}

// Data needs no inodes, and files no blocks.
func limitInodesSpaceIsApart(t *testing.T, dir string) {
	fs := settled(t, dir)
	all := exhaust(t, dir)
	mustEqual(t, statfs(t, dir).Bfree, fs.Bfree, "free blocks")
	f := open(t, dir+"/"+all[0], unix.O_RDWR, 0)
	mustEqual(t, fillUp(t, f), limitBytes, "bytes that fitted")
}

func limitInodesOfUnlinkedOpen(t *testing.T, dir string) {
	fs := settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	mustEqual(t, statfs(t, dir).Ffree, fs.Ffree-1, "free inodes while an unlinked file is open")
	f.close(t)
	awaitFree(t, dir, fs.Bfree, fs.Ffree)
}

// tmpfs keeps a target of up to 127 bytes in the inode; a longer one takes a
// page.
func limitLongSymlinkTakesBlock(t *testing.T, dir string) {
	fs := settled(t, dir)
	must(t, unix.Symlink(strings.Repeat("t", 127), dir+"/short"), "symlink")
	awaitFree(t, dir, fs.Bfree, fs.Ffree-1)
	must(t, unix.Symlink(strings.Repeat("t", 128), dir+"/long"), "symlink")
	awaitFree(t, dir, fs.Bfree-1, fs.Ffree-2)
	must(t, unix.Unlink(dir+"/long"), "unlink")
	awaitFree(t, dir, fs.Bfree, fs.Ffree-1)
}

func limitLongSymlinkWhenFull(t *testing.T, dir string) {
	fs := settled(t, dir)
	fillUp(t, open(t, dir+"/full", exclusive, 0o644))
	must(t, unix.Symlink(strings.Repeat("t", 127), dir+"/short"), "symlink")
	mustErrno(t, unix.Symlink(strings.Repeat("t", 128), dir+"/long"), unix.ENOSPC, "symlink")
	mustNames(t, dir, "full", "short")
	awaitFree(t, dir, 0, fs.Ffree-2)
}

// tmpfs charges user attributes to the inodes, of which each stands for 1 KiB.
func limitXattrTakesInodeSpace(t *testing.T, dir string) {
	fs := settled(t, dir)
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.k", string(fill(4096)))
	if got := statfs(t, dir).Ffree; got > fs.Ffree-1-4 {
		t.Fatalf("%d free inodes with an attribute of 4 KiB, %d before", got, fs.Ffree)
	}
	mustErrno(t, unix.Setxattr(path, "user.l", fill(65536), 0), unix.ENOSPC, "setxattr of more than all inodes")
	_, err := getxattr(path, "user.l")
	mustErrno(t, err, unix.ENODATA, "getxattr")
	must(t, unix.Removexattr(path, "user.k"), "removexattr")
	awaitFree(t, dir, fs.Bfree, fs.Ffree-1)
}

func limitDirsTakeNoBlocks(t *testing.T, dir string) {
	fs := settled(t, dir)
	d := mkdir(t, dir, "d")
	populate(t, d, numbered("x", 20))
	awaitFree(t, dir, fs.Bfree, fs.Ffree-21)
}

// O_CREAT of a file that exists needs no inode.
func limitInodesOpenExisting(t *testing.T, dir string) {
	settled(t, dir)
	all := exhaust(t, dir)
	open(t, dir+"/"+all[0], unix.O_CREAT|unix.O_RDWR, 0o644)
	open(t, dir+"/"+all[0], unix.O_CREAT|unix.O_TRUNC|unix.O_RDWR, 0o644)
}
