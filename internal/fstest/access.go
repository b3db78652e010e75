//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var accesses = table{
	"AccessClasses":             accessClasses,
	"AccessOwnerClassAlone":     accessOwnerClassAlone,
	"AccessSupplementaryGroup":  accessSupplementaryGroup,
	"AccessRootExecute":         accessRootExecute,
	"AccessMissing":             accessMissing,
	"OpenDenied":                openDenied,
	"CreateDeniedInDir":         createDeniedInDir,
	"UnlinkNeedsOnlyTheDir":     unlinkNeedsOnlyTheDir,
	"RenameNeedsBothDirs":       renameNeedsBothDirs,
	"RenameDirNeedsWriteOnIt":   renameDirNeedsWriteOnIt,
	"ReaddirDenied":             readdirDenied,
	"TruncateDenied":            truncateDenied,
	"ReadonlyFileWritableByNew": readonlyFileWritableByNew,
	"ExecuteDenied":             executeDenied,
}

// mustAccess compares the bits of r, w and x that the path grants with want.
func mustAccess(t *testing.T, path string, want uint32) {
	t.Helper()
	var got uint32
	for _, bit := range []uint32{unix.R_OK, unix.W_OK, unix.X_OK} {
		switch err := unix.Access(path, bit); err {
		case nil:
			got |= bit
		case unix.EACCES:
		default:
			t.Fatalf("access: %v", err)
		}
	}
	mustEqual(t, got, want, "access to "+path)
}

func accessClasses(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, aliceUID, teamGID), "chown")
	// Every digit in every place, and modes whose digits differ.
	for _, mode := range []uint32{0, 0o111, 0o222, 0o333, 0o444, 0o555, 0o666, 0o777, 0o124, 0o421, 0o640, 0o704} {
		must(t, unix.Chmod(path, mode), "chmod")
		asAlice(t, func() { mustAccess(t, path, mode>>6&7) })
		as(t, bobUID, teamGID, nil, func() { mustAccess(t, path, mode>>3&7) })
		asBob(t, func() { mustAccess(t, path, mode&7) })
	}
}

// The first class that fits decides, even when a later one would grant more.
func accessOwnerClassAlone(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, aliceUID, aliceGID), "chown")
	must(t, unix.Chmod(path, 0o077), "chmod")
	asAlice(t, func() { mustAccess(t, path, 0) })
	must(t, unix.Chmod(path, 0o707), "chmod")
	as(t, bobUID, aliceGID, nil, func() { mustAccess(t, path, 0) })
}

func accessSupplementaryGroup(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "data", dir, "x")
	must(t, unix.Chown(path, 0, teamGID), "chown")
	must(t, unix.Chmod(path, 0o060), "chmod")
	as(t, aliceUID, aliceGID, []int{bobGID, teamGID}, func() {
		mustAccess(t, path, unix.R_OK|unix.W_OK)
		mustData(t, open(t, path, unix.O_RDWR, 0).pread(t, 10, 0), []byte("data"), "data")
	})
	asAlice(t, func() { mustAccess(t, path, 0) })
}

// Root may read and write anything, but execute only what somebody may.
func accessRootExecute(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0), "chmod")
	mustAccess(t, path, unix.R_OK|unix.W_OK)
	must(t, unix.Chmod(path, 0o001), "chmod")
	mustAccess(t, path, unix.R_OK|unix.W_OK|unix.X_OK)
	d := mkdir(t, dir, "d")
	must(t, unix.Chmod(d, 0), "chmod")
	mustAccess(t, d, unix.R_OK|unix.W_OK|unix.X_OK)
}

func accessMissing(t *testing.T, dir string) {
	mustErrno(t, unix.Access(dir+"/missing", unix.F_OK), unix.ENOENT, "access")
	put(t, "", dir, "file")
	must(t, unix.Access(dir+"/file", unix.F_OK), "access")
	mustErrno(t, unix.Access(dir+"/file/x", unix.F_OK), unix.ENOTDIR, "access")
}

func openDenied(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	for _, c := range []struct {
		mode  uint32
		flags int
	}{
		{0o773, unix.O_RDONLY},
		{0o775, unix.O_WRONLY},
		{0o775, unix.O_RDWR},
		{0o773, unix.O_RDWR},
		{0o775, unix.O_RDONLY | unix.O_TRUNC},
		{0o775, unix.O_WRONLY | unix.O_APPEND},
		{0o775, unix.O_WRONLY | unix.O_CREAT},
	} {
		must(t, unix.Chmod(path, c.mode), "chmod")
		asAlice(t, func() {
			_, err := unix.Open(path, c.flags|unix.O_CLOEXEC, 0o666)
			mustErrno(t, err, unix.EACCES, "open")
		})
	}
}

func createDeniedInDir(t *testing.T, dir string) {
	needRoot(t)
	d := mkdir(t, dir, "d")
	file := put(t, "", dir, "file")
	must(t, unix.Chmod(file, 0o666), "chmod")
	must(t, unix.Chmod(d, 0o755), "chmod")
	asAlice(t, func() {
		_, err := unix.Open(d+"/x", unix.O_CREAT|unix.O_WRONLY, 0o666)
		mustErrno(t, err, unix.EACCES, "open with O_CREAT")
		mustErrno(t, unix.Mkdir(d+"/x", 0o777), unix.EACCES, "mkdir")
		mustErrno(t, unix.Mkfifo(d+"/x", 0o666), unix.EACCES, "mkfifo")
		mustErrno(t, unix.Symlink("x", d+"/x"), unix.EACCES, "symlink")
		mustErrno(t, unix.Link(file, d+"/x"), unix.EACCES, "link")
	})
	mustNames(t, d)
}

// The permissions of a file do not protect its name.
func unlinkNeedsOnlyTheDir(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0), "chmod")
	asAlice(t, func() { must(t, unix.Unlink(path), "unlink") })

	d := mkdir(t, dir, "d")
	put(t, "", d, "x")
	must(t, unix.Chmod(d+"/x", 0o777), "chmod")
	must(t, unix.Chmod(d, 0o755), "chmod")
	asAlice(t, func() {
		mustErrno(t, unix.Unlink(d+"/x"), unix.EACCES, "unlink")
	})
}

func renameNeedsBothDirs(t *testing.T, dir string) {
	needRoot(t)
	closed := mkdir(t, dir, "closed")
	put(t, "", closed, "x")
	must(t, unix.Chmod(closed, 0o755), "chmod")
	asAlice(t, func() {
		put(t, "", dir, "y")
		mustErrno(t, unix.Rename(closed+"/x", dir+"/x"), unix.EACCES, "rename out")
		mustErrno(t, unix.Rename(dir+"/y", closed+"/y"), unix.EACCES, "rename in")
		mustErrno(t, unix.Rename(closed+"/x", closed+"/z"), unix.EACCES, "rename within")
	})
}

// rename(2): a directory that moves to another parent has its dot-dot
// rewritten, for which its own write permission is required.
func renameDirNeedsWriteOnIt(t *testing.T, dir string) {
	needRoot(t)
	d := mkdir(t, dir, "d")
	mkdir(t, dir, "to")
	must(t, unix.Chmod(dir+"/to", 0o777), "chmod")
	must(t, unix.Chmod(d, 0o755), "chmod")
	asAlice(t, func() {
		mustErrno(t, unix.Rename(d, dir+"/to/d"), unix.EACCES, "rename to another parent")
		must(t, unix.Rename(d, dir+"/e"), "rename within the parent")
	})
}

func readdirDenied(t *testing.T, dir string) {
	needRoot(t)
	d := mkdir(t, dir, "d")
	put(t, "", d, "x")
	must(t, unix.Chmod(d+"/x", 0o644), "chmod")
	must(t, unix.Chmod(d, 0o711), "chmod")
	asAlice(t, func() {
		_, err := unix.Open(d, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		mustErrno(t, err, unix.EACCES, "open of a directory")
		mustHold(t, d+"/x", "")
	})
}

func truncateDenied(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "data", dir, "x")
	must(t, unix.Chmod(path, 0o644), "chmod")
	asAlice(t, func() {
		mustErrno(t, unix.Truncate(path, 0), unix.EACCES, "truncate")
	})
	mustHold(t, path, "data")
}

// The mode given to the open that creates a file binds later opens only.
func readonlyFileWritableByNew(t *testing.T, dir string) {
	check := func() {
		f := open(t, dir+"/x", unix.O_CREAT|unix.O_EXCL|unix.O_RDWR, 0o400)
		f.write(t, []byte("data"))
		f.truncate(t, 2)
		mustData(t, f.pread(t, 10, 0), []byte("da"), "data")
		mustEqual(t, perm(f.stat(t)), 0o400, "mode")
	}
	if unix.Geteuid() != 0 {
		check()
		return
	}
	asAlice(t, check) // root's write would be no proof
}

func executeDenied(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "#!/bin/sh\n", dir, "x")
	must(t, unix.Chmod(path, 0o666), "chmod")
	argv, envv := []string{path}, []string(nil)
	mustErrno(t, unix.Exec(path, argv, envv), unix.EACCES, "execve")
}
