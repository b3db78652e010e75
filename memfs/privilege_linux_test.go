package memfs

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// Root of a user namespace has all capabilities there, and none here.
func TestMayAdminister(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	start := func(attr *syscall.SysProcAttr) uint32 {
		t.Helper()
		cmd := exec.Command("cat")
		cmd.SysProcAttr = attr
		stdin, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() { stdin.Close(); _ = cmd.Wait() })
		return uint32(cmd.Process.Pid)
	}
	if !mayAdminister(start(nil)) {
		t.Error("root may not")
	}
	ids := []syscall.SysProcIDMap{{Size: 1}}
	if mayAdminister(start(&syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids})) {
		t.Error("root of a user namespace may")
	}
	if mayAdminister(start(&syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}})) {
		t.Error("nobody may")
	}
	if mayAdminister(1<<31 - 1) {
		t.Error("who is not there may")
	}
}
