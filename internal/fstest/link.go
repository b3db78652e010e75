//go:build linux

package fstest

import (
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

var links = table{
	"LinkIsSameFile":           linkIsSameFile,
	"LinkSharesData":           linkSharesData,
	"LinkSharesAttributes":     linkSharesAttributes,
	"LinkOutlivesOriginal":     linkOutlivesOriginal,
	"LinkDir":                  linkDir,
	"LinkExisting":             linkExisting,
	"LinkMissing":              linkMissing,
	"LinkAcrossDirs":           linkAcrossDirs,
	"LinkSymlinkItself":        linkSymlinkItself,
	"LinkFollowsWithFlag":      linkFollowsWithFlag,
	"LinkSpecialFiles":         linkSpecialFiles,
	"LinkTrailingSlash":        linkTrailingSlash,
	"LinkMany":                 linkMany,
	"LinkProtectedForeignFile": linkProtectedForeignFile,
	"LinkUnlinkedThroughProc":  linkUnlinkedThroughProc,
}

// procFD names an open file by its descriptor. The link in /proc is magic: it
// leads to the file even when it has no name.
func procFD(f *file) string { return "/proc/self/fd/" + strconv.Itoa(f.fd) }

func linkIsSameFile(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Link(path, dir+"/y"), "link")
	mustEqual(t, stat(t, dir+"/y"), stat(t, path), "attributes")
	mustEqual(t, stat(t, path).Nlink, 2, "nlink")
	must(t, unix.Unlink(dir+"/y"), "unlink")
	mustEqual(t, stat(t, path).Nlink, 1, "nlink")
}

func linkSharesData(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Link(path, dir+"/y"), "link")
	f := open(t, path, unix.O_WRONLY|unix.O_APPEND, 0)
	f.write(t, []byte("+more"))
	mustHold(t, dir+"/y", "data+more")
	must(t, unix.Truncate(dir+"/y", 2), "truncate")
	mustHold(t, path, "da")
	mustEqual(t, f.stat(t).Size, 2, "size")
}

func linkSharesAttributes(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Link(path, dir+"/y"), "link")
	must(t, unix.Chmod(dir+"/y", 0o604), "chmod")
	mustEqual(t, perm(stat(t, path)), 0o604, "mode by the other name")
	ts := []unix.Timespec{{Sec: 1}, {Sec: 2}}
	must(t, unix.UtimesNanoAt(unix.AT_FDCWD, path, ts, 0), "utimensat")
	mustEqual(t, stat(t, dir+"/y").Mtim.Sec, 2, "mtime by the other name")
}

func linkOutlivesOriginal(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Link(path, dir+"/y"), "link")
	must(t, unix.Unlink(path), "unlink")
	mustNames(t, dir, "y")
	mustHold(t, dir+"/y", "data")
	mustEqual(t, stat(t, dir+"/y").Nlink, 1, "nlink")
}

func linkDir(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	mustErrno(t, unix.Link(dir+"/d", dir+"/e"), unix.EPERM, "link of a directory")
	mustEqual(t, stat(t, dir+"/d").Nlink, 2, "nlink")
}

func linkExisting(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	put(t, "", dir, "file")
	mkdir(t, dir, "d")
	must(t, unix.Symlink("missing", dir+"/s"), "symlink")
	for _, to := range []string{"/file", "/d", "/s", "/x", "/.", "/.."} {
		mustErrno(t, unix.Link(path, dir+to), unix.EEXIST, "link to "+to)
	}
	mustEqual(t, stat(t, path).Nlink, 1, "nlink")
}

func linkMissing(t *testing.T, dir string) {
	put(t, "", dir, "x")
	mustErrno(t, unix.Link(dir+"/missing", dir+"/y"), unix.ENOENT, "link of nothing")
	mustErrno(t, unix.Link(dir+"/x", dir+"/missing/y"), unix.ENOENT, "link into nothing")
	mustErrno(t, unix.Link(dir+"/x", dir+"/x/y"), unix.ENOTDIR, "link into a file")
}

func linkAcrossDirs(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	put(t, "data", a, "x")
	must(t, unix.Link(a+"/x", b+"/y"), "link")
	mustHold(t, b+"/y", "data")
	mustEqual(t, stat(t, a).Nlink, 2, "nlink of the directory") // files do not count
}

func linkSymlinkItself(t *testing.T, dir string) {
	must(t, unix.Symlink("missing", dir+"/s"), "symlink")
	must(t, unix.Link(dir+"/s", dir+"/t"), "link")
	mustEqual(t, readlink(t, dir+"/t"), "missing", "target")
	mustEqual(t, stat(t, dir+"/s").Nlink, 2, "nlink")
}

func linkFollowsWithFlag(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	must(t, unix.Linkat(unix.AT_FDCWD, dir+"/s", unix.AT_FDCWD, dir+"/y", unix.AT_SYMLINK_FOLLOW), "linkat")
	mustEqual(t, stat(t, dir+"/y").Ino, stat(t, path).Ino, "inode")
}

func linkSpecialFiles(t *testing.T, dir string) {
	must(t, unix.Mkfifo(dir+"/p", 0o600), "mkfifo")
	must(t, unix.Mknod(dir+"/s", unix.S_IFSOCK|0o600, 0), "mknod")
	for _, name := range []string{"/p", "/s"} {
		must(t, unix.Link(dir+name, dir+name+"2"), "link")
		mustEqual(t, stat(t, dir+name).Nlink, 2, "nlink")
	}
}

func linkTrailingSlash(t *testing.T, dir string) {
	put(t, "", dir, "x")
	mustErrno(t, unix.Link(dir+"/x", dir+"/y/"), unix.ENOENT, "link to y/")
	mustErrno(t, unix.Link(dir+"/x/", dir+"/y"), unix.ENOTDIR, "link of x/")
}

func linkMany(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	all := numbered("l", 500)
	for _, name := range all {
		must(t, unix.Link(path, dir+"/"+name), "link")
	}
	mustEqual(t, int(stat(t, path).Nlink), 501, "nlink")
	for _, name := range all {
		must(t, unix.Unlink(dir+"/"+name), "unlink")
	}
	mustEqual(t, stat(t, path).Nlink, 1, "nlink")
}

// Without write access to a file nobody else can link it, if the sysctl
// fs.protected_hardlinks is on, proc_sys_fs(5).
func linkProtectedForeignFile(t *testing.T, dir string) {
	needRoot(t)
	if !sysctlOn(t, "/proc/sys/fs/protected_hardlinks") {
		t.Skip("fs.protected_hardlinks is off on this machine")
	}
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0o644), "chmod")
	asAlice(t, func() {
		mustErrno(t, unix.Link(path, dir+"/y"), unix.EPERM, "link")
	})
}

// linkat(2): a file whose link count has reached zero cannot get a name again,
// unless it was made with O_TMPFILE.
func linkUnlinkedThroughProc(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	err := unix.Linkat(unix.AT_FDCWD, procFD(f), unix.AT_FDCWD, dir+"/y", unix.AT_SYMLINK_FOLLOW)
	mustErrno(t, err, unix.ENOENT, "linkat of an unlinked file")
	mustNames(t, dir)
}
