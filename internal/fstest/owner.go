//go:build linux

package fstest

import (
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

var owners = table{
	"OwnerOfNewFiles":             ownerOfNewFiles,
	"OwnerOfLinkIsKept":           ownerOfLinkIsKept,
	"SetgidDirGivesGroup":         setgidDirGivesGroup,
	"SetgidDirGivesBitToDirs":     setgidDirGivesBitToDirs,
	"SetgidDirStripsNonMembers":   setgidDirStripsNonMembers,
	"SetgidDirKeepsMembersBit":    setgidDirKeepsMembersBit,
	"SetgidDirRenameChangesNone":  setgidDirRenameChangesNone,
	"StickyDirUnlinkByOther":      stickyDirUnlinkByOther,
	"StickyDirUnlinkByFileOwner":  stickyDirUnlinkByFileOwner,
	"StickyDirUnlinkByDirOwner":   stickyDirUnlinkByDirOwner,
	"StickyDirRenameByOther":      stickyDirRenameByOther,
	"StickyDirRenameOverByOther":  stickyDirRenameOverByOther,
	"StickyDirRmdirByOther":       stickyDirRmdirByOther,
	"StickyDirLinkAndOpenAllowed": stickyDirLinkAndOpenAllowed,
}

// makeEach makes one entry of each kind an unprivileged user may make, with
// names that begin with prefix, and returns their paths.
func makeEach(t *testing.T, prefix string) []string {
	t.Helper()
	fd, err := unix.Open(prefix+"file", unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_CLOEXEC, 0o666)
	must(t, err, "open")
	unix.Close(fd)
	must(t, unix.Mkdir(prefix+"dir", 0o777), "mkdir")
	must(t, unix.Mknod(prefix+"reg", unix.S_IFREG|0o666, 0), "mknod of a file")
	must(t, unix.Mkfifo(prefix+"fifo", 0o666), "mkfifo")
	must(t, unix.Mknod(prefix+"sock", unix.S_IFSOCK|0o666, 0), "mknod of a socket")
	must(t, unix.Symlink("x", prefix+"link"), "symlink")
	return []string{prefix + "file", prefix + "dir", prefix + "reg", prefix + "fifo", prefix + "sock", prefix + "link"}
}

// A new file belongs to its maker, user and primary group.
func ownerOfNewFiles(t *testing.T, dir string) {
	needRoot(t)
	for i, id := range [][2]int{{0, 0}, {aliceUID, aliceGID}, {bobUID, bobGID}, {aliceUID, bobGID}, {0, teamGID}} {
		as(t, id[0], id[1], []int{teamGID + 1}, func() {
			for _, path := range makeEach(t, fmt.Sprintf("%s/%d-", dir, i)) {
				mustOwn(t, stat(t, path), id[0], id[1])
			}
		})
	}
}

func ownerOfLinkIsKept(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0o666), "chmod")
	asAlice(t, func() {
		// protected_hardlinks wants read and write access to the file.
		must(t, unix.Link(path, dir+"/y"), "link")
	})
	mustOwn(t, stat(t, dir+"/y"), 0, 0)
}

// setgidDir makes a directory of mode 2777 and group teamGID.
func setgidDir(t *testing.T, dir string) string {
	t.Helper()
	needRoot(t)
	d := mkdir(t, dir, "setgid")
	must(t, unix.Chown(d, -1, teamGID), "chown")
	must(t, unix.Chmod(d, 0o2777), "chmod")
	return d
}

// inode(7): what is made in a set-group-ID directory takes the group of the
// directory rather than that of its maker.
func setgidDirGivesGroup(t *testing.T, dir string) {
	d := setgidDir(t, dir)
	asAlice(t, func() {
		for _, path := range makeEach(t, d+"/") {
			mustOwn(t, stat(t, path), aliceUID, teamGID)
		}
	})
}

func setgidDirGivesBitToDirs(t *testing.T, dir string) {
	d := setgidDir(t, dir)
	asAlice(t, func() {
		for _, path := range makeEach(t, d+"/") {
			st := stat(t, path)
			want := kind(st) == unix.S_IFDIR
			mustEqual(t, st.Mode&unix.S_ISGID != 0, want, "set-group-ID of "+path)
		}
		// The directory's heirs inherit in turn.
		must(t, unix.Mkdir(d+"/dir/sub", 0o700), "mkdir")
		mustEqual(t, perm(stat(t, d+"/dir/sub")), 0o2700, "mode")
		mustOwn(t, stat(t, d+"/dir/sub"), aliceUID, teamGID)
	})
}

// One who is not in the directory's group must not get a program that runs as
// that group, but only group-executable files are such programs.
func setgidDirStripsNonMembers(t *testing.T, dir string) {
	d := setgidDir(t, dir)
	as(t, aliceUID, aliceGID, nil, func() {
		unix.Umask(0)
		f := open(t, d+"/x", unix.O_CREAT|unix.O_WRONLY, 0o2775)
		mustEqual(t, perm(f.stat(t)), 0o775, "mode of an executable")
		must(t, unix.Mknod(d+"/y", unix.S_IFREG|0o2775, 0), "mknod")
		mustEqual(t, perm(stat(t, d+"/y")), 0o775, "mode of an executable by mknod")
	})
}

func setgidDirKeepsMembersBit(t *testing.T, dir string) {
	d := setgidDir(t, dir)
	as(t, aliceUID, aliceGID, []int{teamGID}, func() {
		unix.Umask(0)
		f := open(t, d+"/x", unix.O_CREAT|unix.O_WRONLY, 0o2775)
		mustEqual(t, perm(f.stat(t)), 0o2775, "mode")
	})
}

func setgidDirRenameChangesNone(t *testing.T, dir string) {
	d := setgidDir(t, dir)
	put(t, "", dir, "x")
	mkdir(t, dir, "sub")
	must(t, unix.Rename(dir+"/x", d+"/x"), "rename")
	must(t, unix.Rename(dir+"/sub", d+"/sub"), "rename of a directory")
	mustOwn(t, stat(t, d+"/x"), 0, 0)
	mustOwn(t, stat(t, d+"/sub"), 0, 0)
	mustEqual(t, stat(t, d+"/sub").Mode&unix.S_ISGID, 0, "set-group-ID")
}

// stickyDir makes a directory of mode 1777 that belongs to owner, and in it the
// file x and the directory d of alice's, open to all.
func stickyDir(t *testing.T, dir string, owner int) string {
	t.Helper()
	needRoot(t)
	s := mkdir(t, dir, "sticky")
	must(t, unix.Chmod(s, 0o1777), "chmod")
	asAlice(t, func() {
		unix.Umask(0)
		put(t, "alice's", s, "x")
		mkdir(t, s, "d")
	})
	must(t, unix.Chown(s, owner, -1), "chown")
	return s
}

func stickyDirUnlinkByOther(t *testing.T, dir string) {
	s := stickyDir(t, dir, 0)
	asBob(t, func() {
		mustErrno(t, unix.Unlink(s+"/x"), unix.EPERM, "unlink")
	})
	mustHold(t, s+"/x", "alice's")
}

func stickyDirUnlinkByFileOwner(t *testing.T, dir string) {
	s := stickyDir(t, dir, 0)
	asAlice(t, func() {
		must(t, unix.Unlink(s+"/x"), "unlink")
		must(t, unix.Rmdir(s+"/d"), "rmdir")
	})
}

func stickyDirUnlinkByDirOwner(t *testing.T, dir string) {
	s := stickyDir(t, dir, bobUID)
	asBob(t, func() {
		must(t, unix.Unlink(s+"/x"), "unlink")
		must(t, unix.Rmdir(s+"/d"), "rmdir")
	})
}

func stickyDirRenameByOther(t *testing.T, dir string) {
	s := stickyDir(t, dir, 0)
	asBob(t, func() {
		mustErrno(t, unix.Rename(s+"/x", s+"/y"), unix.EPERM, "rename")
		mustErrno(t, unix.Rename(s+"/x", dir+"/y"), unix.EPERM, "rename out")
		mustErrno(t, unix.Rename(s+"/d", s+"/e"), unix.EPERM, "rename of a directory")
	})
}

func stickyDirRenameOverByOther(t *testing.T, dir string) {
	s := stickyDir(t, dir, 0)
	asBob(t, func() {
		put(t, "bob's", s, "b")
		mustErrno(t, unix.Rename(s+"/b", s+"/x"), unix.EPERM, "rename over another's file")
		must(t, unix.Rename(s+"/b", s+"/c"), "rename of one's own")
	})
	mustHold(t, s+"/x", "alice's")
}

func stickyDirRmdirByOther(t *testing.T, dir string) {
	s := stickyDir(t, dir, 0)
	asBob(t, func() {
		mustErrno(t, unix.Rmdir(s+"/d"), unix.EPERM, "rmdir")
	})
}

func stickyDirLinkAndOpenAllowed(t *testing.T, dir string) {
	s := stickyDir(t, dir, 0)
	asBob(t, func() {
		open(t, s+"/x", unix.O_RDWR, 0).write(t, []byte("bob"))
		must(t, unix.Link(s+"/x", s+"/y"), "link")
	})
	mustHold(t, s+"/x", "bobce's")
}
