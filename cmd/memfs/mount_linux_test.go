package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMountAndUmount(t *testing.T) {
	dir := newDir(t)
	must(t, "mount", dir)

	// The mount answers, with what the options say.
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	if m := mounted(dir); m[5] != "rw,nosuid,nodev,relatime" || m[6] != "fuse.memfs" || m[7] != "memfs" {
		t.Errorf("mounted as %q", m)
	}
	// Where only root comes the kernel need not check permissions.
	if m := mounted(dir)[8]; strings.Contains(m, "default_permissions") != (os.Geteuid() != 0) || strings.Contains(m, "allow_other") {
		t.Errorf("options of the filesystem: %s", m)
	}
	fi, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := os.ModeDir | os.ModeSticky | 0o777; fi.Mode() != want {
		t.Errorf("mode of the root is %v, want %v", fi.Mode(), want)
	}

	pid := serverOf(t, dir)
	must(t, "umount", dir)
	if m := mounted(dir); m != nil {
		t.Errorf("still mounted: %q", m)
	}
	if !waitExit(pid) {
		t.Error("the server lives on")
	}
}

func TestMountOptions(t *testing.T) {
	requireRoot(t)
	for _, c := range []struct {
		args                         []string
		flags, fsType, source, super string // what the table of mounts has to show
	}{
		{[]string{"SRC"}, "rw,nosuid,nodev,relatime", "fuse.memfs", "SRC", "rw,user_id=0,group_id=0"},
		{[]string{"-o", "fsname=FS", "SRC"}, "rw,nosuid,nodev,relatime", "fuse.memfs", "FS", "rw,user_id=0,group_id=0"},
		{[]string{"-o", "subtype=,fsname=memfs"}, "rw,nosuid,nodev,relatime", "fuse", "memfs", "rw,user_id=0,group_id=0"},
		{[]string{"-o", "ro,noexec", "-onoatime"}, "ro,nosuid,nodev,noexec,noatime", "fuse.memfs", "memfs", "ro,user_id=0,group_id=0"},
		{[]string{"-o", "suid,dev,nodiratime"}, "rw,nodiratime,relatime", "fuse.memfs", "memfs", "rw,user_id=0,group_id=0"},
		{[]string{"-o", "strictatime,sync,dirsync"}, "rw,nosuid,nodev", "fuse.memfs", "memfs", "rw,sync,dirsync,user_id=0,group_id=0"},
		{[]string{"-o", "allow_other,max_read=8192"}, "rw,nosuid,nodev,relatime", "fuse.memfs", "memfs", "rw,user_id=0,group_id=0,default_permissions,allow_other,max_read=8192"},
		{[]string{"-o", "default_permissions"}, "rw,nosuid,nodev,relatime", "fuse.memfs", "memfs", "rw,user_id=0,group_id=0,default_permissions"},
		{[]string{"-o", "loop=workers"}, "rw,nosuid,nodev,relatime", "fuse.memfs", "memfs", "rw,user_id=0,group_id=0,default_permissions"},
	} {
		dir := newDir(t)
		must(t, append(append([]string{"mount"}, c.args...), dir)...)
		m := mounted(dir)
		if got, want := strings.Join(m[5:], " "), strings.Join([]string{c.flags, c.fsType, c.source, c.super}, " "); got != want {
			t.Errorf("%q:\n got %s\nwant %s", c.args, got, want)
		}
		must(t, "umount", dir)
	}
}

func TestMountRoot(t *testing.T) {
	requireRoot(t)
	dir := newDir(t)
	must(t, "mount", "-o", "mode=750,uid=3,gid=4,size=1m,nr_inodes=100", dir)
	defer must(t, "umount", dir)
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		t.Fatal(err)
	}
	if st.Mode != unix.S_IFDIR|0o750 || st.Uid != 3 || st.Gid != 4 {
		t.Errorf("mode %o, owner %d, group %d; want 40750, 3, 4", st.Mode, st.Uid, st.Gid)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	if size := fs.Blocks * uint64(fs.Frsize); size != 1<<20 || fs.Files != 100 {
		t.Errorf("%d bytes and %d inodes, want 1 MiB and 100", size, fs.Files)
	}
}

// A script goes on when memfs mount returns: nothing of it may live on in the
// server, above all no lock.
func TestMountLetsGo(t *testing.T) {
	dir := newDir(t)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	// A relative path, from a directory that the server must let go of, too.
	top, name := filepath.Split(filepath.Dir(dir))
	cmd := newCommand(t, "memfs", "mount", name+"/mnt")
	cmd.Dir = top
	// Twice, because memfs itself uses the first number for another purpose.
	cmd.ExtraFiles = []*os.File{write, write}
	if r := finish(t, cmd); r != (result{}) {
		t.Fatalf("%+v", r)
	}
	write.Close()
	if err := read.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(read); err != nil || len(b) != 0 {
		t.Errorf("read %q, %v", b, err)
	}
	pids := servers(name + "/mnt")
	if len(pids) != 1 {
		t.Fatalf("servers: %v", pids)
	}
	proc := fmt.Sprintf("/proc/%d/", pids[0])
	if cwd, err := os.Readlink(proc + "cwd"); err != nil || cwd != "/" {
		t.Errorf("working directory %s, %v; want /", cwd, err)
	}
	for _, fd := range []string{"0", "1", "2"} {
		if to, err := os.Readlink(proc + "fd/" + fd); err != nil || to != os.DevNull {
			t.Errorf("descriptor %s is %s, %v; want %s", fd, to, err, os.DevNull)
		}
	}
	sid, err := unix.Getsid(pids[0])
	if err != nil || sid != pids[0] {
		t.Errorf("session %d, %v; want its own", sid, err)
	}
	must(t, "umount", dir)
	if !waitExit(pids[0]) {
		t.Error("the server lives on")
	}
}

func TestMountOnWorkingDirectory(t *testing.T) {
	dir := newDir(t)
	source := filepath.Base(filepath.Dir(dir)) // to tell its server from others
	cmd := newCommand(t, "memfs", "mount", source, ".")
	cmd.Dir = dir
	if r := finish(t, cmd); r != (result{}) {
		t.Fatalf("%+v", r)
	}
	pids := servers(source + "\x00.")
	must(t, "umount", dir)
	if len(pids) != 1 || !waitExit(pids[0]) {
		t.Errorf("servers %v do not end", pids)
	}
}

// A mount that nobody was told of must not stay.
func TestMountForNobody(t *testing.T) {
	dir := newDir(t)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	cmd := newCommand(t, "memfs", "mount", "--", dir)
	cmd.Env = append(cmd.Env, readyVariable+"=3")
	cmd.ExtraFiles = []*os.File{write}
	if r := finish(t, cmd); r.status != exitFailure {
		t.Errorf("%+v, want status %d", r, exitFailure)
	}
	write.Close()
}

func TestLinkToMountPoint(t *testing.T) {
	dir := newDir(t)
	link := filepath.Join(filepath.Dir(dir), "link")
	if err := os.Symlink("mnt", link); err != nil {
		t.Fatal(err)
	}
	must(t, "mount", link)
	if mounted(dir) == nil {
		t.Error("not mounted on the target of the link")
	}
	pids := servers(link)
	must(t, "umount", link)
	if len(pids) != 1 || !waitExit(pids[0]) {
		t.Errorf("servers %v do not end", pids)
	}
}
