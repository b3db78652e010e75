//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var chowns = table{
	"Chown":                       chown,
	"ChownMinusOneKeeps":          chownMinusOneKeeps,
	"ChownLargeIDs":               chownLargeIDs,
	"ChownFollowsSymlink":         chownFollowsSymlink,
	"Lchown":                      lchown,
	"Fchown":                      fchown,
	"ChownMissing":                chownMissing,
	"ChownUidByOwner":             chownUidByOwner,
	"ChownGidByOwnerInGroup":      chownGidByOwnerInGroup,
	"ChownGidByOwnerOutsideGroup": chownGidByOwnerOutsideGroup,
	"ChownByOther":                chownByOther,
	"ChownNothingByOther":         chownNothingByOther,
}

func mustOwn(t *testing.T, st unix.Stat_t, uid, gid int) {
	t.Helper()
	mustEqual(t, [2]int{int(st.Uid), int(st.Gid)}, [2]int{uid, gid}, "owner and group")
}

func chown(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, aliceUID, bobGID), "chown")
	mustOwn(t, stat(t, path), aliceUID, bobGID)
	must(t, unix.Chown(path, 0, 0), "chown")
	mustOwn(t, stat(t, path), 0, 0)
}

func chownMinusOneKeeps(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, aliceUID, aliceGID), "chown")
	must(t, unix.Chown(path, bobUID, -1), "chown of the uid")
	mustOwn(t, stat(t, path), bobUID, aliceGID)
	must(t, unix.Chown(path, -1, bobGID), "chown of the gid")
	mustOwn(t, stat(t, path), bobUID, bobGID)
	must(t, unix.Chown(path, -1, -1), "chown of nothing")
	mustOwn(t, stat(t, path), bobUID, bobGID)
}

// Ids have 32 bits, of which only all ones is reserved.
func chownLargeIDs(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, 1<<32-2, 1<<31), "chown")
	mustOwn(t, stat(t, path), 1<<32-2, 1<<31)
}

func chownFollowsSymlink(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	must(t, unix.Chown(dir+"/s", aliceUID, aliceGID), "chown")
	mustOwn(t, stat(t, path), aliceUID, aliceGID)
	mustOwn(t, stat(t, dir+"/s"), 0, 0)
}

func lchown(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	must(t, unix.Lchown(dir+"/s", aliceUID, aliceGID), "lchown")
	mustOwn(t, stat(t, dir+"/s"), aliceUID, aliceGID)
	mustOwn(t, stat(t, path), 0, 0)
}

func fchown(t *testing.T, dir string) {
	needRoot(t)
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDONLY, 0o644)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	must(t, unix.Fchown(f.fd, aliceUID, bobGID), "fchown")
	mustOwn(t, f.stat(t), aliceUID, bobGID)
}

func chownMissing(t *testing.T, dir string) {
	mustErrno(t, unix.Chown(dir+"/missing", -1, -1), unix.ENOENT, "chown")
}

// Giving a file away needs privilege, chown(2).
func chownUidByOwner(t *testing.T, dir string) {
	needRoot(t)
	asAlice(t, func() {
		path := put(t, "", dir, "x")
		mustErrno(t, unix.Chown(path, bobUID, -1), unix.EPERM, "giving a file away")
		must(t, unix.Chown(path, aliceUID, -1), "chown to oneself")
		mustOwn(t, stat(t, path), aliceUID, aliceGID)
	})
}

func chownGidByOwnerInGroup(t *testing.T, dir string) {
	needRoot(t)
	as(t, aliceUID, aliceGID, []int{teamGID}, func() {
		path := put(t, "", dir, "x")
		must(t, unix.Chown(path, -1, teamGID), "chown to a supplementary group")
		mustOwn(t, stat(t, path), aliceUID, teamGID)
		must(t, unix.Chown(path, aliceUID, aliceGID), "chown to the primary group")
		mustOwn(t, stat(t, path), aliceUID, aliceGID)
	})
}

func chownGidByOwnerOutsideGroup(t *testing.T, dir string) {
	needRoot(t)
	asAlice(t, func() {
		path := put(t, "", dir, "x")
		mustErrno(t, unix.Chown(path, -1, bobGID), unix.EPERM, "chown to a foreign group")
		mustOwn(t, stat(t, path), aliceUID, aliceGID)
	})
}

func chownByOther(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, aliceUID, aliceGID), "chown")
	must(t, unix.Chmod(path, 0o777), "chmod")
	asBob(t, func() {
		mustErrno(t, unix.Chown(path, bobUID, -1), unix.EPERM, "taking a file")
		mustErrno(t, unix.Chown(path, -1, bobGID), unix.EPERM, "taking a file's group")
		mustErrno(t, unix.Chown(path, aliceUID, aliceGID), unix.EPERM, "chown to what is")
	})
}

// With both ids -1 there is nothing to permit.
func chownNothingByOther(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	asBob(t, func() {
		must(t, unix.Chown(path, -1, -1), "chown of nothing")
	})
}
