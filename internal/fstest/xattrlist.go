//go:build linux

package fstest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var xattrLists = table{
	"XattrList":      xattrList,
	"XattrListSize":  xattrListSize,
	"XattrListRange": xattrListRange,
	"XattrMany":      xattrMany,
}

// listxattr returns the sorted names of the user's and trusted attributes; a
// security module may show its own besides.
func listxattr(t *testing.T, path string) []string {
	t.Helper()
	buf := make([]byte, 65536)
	n, err := unix.Llistxattr(path, buf)
	must(t, err, "llistxattr")
	var all []string
	for name := range bytes.SplitSeq(buf[:n], []byte{0}) {
		if bytes.HasPrefix(name, []byte("user.")) || bytes.HasPrefix(name, []byte("trusted.")) {
			all = append(all, string(name))
		}
	}
	slices.Sort(all)
	return all
}

func xattrList(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustEqual(t, len(listxattr(t, path)), 0, "attributes")
	want := []string{"user.a", "user.a.b", "user.z"}
	for _, name := range want {
		setxattr(t, path, name, "v")
	}
	if got := listxattr(t, path); !slices.Equal(got, want) {
		t.Fatalf("attributes = %q, want %q", got, want)
	}
}

// listxattr(2) with no buffer tells the size, which counts each name's NUL.
func xattrListSize(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	empty, err := unix.Listxattr(path, nil)
	must(t, err, "listxattr")
	setxattr(t, path, "user.key", "v")
	n, err := unix.Listxattr(path, nil)
	must(t, err, "listxattr")
	mustEqual(t, n-empty, len("user.key")+1, "size of one name")
}

func xattrListRange(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.key", "v")
	n, err := unix.Listxattr(path, nil)
	must(t, err, "listxattr")
	_, err = unix.Listxattr(path, make([]byte, n-1))
	mustErrno(t, err, unix.ERANGE, "listxattr into a small buffer")
	_, err = unix.Listxattr(path, make([]byte, n))
	must(t, err, "listxattr into a buffer that just fits")
}

func xattrMany(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	want := numbered("user.k", 200)
	for _, name := range want {
		setxattr(t, path, name, strings.Repeat(name, 3))
	}
	if got := listxattr(t, path); !slices.Equal(got, want) {
		t.Fatalf("%d attributes, want %d", len(got), len(want))
	}
	for _, name := range want {
		mustXattr(t, path, name, strings.Repeat(name, 3))
	}
}
