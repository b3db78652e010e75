package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestUsageErrors(t *testing.T) {
	for args, want := range map[string]string{
		"":                            "no command; see: memfs help",
		"mout /x":                     `unknown command "mout", did you mean mount?; see: memfs help`,
		"mout -o size=1m /x":          `unknown command "mout"`,
		"frobnicate":                  `unknown command "frobnicate"; see`,
		"--frob":                      "unknown flag: --frob",
		"mount":                       "mount: no DIR given; see: memfs help mount",
		"mount a b c":                 `mount: unexpected argument "c"`,
		"mount -z /x":                 "unknown shorthand flag: 'z'",
		"mount -o":                    "flag needs an argument: 'o'",
		"mount -o sizze=1 /x":         `unknown option "sizze=1", did you mean size=?; see: memfs help mount`,
		"mount -o size=1x /x":         "size=1x: not a number",
		"mount -o size=120% /x":       "size=120%: not a whole percentage",
		"mount -o mode=rwx /x":        "mode=rwx: not an octal mode between 0 and 7777; see",
		"mount -o uid=nobody-here /x": "uid=nobody-here: neither",
		"mount -o ro -o loop=fast /x": "loop=fast: not one of serial, goroutine, workers",
		"umount":                      "umount: no DIR given",
		"umount a b":                  `umount: unexpected argument "b"`,
		"replay":                      "replay: no FILE given; see: memfs help replay",
		"replay x":                    "replay: no DIR given; see: memfs help replay",
		"replay a b c":                `replay: unexpected argument "c"`,
		"replay -a":                   "flag needs an argument: 'a'",
		"version x":                   `version: unexpected argument "x"`,
		"none /x -o sizze=1":          `unknown option "sizze=1", did you mean size=?; see: memfs help mount`,
	} {
		runMemfs(t, strings.Fields(args)...).fails(t, exitUsage, want)
	}
}

func TestMountFailures(t *testing.T) {
	dir := newDir(t)
	base := filepath.Dir(dir)
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	loop := filepath.Join(base, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ at, options, want string }{
		{"", "", "no such directory, the name is empty"},
		{base + "/missing", "", base + "/missing: no such directory; create it: mkdir -p " + base + "/missing"},
		{base + "/very/missing", "", base + "/very/missing: no such directory"},
		{base + "/with space", "", "'" + base + "/with space': no such directory; create it: mkdir -p '" + base + "/with space'"},
		{base + "/with\nnewline", "", `"` + base + `/with\nnewline": no such directory`},
		{file, "", file + ": not a directory; mount on a directory"},
		{file + "/x", "", file + "/x: not a directory"},
		{loop, "", loop + ": too many levels of symbolic links"},
		{dir, "size=8000t", "size=8000t is larger than the "},
	} {
		runMemfs(t, "mount", "-o", c.options, c.at).fails(t, exitFailure, c.want)
	}

	must(t, "mount", dir)
	runMemfs(t, "mount", dir).fails(t, exitFailure, dir+": a memfs is mounted here already; unmount it first: memfs umount "+dir)
	must(t, "umount", dir)
}

func TestUmountFailures(t *testing.T) {
	dir := newDir(t)
	runMemfs(t, "umount", "-l", "").fails(t, exitFailure, "no such directory, the name is empty")
	runMemfs(t, "umount", dir+"/missing").fails(t, exitFailure, dir+"/missing: no such directory")
	runMemfs(t, "umount", dir).fails(t, exitFailure, dir+": nothing is mounted here; see what is: findmnt -t fuse.memfs")
	runMemfs(t, "umount", "-l", dir).fails(t, exitFailure, dir+": nothing is mounted here")
	runMemfs(t, "umount", "/proc").fails(t, exitFailure, "/proc: proc is mounted here, not memfs; use umount /proc")

	must(t, "mount", dir)
	inner := open(t, dir)
	runMemfs(t, "umount", dir).fails(t, exitFailure, fmt.Sprintf("%s: busy, in use by %s; stop what uses it, or detach it: memfs umount -l %s", dir, me(t), dir))
	inner.Close()

	// A process is found by its working directory as well, and there may be many.
	var users []interface{ Close() error }
	for range 5 {
		cmd := newProgram(t, "/bin/cat", "cat")
		cmd.Dir = dir
		stdin, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, stdin)
		defer func() { _ = cmd.Wait() }()
	}
	r := runMemfs(t, "umount", dir)
	r.fails(t, exitFailure, dir+": busy, in use by cat (")
	if !strings.Contains(r.stderr, ", 1 more; stop") || strings.Count(r.stderr, "cat (") != 4 {
		t.Errorf("it says %q, want four processes and one more", r.stderr)
	}
	must(t, "umount", "-l", dir)
	if mounted(dir) != nil {
		t.Error("still mounted")
	}
	for _, u := range users {
		u.Close()
	}
}

// A program that runs from the mount keeps it busy, with nothing of it open.
func TestUmountRunningProgram(t *testing.T) {
	dir := newDir(t)
	must(t, "mount", dir)
	cat, err := os.ReadFile("/bin/cat")
	if err == nil {
		err = os.WriteFile(dir+"/program", cat, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := newProgram(t, dir+"/program", "program")
	cmd.Dir = "/"
	stdin, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	runMemfs(t, "umount", dir).fails(t, exitFailure, fmt.Sprintf("%s: busy, in use by program (%d); stop", dir, cmd.Process.Pid))
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	must(t, "umount", dir)
}

// What is mounted over memfs is not memfs to unmount.
func TestOvermounted(t *testing.T) {
	requireRoot(t)
	dir := newDir(t)
	f := startForeground(t, dir)
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=4k"); err != nil {
		t.Fatal(err)
	}
	runMemfs(t, "umount", dir).fails(t, exitFailure, dir+": tmpfs is mounted here, not memfs; use umount "+dir)
	f.signal(unix.SIGINT)
	f.says("memfs: " + dir + ": tmpfs is mounted over it; unmount that first")
	if err := unix.Unmount(dir, 0); err != nil {
		t.Fatal(err)
	}
	f.signal(unix.SIGINT)
	f.ends(0)
}

// kill leaves a dead mount on dir.
func kill(t *testing.T, dir string) {
	t.Helper()
	pid := serverOf(t, dir)
	if err := unix.Kill(pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if !waitExit(pid) {
		t.Fatal("kill -9 does not end it")
	}
}

func TestDeadMount(t *testing.T) {
	dir := newDir(t)
	must(t, "mount", dir)
	// Cached attributes must not make it look alive.
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	kill(t, dir)
	runMemfs(t, "mount", dir+"/below").fails(t, exitFailure, dir+"/below: below a dead mount, its server is gone; remove that: umount -l")
	r := runMemfs(t, "mount", dir)
	if want := "memfs: " + dir + ": removed a dead memfs mount, its server was gone\n"; r.status != 0 || r.stderr != want {
		t.Errorf("got %+v, want %q", r, want)
	}
	if _, err := os.ReadDir(dir); err != nil {
		t.Errorf("the new mount: %v", err)
	}
	kill(t, dir)
	must(t, "umount", dir)
}

func TestDeadMountOfAnother(t *testing.T) {
	dir := newDir(t)
	must(t, "mount", "-o", "subtype=other", "source", dir)
	kill(t, dir)
	want := dir + ": a dead fuse.other mount is here, its server is gone; remove it: "
	if os.Geteuid() == 0 {
		want += "umount -l " + dir
	}
	runMemfs(t, "mount", dir).fails(t, exitFailure, want)
	runMemfs(t, "umount", dir).fails(t, exitFailure, dir+": fuse.other is mounted here, not memfs; use umount "+dir)
	abort(dir)
}

// inNamespace runs a command line of memfs after a shell script that may change
// what is mounted, which nobody else sees.
func inNamespace(t *testing.T, script string, args ...string) result {
	t.Helper()
	requireRoot(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := newProgram(t, "/bin/sh", append([]string{"sh", "-ec", script + "\n" + `exec "$@"`, "sh", self}, args...)...)
	cmd.SysProcAttr = newMountNamespace()
	return finish(t, cmd)
}

// emptyDev hides the devices, but for the one that every program needs.
const emptyDev = "mount -t tmpfs none /dev; mknod -m 666 /dev/null c 1 3\n"

func TestNoDevice(t *testing.T) {
	dir := newDir(t)
	inNamespace(t, emptyDev, "mount", dir).fails(t, exitFailure, "no /dev/fuse; load FUSE: modprobe fuse")
	// A node without a driver behind it is no better.
	inNamespace(t, emptyDev+"mknod /dev/fuse c 10 254", "mount", dir).fails(t, exitFailure, "no /dev/fuse; load FUSE")
}

func TestNoCapability(t *testing.T) {
	dir := newDir(t)
	if !exists("/usr/bin/setpriv") {
		unavailable(t, "no setpriv")
	}
	const drop = `set -- setpriv --bounding-set=-sys_admin "$@"`
	inNamespace(t, drop, "mount", dir).fails(t, exitFailure, dir+": not permitted to mount; run as root")
}
