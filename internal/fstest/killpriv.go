//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// The set-id bits of a file must not outlive a change of what they vouch for.
var killPrivs = table{
	"SetIDClearedByWrite":              setIDClearedByWrite,
	"SetIDClearedByOwnersWrite":        setIDClearedByOwnersWrite,
	"SetIDClearedByTruncate":           setIDClearedByTruncate,
	"SetIDClearedByFallocate":          setIDClearedByFallocate,
	"SetIDKeptByRootWrite":             setIDKeptByRootWrite,
	"SetIDKeptByRead":                  setIDKeptByRead,
	"SetIDClearedByChown":              setIDClearedByChown,
	"SetIDClearedByRootChown":          setIDClearedByRootChown,
	"SetIDClearedByOwnersChgrp":        setIDClearedByOwnersChgrp,
	"SetIDOfDirKeptByChown":            setIDOfDirKeptByChown,
	"SetGIDWithoutGroupExecute":        setGIDWithoutGroupExecute,
	"SetIDClearedByTruncatingOpen":     setIDClearedByTruncatingOpen,
	"SetIDOfExecutableKeptByRename":    setIDOfExecutableKeptByRename,
	"SetIDClearedByWriteThroughOldFDs": setIDClearedByWriteThroughOldFDs,
}

// setIDFile makes a file of mode 6777 that belongs to alice.
func setIDFile(t *testing.T, dir string) string {
	t.Helper()
	needRoot(t)
	path := put(t, "data", dir, "x")
	must(t, unix.Chown(path, aliceUID, aliceGID), "chown")
	must(t, unix.Chmod(path, 0o6777), "chmod")
	return path
}

func setIDClearedByWrite(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	asBob(t, func() {
		f := open(t, path, unix.O_WRONLY, 0)
		mustEqual(t, perm(f.stat(t)), 0o6777, "mode before")
		f.write(t, []byte("X"))
		mustEqual(t, perm(f.stat(t)), 0o777, "mode")
	})
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}

func setIDClearedByOwnersWrite(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	asAlice(t, func() {
		f := open(t, path, unix.O_WRONLY, 0)
		f.write(t, []byte("X"))
	})
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}

func setIDClearedByTruncate(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	asBob(t, func() {
		must(t, unix.Truncate(path, 1), "truncate")
	})
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}

func setIDClearedByFallocate(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	asBob(t, func() {
		f := open(t, path, unix.O_WRONLY, 0)
		must(t, unix.Fallocate(f.fd, 0, 0, int64(pageSize)), "fallocate")
	})
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}

// CAP_FSETID, which root has, keeps the bits.
func setIDKeptByRootWrite(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	f := open(t, path, unix.O_WRONLY, 0)
	f.write(t, []byte("X"))
	mustEqual(t, perm(stat(t, path)), 0o6777, "mode")
}

func setIDKeptByRead(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	asBob(t, func() {
		mustData(t, open(t, path, unix.O_RDWR, 0).pread(t, 10, 0), []byte("data"), "data")
	})
	mustEqual(t, perm(stat(t, path)), 0o6777, "mode")
}

func setIDClearedByChown(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	asAlice(t, func() {
		must(t, unix.Chown(path, aliceUID, aliceGID), "chown to what is")
	})
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}

// POSIX leaves it open for privileged callers; Linux clears the bits for them
// as well, chown(2).
func setIDClearedByRootChown(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	must(t, unix.Chown(path, bobUID, -1), "chown")
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}

func setIDClearedByOwnersChgrp(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	as(t, aliceUID, aliceGID, []int{teamGID}, func() {
		must(t, unix.Chown(path, -1, teamGID), "chown")
	})
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}

// On directories the bits mean something else.
func setIDOfDirKeptByChown(t *testing.T, dir string) {
	needRoot(t)
	d := mkdir(t, dir, "d")
	must(t, unix.Chmod(d, 0o6777), "chmod")
	must(t, unix.Chown(d, aliceUID, aliceGID), "chown")
	mustEqual(t, perm(stat(t, d)), 0o6777, "mode")
}

// Set-group-ID without group execute once meant mandatory locking. A chown by
// root leaves it alone, chown(2).
func setGIDWithoutGroupExecute(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	must(t, unix.Chmod(path, 0o6767), "chmod")
	must(t, unix.Chown(path, bobUID, bobGID), "chown")
	mustEqual(t, perm(stat(t, path)), 0o2767, "mode")
}

func setIDClearedByTruncatingOpen(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	asBob(t, func() {
		open(t, path, unix.O_WRONLY|unix.O_TRUNC, 0)
	})
	mustEqual(t, perm(stat(t, path)), 0o777, "mode")
}

func setIDOfExecutableKeptByRename(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	asAlice(t, func() {
		must(t, unix.Link(path, dir+"/y"), "link")
		must(t, unix.Rename(path, dir+"/z"), "rename")
	})
	mustEqual(t, perm(stat(t, dir+"/z")), 0o6777, "mode")
}

// The bits may be set again between two writes through one descriptor.
func setIDClearedByWriteThroughOldFDs(t *testing.T, dir string) {
	path := setIDFile(t, dir)
	f := open(t, path, unix.O_WRONLY, 0)
	for range 2 {
		must(t, unix.Chmod(path, 0o6777), "chmod")
		asBob(t, func() { f.write(t, []byte("X")) })
		mustEqual(t, perm(stat(t, path)), 0o777, "mode")
	}
}
