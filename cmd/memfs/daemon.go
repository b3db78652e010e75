package main

import (
	"fmt"
	"io"
	"log"
	"log/syslog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/memfs"
)

// readyVariable tells the process that stays behind that it is that one. A Go
// program cannot fork, so it starts itself again.
const readyVariable = "_MEMFS_READY_FD"

// readyFD is the first descriptor that exec.Cmd.ExtraFiles hands over.
const readyFD = 3

// daemonize mounts in a new process and returns when the mount answers. If that
// fails, the other process has said why.
func (r *mountRequest) daemonize() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()

	args := []string{"mount"}
	if list := strings.Join(r.lists, ","); list != "" {
		args = append(args, "-o", list)
	}
	args = append(args, "--")
	if r.source != "" {
		args = append(args, r.source)
	}
	cmd := exec.Command(self, append(args, r.dir)...)
	cmd.Args[0] = "memfs"
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", readyVariable, readyFD))
	cmd.ExtraFiles = []*os.File{write}
	cmd.Stderr = os.Stderr // until it is ready
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	inheritNothing()
	err = cmd.Start()
	write.Close()
	if err != nil {
		return err
	}

	// The pipe ends with a byte when the mount is ready, and without one when
	// the process has failed.
	if n, _ := io.ReadFull(read, make([]byte, 1)); n == 1 {
		return r.check()
	}
	if err := cmd.Wait(); err != nil && cmd.ProcessState.Exited() {
		return &statusError{code: cmd.ProcessState.ExitCode()}
	}
	return fmt.Errorf("%s: the server ended before it was ready: %s", r.dir, cmd.ProcessState)
}

// check asks the new mount a question, as its first user.
func (r *mountRequest) check() error {
	dir := r.dir
	if !filepath.IsAbs(dir) { // "." is still the directory below the mount
		wd, err := os.Getwd()
		if err != nil {
			return err
		}
		dir = wd + "/" + dir
	}
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return &memfs.Error{Op: "mount", Dir: r.dir, Problem: "mounted, but does not answer: " + err.Error(), Err: err}
	}
	return nil
}

// A readyPipe leads to the process that waits for the mount.
type readyPipe struct{ file *os.File }

// takeReadyPipe returns the pipe to the process that started this one to stay
// behind, or nil if this is not such a process.
func takeReadyPipe() *readyPipe {
	if os.Getenv(readyVariable) == "" {
		return nil
	}
	os.Unsetenv(readyVariable)
	unix.CloseOnExec(readyFD)
	return &readyPipe{os.NewFile(readyFD, "ready")}
}

// announce lets go of everything that belongs to the starting process, and then
// tells it that the mount is ready.
func (p *readyPipe) announce() error {
	defer p.file.Close()
	if err := os.Chdir("/"); err != nil {
		return err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	for fd := range readyFD {
		if err := unix.Dup2(int(null.Fd()), fd); err != nil {
			return err
		}
	}
	// Where there is no system log, messages are lost.
	if w, err := syslog.New(syslog.LOG_DAEMON|syslog.LOG_WARNING, "memfs"); err == nil {
		log.SetOutput(w)
	}
	_, err = p.file.Write([]byte{0})
	return err
}
