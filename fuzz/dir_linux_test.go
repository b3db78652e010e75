package fuzz

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// mustParse returns the program of a trace without limits.
func mustParse(t *testing.T, ops string) Program {
	t.Helper()
	p, err := Parse("limits blocks=64 inodes=32 atime=0\n" + ops)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRunAtStaysInside has programs try to reach what is outside of the directory.
func TestRunAtStaysInside(t *testing.T) {
	base := t.TempDir()
	dir, outside := filepath.Join(base, "dir"), filepath.Join(base, "outside")
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(outside, []byte("data"), 0o640)); err != nil {
		t.Fatal(err)
	}
	p := mustParse(t, `
1 lookup root ".."
2 setattr #1 set=mode mode=0
3 unlink root "../outside"
4 symlink root "a" "../outside"
5 write #4 size=1
6 setattr #4 set=mode|uid mode=0 uid=1
7 mknod #4 "b" mode=0644
8 rename root "../outside" root "c"
9 mkdir root "a/../../d" mode=0755
10 lookup root "a"
11 readlink #10
`)
	res, err := RunAt(context.Background(), dir, p)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(outside)
	st, err2 := os.Stat(outside)
	list, err3 := os.ReadDir(base)
	if err := errors.Join(err, err2, err3); err != nil || string(data) != "data" || st.Mode() != 0o640 || len(list) != 2 {
		t.Errorf("%v, %q, %v, %v after\n%s", err, data, st.Mode(), list, res.Trace(p))
	}
	if got := res.Ops[10].Get("target"); got != "../outside" {
		t.Errorf("the target is %q", got)
	}
	if list, err := os.ReadDir(dir); len(list) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", list, err)
	}
}

// TestRunAtCleansUp has a program leave a directory as hard to remove as it can,
// be ended before its end, and be refused.
func TestRunAtCleansUp(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	p := mustParse(t, `
1 mkdir root "a" mode=0700
2 mkdir #1 "b" mode=0700
3 mknod #2 "c" mode=0600
4 symlink #2 "d" "c"
5 mknod #2 "e" mode=010600
6 setattr #3 set=mode
7 setattr #2 set=mode
8 setattr #1 set=mode
9 setattr root set=mode|mtime mtime=1
10 setxattr root "user.a" size=10
11 readdir root count=1
`)
	asItWas := func() {
		t.Helper()
		var st unix.Stat_t
		if err := unix.Stat(dir, &st); err != nil || st.Mode&permissions != 0o750 || st.Mtim.Sec < 1e9 {
			t.Errorf("%v, %+v", err, st)
		}
		list, err := os.ReadDir(dir)
		if n, _ := unix.Listxattr(dir, nil); len(list) > 0 || err != nil || n > 0 {
			t.Errorf("left behind: %v, %v, %d bytes of names of xattrs", list, err, n)
		}
	}
	if _, err := RunAt(context.Background(), dir, p); err != nil {
		t.Error(err)
	}
	asItWas()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if res, err := RunAt(ctx, dir, p); err != context.Canceled {
		t.Errorf("%v, %v", res, err)
	}
	asItWas()

	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := RunAt(context.Background(), dir, p); !errors.Is(err, unix.ENOTEMPTY) || !strings.Contains(err.Error(), dir) {
		t.Errorf("not empty: %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// TestCompare has it see a difference in each place that it looks in.
func TestCompare(t *testing.T) {
	p := mustParse(t, "1 mknod root \"a\"\n2 read #1 size=3")
	results := func() *Results {
		return &Results{
			Ops:  []Answer{{{"mode", "100644"}, {"nlink", "1"}}, {{"count", "3"}, {keyData, "abc"}}},
			Tree: []Seen{{".", Answer{{"size", "40"}}}, {"a", Answer{{"size", "3"}}}},
		}
	}
	if f := Compare(p, results(), results(), nil); f != nil {
		t.Errorf("of the same: %v", f)
	}
	for want, change := range map[string]func(r *Results){
		"operation 1: nlink: 2, want 1":                                    func(r *Results) { r.Ops[0][1].Value = "2" },
		"operation 1: mode: none, want 100644":                             func(r *Results) { r.Ops[0] = r.Ops[0][1:] },
		"operation 1: rdev: 5, want none":                                  func(r *Results) { r.Ops[0] = append(r.Ops[0], Field{"rdev", "5"}) },
		"operation 2: errno: EIO, want none":                               func(r *Results) { r.Ops[1] = Answer{{keyErrno, "EIO"}} },
		"operation 2: data: byte 1 of 3 is 0x78, want 0x62":                func(r *Results) { r.Ops[1][1].Value = "axc" },
		`at the end: tree: of "a": not there, want none`:                   func(r *Results) { r.Tree = r.Tree[:1] },
		`at the end: tree: of "b": none, want not there`:                   func(r *Results) { r.Tree = append(r.Tree, Seen{"b", nil}) },
		`at the end: size: of "a": 4, want 3`:                              func(r *Results) { r.Tree[1].Answer = Answer{{keySize, "4"}} },
		`at the end: left: of "when everything was removed": 1, want none`: func(r *Results) { r.Left = Answer{{"left", "1"}} },
	} {
		got := results()
		change(got)
		f := Compare(p, got, results(), nil)
		if f == nil || f.Error() != want {
			t.Errorf("%v, want %s", f, want)
		}
		if f := Compare(p, got, results(), func(*Difference) bool { return true }); f != nil {
			t.Errorf("known: %v", f)
		}
	}
}

// TestTargetLearns has a directory that does not support something.
func TestTargetLearns(t *testing.T) {
	target, err := NewTarget(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := mustParse(t, `
1 rename root "a" root "b" flags=exchange
2 rename root "a" root "b" flags=noreplace
3 rename root "a" root "b"
4 setxattr root "user.a"
5 getxattr root "user.b"
6 setxattr root "trusted.a"
7 mkdir root "a"
`)
	without := func(number int, got, want string) (out []int) {
		target.without = nil
		target.learns(&p.Ops[number-1], Answer{{keyErrno, got}}, Answer{{keyErrno, want}})
		for k := range p.Ops {
			if target.leftOut(&p.Ops[k], p.Ops[:k]) {
				out = append(out, k+1)
			}
		}
		return out
	}
	for _, c := range []struct {
		number    int
		got, want string
		out       []int
	}{
		{1, "EINVAL", "ENOENT", []int{1}},
		{1, "EINVAL", "EINVAL", nil},
		{1, "EPERM", "ENOENT", nil},
		{3, "EINVAL", "ENOENT", nil},
		{5, "ENOTSUP", "ENODATA", []int{4, 5}},
		{7, "ENOTSUP", "", nil},
	} {
		if out := without(c.number, c.got, c.want); !slices.Equal(out, c.out) {
			t.Errorf("%v: left out: %v", c, out)
		}
	}
}
