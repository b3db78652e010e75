//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var statfses = table{
	"StatfsNumbers":        statfsNumbers,
	"StatfsOfAnyFile":      statfsOfAnyFile,
	"StatfsMissing":        statfsMissing,
	"StatfsAfterUnlinked":  statfsAfterUnlinked,
	"StatfsSyncfsSucceeds": statfsSyncfsSucceeds,
}

func statfs(t *testing.T, path string) unix.Statfs_t {
	t.Helper()
	var fs unix.Statfs_t
	must(t, unix.Statfs(path, &fs), "statfs")
	return fs
}

func statfsNumbers(t *testing.T, dir string) {
	fs := statfs(t, dir)
	mustEqual(t, fs.Namelen, 255, "namelen")
	if n := int64(fs.Bsize); n < 512 || n&(n-1) != 0 {
		t.Fatalf("bsize = %d", n)
	}
	mustEqual(t, fs.Frsize, fs.Bsize, "frsize")
	if fs.Bfree > fs.Blocks || fs.Bavail > fs.Bfree || fs.Ffree > fs.Files {
		t.Fatalf("more free than there is: %+v", fs)
	}
}

func statfsOfAnyFile(t *testing.T, dir string) {
	want := statfs(t, dir)
	for _, path := range makeEach(t, dir+"/") {
		if kind(stat(t, path)) == unix.S_IFLNK {
			continue // it would be followed
		}
		fs := statfs(t, path)
		mustEqual(t, fs.Type, want.Type, "type")
		mustEqual(t, fs.Blocks, want.Blocks, "blocks")
		mustEqual(t, fs.Files, want.Files, "files")
	}
}

func statfsMissing(t *testing.T, dir string) {
	var fs unix.Statfs_t
	mustErrno(t, unix.Statfs(dir+"/missing", &fs), unix.ENOENT, "statfs")
	put(t, "", dir, "x")
	mustErrno(t, unix.Statfs(dir+"/x/y", &fs), unix.ENOTDIR, "statfs")
}

func statfsAfterUnlinked(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	var fs unix.Statfs_t
	must(t, unix.Fstatfs(f.fd, &fs), "fstatfs")
	mustEqual(t, fs.Blocks, statfs(t, dir).Blocks, "blocks")
}

func statfsSyncfsSucceeds(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	must(t, unix.Syncfs(opendir(t, dir).fd), "syncfs")
}
