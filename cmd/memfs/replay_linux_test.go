package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const aTrace = `// A comment.
limits blocks=64 inodes=32 atime=0
1 mkdir root "a" mode=0755
2 mknod #1 "b" mode=0644 uid=1000 gid=1000
3 mknod #1 "b" mode=0644
4 write #3 size=10
5 setattr root set=mode|mtime mode=0700 mtime=1
6 setxattr root "user.a" size=10
7 unlink #1 "absent"
`

// writeTrace returns a file with a trace.
func writeTrace(t *testing.T, trace string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace")
	if err := os.WriteFile(file, []byte(trace), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// asFound returns what checks that a directory has the attributes that it has
// now, but for what looking changes, and is empty.
func asFound(t *testing.T, dir string) func() {
	stat := func() (st unix.Stat_t) {
		if err := unix.Stat(dir, &st); err != nil {
			t.Fatal(err)
		}
		st.Atim, st.Ctim, st.Size, st.Blocks = unix.Timespec{}, unix.Timespec{}, 0, 0
		return st
	}
	before := stat()
	return func() {
		t.Helper()
		if after := stat(); after != before {
			t.Errorf("%s was %+v, and is %+v", dir, before, after)
		}
		if list, err := os.ReadDir(dir); len(list) > 0 || err != nil {
			t.Errorf("in %s is %v, %v", dir, list, err)
		}
		if n, err := unix.Listxattr(dir, nil); n > 0 {
			t.Errorf("%s has extended attributes: %d, %v", dir, n, err)
		}
	}
}

func TestReplay(t *testing.T) {
	requireRoot(t)
	dir := t.TempDir()
	check := asFound(t, dir)
	r := runMemfs(t, "replay", writeTrace(t, aTrace), dir)
	for _, want := range []string{
		`1 mkdir root "a" mode=0755  // mode=40755 nlink=2 uid=0`,
		`2 mknod #1 "b" mode=0644 uid=1000 gid=1000  // EACCES`,
		`4 write #3 size=10  // count=10`,
		`7 unlink #1 "absent"  // ENOENT`,
		`// at the end "a/b": mode=100644 nlink=1 uid=0 gid=0 size=10`,
	} {
		if !strings.Contains(r.stdout, "\n"+want) {
			t.Errorf("%q is missing", want)
		}
	}
	if r.status != 0 || r.stderr != "" || t.Failed() {
		t.Errorf("%+v", r)
	}
	check()
}

func TestReplayAgainst(t *testing.T) {
	dir := newDir(t)
	must(t, "mount", dir)
	defer must(t, "umount", dir)
	trace := writeTrace(t, "limits blocks=1 inodes=3 atime=0\n1 mknod root \"a\" mode=0644\n2 fallocate #1 flags=zero_range size=4096\n")

	other := newDir(t)
	must(t, "mount", other)
	defer must(t, "umount", other)
	for _, d := range []string{dir, other} {
		defer asFound(t, d)()
	}
	if r := runMemfs(t, "replay", "--against", other, trace, dir); r.status != 0 || r.stderr != "" {
		t.Errorf("%+v", r)
	}
	if tmpfs := "/dev/shm"; exists(tmpfs) {
		shm, err := os.MkdirTemp(tmpfs, "memfs")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(shm)
		defer asFound(t, shm)()
		r := runMemfs(t, "replay", "-a", shm, trace, dir)
		if want := "memfs: " + dir + ": operation 2: errno: none, want ENOTSUP\n"; r.status != exitFailure || r.stderr != want {
			t.Errorf("got %+v, want %q", r, want)
		}
	}
}

func TestReplayFailures(t *testing.T) {
	dir, full := t.TempDir(), t.TempDir()
	if err := os.WriteFile(full+"/file", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	check := asFound(t, dir)
	good := writeTrace(t, aTrace)
	for _, c := range []struct{ file, dir, want string }{
		{dir + "/missing", dir, dir + "/missing: no such file or directory; FILE is a trace"},
		{dir, dir, dir + ": is a directory; FILE is a trace"},
		{good, dir + "/missing", dir + "/missing: no such directory; create an empty one: mkdir"},
		{good, full + "/file", full + "/file: not a directory; DIR must be an empty directory"},
		{good, full, full + ": directory not empty; DIR must be an empty directory"},
	} {
		runMemfs(t, "replay", c.file, c.dir).fails(t, exitFailure, c.want)
	}
	for trace, want := range map[string]string{
		"":                    "no limits",
		"rubbish":             "line 1: want limits blocks=N",
		aTrace + "8 remove":   `line 10: "remove" is no operation`,
		aTrace + "9 statfs":   `line 10: "9": want the number of the operation, 8`,
		aTrace + "8 statfs x": `line 10: "x" is too much`,
	} {
		file := writeTrace(t, trace)
		runMemfs(t, "replay", file, dir).fails(t, exitFailure, file+": "+want)
	}
	runMemfs(t, "replay", "-a", full, good, dir).fails(t, exitFailure, full+": directory not empty")
	check()
}
