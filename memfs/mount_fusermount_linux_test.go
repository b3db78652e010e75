package memfs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What the versions of fusermount3 say, from its source.
func TestFusermountError(t *testing.T) {
	for said, want := range map[string]struct {
		text  string
		cause error
	}{
		"option allow_other only allowed if 'user_allow_other' is set in /etc/fuse.conf": {"/m: allow_other is not permitted; add the line user_allow_other", unix.EPERM},
		"user has no write access to mountpoint /m":                                      {"/m: not your directory", unix.EACCES},
		"mountpoint /m not owned by user":                                                {"/m: not your directory", unix.EACCES},
		"failed to open /dev/fuse: Permission denied":                                    {"no permission to open /dev/fuse; ", unix.EACCES},
		"failed to open /dev/fuse: Operation not permitted":                              {"no permission to open /dev/fuse; ", unix.EACCES},
		"fuse device not found, try 'modprobe fuse' first":                               {"no /dev/fuse; load FUSE: modprobe fuse", unix.ENOENT},
		"fuse device /dev/fuse not found. Kernel module not loaded?":                     {"no /dev/fuse; load FUSE: modprobe fuse", unix.ENOENT},
		"mounting over filesystem type 0x00009fa0 is forbidden":                          {"/m: mounting over filesystem type 0x00009fa0 is forbidden; mount on", nil},
		"mount failed: Operation not permitted":                                          {"/m: not permitted to mount; run as root", unix.EPERM},
		"failed to unmount /m: Device or resource busy":                                  {"/m: busy", unix.EBUSY},
		"too many FUSE filesystems mounted; mount_max=N can be set in /etc/fuse.conf":    {"/m: too many FUSE filesystems mounted; mount_max=N can", nil},
	} {
		err := fusermountError("mount", "/m", errors.New(said))
		if !strings.HasPrefix(err.Error(), want.text) || want.cause != nil && !errors.Is(err, want.cause) {
			t.Errorf("%s:\n got %v\nwant %s, from %v", said, err, want.text, want.cause)
		}
	}
	err := fusermountError("mount", "/m", &exec.Error{Name: "fusermount3", Err: exec.ErrNotFound})
	if want := "/m: not permitted, and no fusermount3 to ask; install fuse3"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFusermountOptions(t *testing.T) {
	o := Options{FSName: `a,b\c`, Subtype: "memfs", AllowOther: true, MaxRead: 8192, ReadOnly: true, NoExec: true, Sync: true, DirSync: true, NoSymFollow: true, ATime: NoATime}
	want := `default_permissions,allow_other,max_read=8192,fsname=a\,b\\c,subtype=memfs,ro,noexec,sync,dirsync,nosymfollow,noatime`
	if got := o.fusermountOptions(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	o = Options{FSName: "m", Subtype: "memfs", NoSubtype: true, ATime: StrictATime, NoDirATime: true}
	if got, want := o.fusermountOptions(), "default_permissions,fsname=m"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMountFlags(t *testing.T) {
	const safe = unix.MS_NOSUID | unix.MS_NODEV
	for want, o := range map[uintptr]Options{
		safe:                       {ATime: RelATime},
		0:                          {Suid: true, Dev: true},
		safe | unix.MS_RDONLY:      {ReadOnly: true},
		safe | unix.MS_NOEXEC:      {NoExec: true},
		safe | unix.MS_SYNCHRONOUS: {Sync: true},
		safe | unix.MS_DIRSYNC:     {DirSync: true},
		safe | unix.MS_NOSYMFOLLOW: {NoSymFollow: true},
		safe | unix.MS_NOATIME:     {ATime: NoATime},
		safe | unix.MS_STRICTATIME: {ATime: StrictATime},
		safe | unix.MS_NODIRATIME:  {NoDirATime: true},
	} {
		if got := o.mountFlags(); got != want {
			t.Errorf("%+v: flags %#x, want %#x", o, got, want)
		}
	}
}

// What fusermount3 has mounted goes again if it sends no descriptor. What was there before
// stays.
func TestFusermountNoDescriptor(t *testing.T) {
	programs, dir := t.TempDir(), t.TempDir()
	fake := "#!/bin/sh\nfor dir; do :; done\nmount -t tmpfs new \"$dir\"\n"
	if err := os.WriteFile(filepath.Join(programs, fusermountProgram), []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("old", dir, "tmpfs", 0, ""); err != nil {
		t.Skip(err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	t.Setenv("PATH", programs+":"+os.Getenv("PATH"))
	o := Options{FSName: "m", Subtype: "memfs"}
	if fd, err := fusermount(dir, &o); err == nil || !strings.Contains(err.Error(), "no connection from fusermount3") {
		t.Errorf("descriptor %d, %v", fd, err)
	}
	if err := os.WriteFile(filepath.Join(programs, fusermountProgram), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if fd, err := fusermount(dir, &o); err == nil {
		t.Errorf("descriptor %d from a program that sends none", fd)
	}
	table, err := readMountTable()
	if err != nil {
		t.Fatal(err)
	}
	if e := table.top(dir); e == nil || e.source != "old" {
		t.Errorf("mounted is %+v", e)
		unix.Unmount(dir, unix.MNT_DETACH)
	}
}

func TestReceiveDescriptor(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[1])
	if err := unix.Sendmsg(pair[0], []byte{0}, unix.UnixRights(pair[0]), nil, 0); err != nil {
		t.Fatal(err)
	}
	unix.Close(pair[0])
	fd, err := receiveDescriptor(pair[1])
	if err != nil {
		t.Fatal(err)
	}
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("descriptor %d: flags %#x, %v; want close-on-exec", fd, flags, err)
	}
	unix.Close(fd)
	if fd, err := receiveDescriptor(pair[1]); err == nil {
		t.Errorf("descriptor %d from a program that sent none", fd)
	}
}
