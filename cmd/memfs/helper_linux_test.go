package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The ways in which mount(8) and mount.fuse3 start a helper.
func TestHelper(t *testing.T) {
	for _, argv := range [][]string{
		{"memfs", "src", "DIR", "-o", "rw,noexec,nofail"},
		{"/sbin/mount.memfs", "src", "DIR", "-n", "-v", "-o", "rw,noexec", "-t", "memfs"},
		{"mount.fuse.memfs", "src", "DIR", "-nv", "-o", "noexec,rw", "-t", "fuse.memfs"},
		{"mount.memfs", "src", "DIR", "-s", "-o", "noexec,frob=1,rw,frob=1,x-y"},
		{"mount.memfs", "src", "DIR", "-s", "-o", `noexec,fr\,ob=1,rw`},
	} {
		dir := newDir(t)
		argv[2] = dir
		if r := finish(t, newCommand(t, argv...)); r != (result{}) {
			t.Fatalf("%q: %+v", argv, r)
		}
		if got, want := strings.Join(mounted(dir)[5:8], " "), "rw,nosuid,nodev,noexec,relatime fuse.memfs src"; got != want {
			t.Errorf("%q: mounted as %s, want %s", argv, got, want)
		}
		must(t, "umount", dir)
	}
}

func TestHelperFake(t *testing.T) {
	dir := newDir(t)
	if r := finish(t, newCommand(t, "mount.memfs", "src", dir, "-f", "-o", "size=1m")); r != (result{}) {
		t.Errorf("%+v", r)
	}
	if mounted(dir) != nil {
		t.Error("mounted")
		must(t, "umount", dir)
	}
	finish(t, newCommand(t, "mount.memfs", "src", dir, "-f", "-o", "sise=1m")).fails(t, exitUsage, `unknown option "sise=1m"`)
	finish(t, newCommand(t, "mount.memfs", "src")).fails(t, exitUsage, "mount-helper: no DIR given; see: memfs help mount")
}

func TestMountFuse3(t *testing.T) {
	requireRoot(t)
	dir := newDir(t)
	const program = "/usr/sbin/mount.fuse3"
	if !exists(program) {
		unavailable(t, "no "+program)
	}
	cmd := newProgram(t, program, "mount.fuse3", "none", dir, "-o", "rw,size=1m", "-t", "fuse.memfs")
	cmd.Env = append(cmd.Env, "PATH="+filepath.Dir(copyCommand(t))+":"+os.Getenv("PATH"))
	if r := finish(t, cmd); r != (result{}) {
		t.Fatalf("%+v", r)
	}
	// mount(8) means suid and dev unless told otherwise, and says so.
	if got, want := strings.Join(mounted(dir)[5:8], " "), "rw,relatime fuse.memfs none"; got != want {
		t.Errorf("mounted as %s, want %s", got, want)
	}
	must(t, "umount", dir)
}

func TestCommandArgs(t *testing.T) {
	for argv, want := range map[string]string{
		"memfs":                     "",
		"memfs mount /x":            "mount /x",
		"memfs mount /x -o ro":      "mount /x -o ro",
		"memfs mount a /x -o ro":    "mount a /x -o ro",
		"memfs umount /x":           "umount /x",
		"memfs completion bash -h":  "completion bash -h",
		"memfs __complete mount -o": "__complete mount -o",
		"memfs help mount":          "help mount",
		"memfs a /x -o ro":          "mount-helper a /x -o ro",
		"memfs a /x":                "a /x",
		"memfs -o ro a /x":          "-o ro a /x",
		"./mount.memfs a /x":        "mount-helper a /x",
	} {
		args := strings.Fields(argv)
		if got := strings.Join(commandArgs(newRootCommand(args[0]), args), " "); got != want {
			t.Errorf("%s: %s, want %s", argv, got, want)
		}
	}
}
