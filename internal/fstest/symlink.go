//go:build linux

package fstest

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var symlinks = table{
	"SymlinkAttributes":      symlinkAttributes,
	"SymlinkKeepsTarget":     symlinkKeepsTarget,
	"SymlinkTargetLengths":   symlinkTargetLengths,
	"SymlinkEmptyTarget":     symlinkEmptyTarget,
	"SymlinkExisting":        symlinkExisting,
	"SymlinkDangling":        symlinkDangling,
	"SymlinkToItself":        symlinkToItself,
	"SymlinkChainOf40":       symlinkChainOf40,
	"SymlinkRelativeToOwn":   symlinkRelativeToOwn,
	"SymlinkInPath":          symlinkInPath,
	"SymlinkTrailingSlash":   symlinkTrailingSlash,
	"ReadlinkNotASymlink":    readlinkNotASymlink,
	"ReadlinkTruncates":      readlinkTruncates,
	"ReadlinkByDescriptor":   readlinkByDescriptor,
	"SymlinkProtectedSticky": symlinkProtectedSticky,
}

// readlink returns the whole target, which may be PATH_MAX-1 bytes long.
func readlink(t *testing.T, path string) string {
	t.Helper()
	buf := make([]byte, 2*unix.PathMax)
	n, err := unix.Readlink(path, buf)
	must(t, err, "readlink")
	return string(buf[:n])
}

func symlinkAttributes(t *testing.T, dir string) {
	withUmask(t, 0o077, func() { must(t, unix.Symlink("target", dir+"/s"), "symlink") })
	st := stat(t, dir+"/s")
	mustEqual(t, st.Mode, unix.S_IFLNK|0o777, "mode")
	mustEqual(t, st.Size, int64(len("target")), "size")
	mustEqual(t, st.Nlink, 1, "nlink")
}

// The target is a string, not a path: it is kept byte by byte.
func symlinkKeepsTarget(t *testing.T, dir string) {
	for i, target := range []string{"a", "/", "//a//b/", "../..", "./.", "with space\n", "\xff\xfe", "é", strings.Repeat("../", 100)} {
		path := dir + "/s" + strconv.Itoa(i)
		must(t, unix.Symlink(target, path), "symlink")
		mustEqual(t, readlink(t, path), target, "target")
	}
}

func symlinkTargetLengths(t *testing.T, dir string) {
	path := dir + "/s"
	for _, n := range []int{1, 59, 60, 127, 128, 255, 256, 1023, 1024, 4094, 4095} {
		target := strings.Repeat("t", n)
		must(t, unix.Symlink(target, path), "symlink to "+strconv.Itoa(n)+" bytes")
		mustEqual(t, readlink(t, path), target, "target")
		mustEqual(t, stat(t, path).Size, int64(n), "size")
		must(t, unix.Unlink(path), "unlink")
	}
	mustErrno(t, unix.Symlink(strings.Repeat("t", 4096), path), unix.ENAMETOOLONG, "symlink to 4096 bytes")
	mustNames(t, dir)
}

func symlinkEmptyTarget(t *testing.T, dir string) {
	mustErrno(t, unix.Symlink("", dir+"/s"), unix.ENOENT, "symlink to the empty string")
	mustNames(t, dir)
}

func symlinkExisting(t *testing.T, dir string) {
	for _, path := range makeEach(t, dir+"/") {
		mustErrno(t, unix.Symlink("x", path), unix.EEXIST, "symlink")
	}
	mustErrno(t, unix.Symlink("x", dir+"/new/"), unix.ENOENT, "symlink at new/")
}

func symlinkDangling(t *testing.T, dir string) {
	must(t, unix.Symlink("target", dir+"/s"), "symlink")
	_, err := unix.Open(dir+"/s", unix.O_RDONLY, 0)
	mustErrno(t, err, unix.ENOENT, "open")
	put(t, "data", dir, "target")
	mustHold(t, dir+"/s", "data")
}

func symlinkToItself(t *testing.T, dir string) {
	must(t, unix.Symlink("s", dir+"/s"), "symlink")
	must(t, unix.Symlink("b", dir+"/a"), "symlink")
	must(t, unix.Symlink("a", dir+"/b"), "symlink")
	var st unix.Stat_t
	for _, name := range []string{"/s", "/a", "/s/x", "/a/x"} {
		mustErrno(t, unix.Stat(dir+name, &st), unix.ELOOP, "stat of "+name)
	}
}

// path_resolution(7): at most 40 symbolic links in one resolution.
func symlinkChainOf40(t *testing.T, dir string) {
	put(t, "data", dir, "0")
	for i := range 41 {
		must(t, unix.Symlink(strconv.Itoa(i), dir+"/"+strconv.Itoa(i+1)), "symlink")
	}
	mustHold(t, dir+"/40", "data")
	_, err := unix.Open(dir+"/41", unix.O_RDONLY, 0)
	mustErrno(t, err, unix.ELOOP, "open through 41 symlinks")
}

func symlinkRelativeToOwn(t *testing.T, dir string) {
	a := mkdir(t, dir, "a")
	put(t, "outer", dir, "x")
	put(t, "inner", a, "x")
	must(t, unix.Symlink("x", a+"/s"), "symlink")
	must(t, unix.Symlink("../x", a+"/up"), "symlink")
	mustHold(t, a+"/s", "inner")
	mustHold(t, a+"/up", "outer")
	must(t, unix.Rename(a+"/s", dir+"/s"), "rename")
	mustHold(t, dir+"/s", "outer")
}

func symlinkInPath(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	put(t, "data", d, "x")
	must(t, unix.Symlink("d", dir+"/s"), "symlink")
	mustHold(t, dir+"/s/x", "data")
	put(t, "new", dir, "s", "y")
	mustNames(t, d, "x", "y")
	mustHold(t, dir+"/s/../d/x", "data")
}

func symlinkTrailingSlash(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	must(t, unix.Symlink("d", dir+"/s"), "symlink")
	mustEqual(t, kind(stat(t, dir+"/s/")), uint32(unix.S_IFDIR), "type of s/")
	_, err := unix.Readlink(dir+"/s/", make([]byte, 10))
	mustErrno(t, err, unix.EINVAL, "readlink of s/")
}

func readlinkNotASymlink(t *testing.T, dir string) {
	buf := make([]byte, 10)
	_, err := unix.Readlink(put(t, "", dir, "x"), buf)
	mustErrno(t, err, unix.EINVAL, "readlink of a file")
	_, err = unix.Readlink(dir, buf)
	mustErrno(t, err, unix.EINVAL, "readlink of a directory")
	_, err = unix.Readlink(dir+"/missing", buf)
	mustErrno(t, err, unix.ENOENT, "readlink of nothing")
}

// readlink(2) silently truncates to the size of the buffer.
func readlinkTruncates(t *testing.T, dir string) {
	must(t, unix.Symlink("target", dir+"/s"), "symlink")
	buf := make([]byte, 3)
	n, err := unix.Readlink(dir+"/s", buf)
	must(t, err, "readlink")
	mustEqual(t, string(buf[:n]), "tar", "target")
}

func readlinkByDescriptor(t *testing.T, dir string) {
	must(t, unix.Symlink("target", dir+"/s"), "symlink")
	f := open(t, dir+"/s", unix.O_PATH|unix.O_NOFOLLOW, 0)
	must(t, unix.Unlink(dir+"/s"), "unlink")
	buf := make([]byte, 10)
	n, err := unix.Readlinkat(f.fd, "", buf)
	must(t, err, "readlinkat")
	mustEqual(t, string(buf[:n]), "target", "target")
}

// In a sticky directory that all may write to, only one's own symlinks are
// followed if fs.protected_symlinks is on, proc_sys_fs(5).
func symlinkProtectedSticky(t *testing.T, dir string) {
	needRoot(t)
	if !sysctlOn(t, "/proc/sys/fs/protected_symlinks") {
		t.Skip("fs.protected_symlinks is off on this machine")
	}
	put(t, "data", dir, "x")
	must(t, unix.Chmod(dir+"/x", 0o644), "chmod")
	s := mkdir(t, dir, "sticky")
	must(t, unix.Chmod(s, 0o1777), "chmod")
	must(t, unix.Chown(s, bobUID, bobGID), "chown")
	asAlice(t, func() {
		must(t, unix.Symlink("../x", s+"/s"), "symlink")
		mustHold(t, s+"/s", "data")
	})
	_, err := unix.Open(s+"/s", unix.O_RDONLY, 0)
	mustErrno(t, err, unix.EACCES, "following another's symlink")
}

// sysctlOn reports whether the kernel setting is other than zero.
func sysctlOn(t *testing.T, path string) bool {
	t.Helper()
	value, err := os.ReadFile(path)
	must(t, err, "reading a sysctl")
	return strings.TrimSpace(string(value)) != "0"
}
