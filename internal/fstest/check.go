//go:build linux

package fstest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// must ends the test if the operation called op failed.
func must(t *testing.T, err error, op string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", op, err)
	}
}

// mustErrno ends the test unless the operation called op failed with want.
func mustErrno(t *testing.T, err error, want unix.Errno, op string) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s succeeded, want %s", op, unix.ErrnoName(want))
	}
	var got unix.Errno
	if !errors.As(err, &got) {
		t.Fatalf("%s: %v, want %s", op, err, unix.ErrnoName(want))
	}
	if got != want {
		t.Fatalf("%s: %s (%v), want %s", op, unix.ErrnoName(got), got, unix.ErrnoName(want))
	}
}

// mustEqual ends the test unless got is want.
func mustEqual[T comparable](t *testing.T, got, want T, what string) {
	t.Helper()
	if got != want {
		t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

// mustData ends the test unless got and want are the same bytes. It shows
// where they part rather than all of them.
func mustData(t *testing.T, got, want []byte, what string) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	n := min(len(got), len(want))
	i := 0
	for i < n && got[i] == want[i] {
		i++
	}
	if i < n {
		t.Fatalf("%s: byte %d of %d is %#x, want %#x", what, i, len(got), got[i], want[i])
	}
	t.Fatalf("%s: %d bytes, want %d", what, len(got), len(want))
}

// mustNames ends the test unless dir holds exactly the names given.
func mustNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	got := names(t, dir)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("entries of %s: %q, want %q", dir, got, want)
	}
}

// needRoot skips a behaviour that only a privileged process can show.
func needRoot(t *testing.T) {
	t.Helper()
	if unix.Geteuid() != 0 {
		t.Skip("needs root: the behaviour involves other users or device files")
	}
}

// needKernel skips a behaviour that an older kernel has not.
func needKernel(t *testing.T, major, minor int) {
	t.Helper()
	var name unix.Utsname
	must(t, unix.Uname(&name), "uname")
	release := unix.ByteSliceToString(name.Release[:])
	var a, b int
	_, err := fmt.Sscanf(release, "%d.%d", &a, &b)
	must(t, err, "reading the release of the kernel")
	if a < major || a == major && b < minor {
		t.Skipf("needs Linux %d.%d, this is %s", major, minor, release)
	}
}

// pageSize is the unit in which the page cache and tmpfs work.
var pageSize = unix.Getpagesize()

// fill returns n bytes none of which is zero and whose pattern repeats with a
// period that divides no block size, so that misplaced blocks show.
func fill(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(1 + i%251)
	}
	return b
}
