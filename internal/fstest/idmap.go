//go:build linux

package fstest

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Mounts that show other owners than the filesystem has, mount_setattr(2). tmpfs
// has them since Linux 6.3; FUSE since 6.12, if the server agrees to it.
var idmaps = table{
	"IdmapShowsOwner":  idmapShowsOwner,
	"IdmapOfNewFiles":  idmapOfNewFiles,
	"IdmapOfChown":     idmapOfChown,
	"IdmapPermissions": idmapPermissions,
}

// idmapped returns a directory that is dir on a mount through which the users 0
// and up are alice and up, and the groups likewise.
func idmapped(t *testing.T, dir string) *file {
	t.Helper()
	needRoot(t)
	needKernel(t, 6, 12)
	// A user namespace says how ids are mapped. It lives as long as a process.
	inside := exec.Command("cat")
	stdin, err := inside.StdinPipe()
	must(t, err, "pipe")
	inside.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: aliceUID, Size: 10}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: aliceGID, Size: 10}},
	}
	must(t, inside.Start(), "starting cat in a user namespace")
	t.Cleanup(func() {
		stdin.Close()
		must(t, inside.Wait(), "wait")
	})
	ns, err := os.Open(fmt.Sprintf("/proc/%d/ns/user", inside.Process.Pid))
	must(t, err, "open of the namespace")
	defer ns.Close()

	fd, err := unix.OpenTree(unix.AT_FDCWD, dir, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	must(t, err, "open_tree")
	tree := adopt(t, fd)
	must(t, unix.MountSetattr(tree.fd, "", unix.AT_EMPTY_PATH, &unix.MountAttr{
		Attr_set:  unix.MOUNT_ATTR_IDMAP,
		Userns_fd: uint64(ns.Fd()),
	}), "mount_setattr")
	return tree
}

// at returns a path through a mount.
func (f *file) at(name string) string { return procFD(f) + "/" + name }

func idmapShowsOwner(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	tree := idmapped(t, dir)
	mustOwn(t, stat(t, dir+"/x"), 0, 0)
	mustOwn(t, stat(t, tree.at("x")), aliceUID, aliceGID)
}

func idmapOfNewFiles(t *testing.T, dir string) {
	tree := idmapped(t, dir)
	asAlice(t, func() {
		put(t, "data", tree.at("x"))
		mkdir(t, tree.at("d"))
		must(t, unix.Symlink("x", tree.at("l")), "symlink")
		must(t, unix.Mkfifo(tree.at("p"), 0o600), "mkfifo")
	})
	for _, name := range []string{"x", "d", "l", "p"} {
		mustOwn(t, stat(t, dir+"/"+name), 0, 0)
		mustOwn(t, stat(t, tree.at(name)), aliceUID, aliceGID)
	}
	// Who has no place in the filesystem makes nothing.
	as(t, aliceUID+100, aliceGID+100, nil, func() {
		_, err := unix.Open(tree.at("y"), exclusive, 0o644)
		mustErrno(t, err, unix.EOVERFLOW, "open with O_CREAT")
	})
}

func idmapOfChown(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	tree := idmapped(t, dir)
	must(t, unix.Chown(tree.at("x"), aliceUID+3, aliceGID+4), "chown")
	mustOwn(t, stat(t, dir+"/x"), 3, 4)
}

func idmapPermissions(t *testing.T, dir string) {
	must(t, unix.Chmod(put(t, "data", dir, "x"), 0o600), "chmod")
	tree := idmapped(t, dir)
	asAlice(t, func() {
		mustHold(t, tree.at("x"), "data")
		must(t, unix.Unlink(tree.at("x")), "unlink")
	})
}
