package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func newMountNamespace() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
}

// rootless prepares for mounts by an ordinary user, and returns a way to run
// memfs as that user, and a directory of theirs.
func rootless(t *testing.T) (memfs func(args ...string) result, dir string) {
	t.Helper()
	dir = newDir(t)
	if _, err := exec.LookPath("fusermount3"); err != nil {
		unavailable(t, "no fusermount3")
	}
	if os.Geteuid() != 0 {
		return func(args ...string) result { return runMemfs(t, args...) }, dir
	}
	if fi, err := os.Stat("/dev/fuse"); err != nil || fi.Mode().Perm()&0o006 != 0o006 {
		unavailable(t, "/dev/fuse is not for everyone (chmod 666 /dev/fuse)")
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	program := copyCommand(t)
	return func(args ...string) result {
		return finish(t, asNobody(newProgram(t, program, append([]string{"memfs"}, args...)...)))
	}, dir
}

func TestRootless(t *testing.T) {
	memfs, dir := rootless(t)
	if r := memfs("mount", "-o", `noexec,ro,noatime,max_read=8192,strictatime,nodiratime,fsname=a\\b\, c`, dir); r != (result{}) {
		t.Fatalf("%+v", r)
	}
	if got, want := strings.Join(mounted(dir)[5:8], " "), `ro,nosuid,nodev,noexec,relatime fuse.memfs a\134b,\040c`; got != want {
		t.Errorf("mounted as %s, want %s", got, want)
	}
	memfs("mount", dir).fails(t, exitFailure, dir+": a memfs is mounted here already")
	if r := memfs("umount", dir); r != (result{}) {
		t.Errorf("%+v", r)
	}
	if mounted(dir) != nil {
		t.Error("still mounted")
	}
}

func TestRootlessBusyAndDead(t *testing.T) {
	requireRoot(t)
	memfs, dir := rootless(t)
	if r := memfs("mount", dir); r != (result{}) {
		t.Fatalf("%+v", r)
	}
	cat := asNobody(newProgram(t, "/bin/cat", "cat"))
	cat.Dir = "/"
	cat.Args, cat.Path = []string{"sh", "-c", `cd "$0" && echo && exec cat`, dir}, "/bin/sh"
	stdin, err1 := cat.StdinPipe()
	stdout, err2 := cat.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	memfs("umount", dir).fails(t, exitFailure, dir+": busy, in use by ")
	stdin.Close()
	_ = cat.Wait()

	kill(t, dir)
	r := memfs("mount", dir)
	if want := "memfs: " + dir + ": removed a dead memfs mount, its server was gone\n"; r.status != 0 || r.stderr != want {
		t.Errorf("got %+v, want %q", r, want)
	}
	if r := memfs("umount", "-l", dir); r != (result{}) {
		t.Errorf("%+v", r)
	}
}

func TestRootlessFailures(t *testing.T) {
	memfs, dir := rootless(t)
	conf, _ := os.ReadFile("/etc/fuse.conf")
	if !strings.Contains("\n"+string(conf), "\nuser_allow_other") {
		memfs("mount", "-o", "allow_other", dir).fails(t, exitFailure, dir+": allow_other is not permitted; add the line user_allow_other to /etc/fuse.conf")
	}
	memfs("mount", "-o", "suid", dir).fails(t, exitFailure, dir+": no permission to mount with suid or dev; leave them out")
	memfs("mount", "/usr").fails(t, exitFailure, "/usr: not your directory to mount on")
	memfs("mount", "/proc").fails(t, exitFailure, "/proc: ")
	hidden := filepath.Join(filepath.Dir(dir), "hidden")
	if err := os.Mkdir(hidden, 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		memfs("mount", hidden+"/dir").fails(t, exitFailure, hidden+"/dir: no permission to enter")
	}
}

func TestRootlessWithoutHelper(t *testing.T) {
	requireRoot(t)
	_, dir := rootless(t)
	cmd := asNobody(newProgram(t, copyCommand(t), "memfs", "mount", dir))
	cmd.Env = append(cmd.Env, "PATH=/nonexistent")
	finish(t, cmd).fails(t, exitFailure, dir+": not permitted, and no fusermount3 to ask; install fuse3")
}

func TestRootlessWithoutDevice(t *testing.T) {
	requireRoot(t)
	_, dir := rootless(t)
	if !exists("/usr/bin/setpriv") {
		unavailable(t, "no setpriv")
	}
	asUser := `set -- setpriv --reuid=65534 --regid=65534 --clear-groups ` + copyCommand(t) + ` mount ` + dir
	inNamespace(t, emptyDev+"mknod -m 600 /dev/fuse c 10 229\n"+asUser).fails(t, exitFailure, "no permission to open /dev/fuse; let root run: chmod 666 /dev/fuse")
	inNamespace(t, emptyDev+asUser).fails(t, exitFailure, "no /dev/fuse; load FUSE: modprobe fuse")
}
