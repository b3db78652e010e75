package memfs

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"
)

const fusermountProgram = "fusermount3"

// fusermount mounts on dir through fusermount3(1), which has the privilege that
// this process lacks, and returns the connection.
func fusermount(dir string, o *Options) (int, error) {
	if o.Suid || o.Dev {
		return -1, &Error{Op: "mount", Dir: dir, Problem: "no permission to mount with suid or dev", Remedy: "leave them out, or run as root", Err: unix.EPERM}
	}
	// The program sends the descriptor through a socket, see its manual page.
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, &Error{Op: "mount", Problem: "socketpair: " + err.Error(), Err: err}
	}
	theirs := os.NewFile(uintptr(pair[0]), "fusermount3")
	defer unix.Close(pair[1])
	before, err := topMount(dir)
	if err != nil {
		theirs.Close()
		return -1, err
	}

	err = runFusermount(theirs, "-o", o.fusermountOptions(), "--", dir)
	theirs.Close()
	if err != nil {
		return -1, fusermountError("mount", dir, err)
	}
	dev, err := receiveDescriptor(pair[1])
	if err != nil {
		e := &Error{Op: "mount", Dir: dir, Problem: "no connection from " + fusermountProgram + ": " + err.Error(), Err: err}
		// It may have mounted all the same, which nobody serves.
		if now, err := topMount(dir); err == nil && now != before {
			if undo := removeMount(dir, true); undo != nil {
				e.Remedy = notUndone(undo)
			}
		}
		return -1, e
	}
	return dev, nil
}

// fusermountOptions returns what to pass after -o. The rules for access times
// are left out: versions differ in which they take, and the server applies them. So
// they do for nosymfollow, which nobody else can apply: who does not take it says so.
func (o *Options) fusermountOptions() string {
	list := append(o.fuseOptions(), "fsname="+escape.Replace(o.FSName))
	if !o.NoSubtype {
		list = append(list, "subtype="+escape.Replace(o.Subtype))
	}
	for _, f := range []struct {
		on   bool
		word string
	}{{o.ReadOnly, "ro"}, {o.NoExec, "noexec"}, {o.Sync, "sync"}, {o.DirSync, "dirsync"}, {o.NoSymFollow, "nosymfollow"}, {o.ATime == NoATime, "noatime"}} {
		if f.on {
			list = append(list, f.word)
		}
	}
	return strings.Join(list, ",")
}

// runFusermount runs fusermount3, with socket as its end of the connection
// unless it is nil. The error is what the program has to say, on one line.
func runFusermount(socket *os.File, args ...string) error {
	path, err := exec.LookPath(fusermountProgram)
	if err != nil {
		return err
	}
	var stderr bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stderr = &stderr
	if socket != nil {
		cmd.ExtraFiles = []*os.File{socket}
		cmd.Env = append(os.Environ(), "_FUSE_COMMFD=3")
	}
	if err := cmd.Run(); err != nil {
		said, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		if said = strings.TrimPrefix(said, fusermountProgram+": "); said != "" {
			return errors.New(said)
		}
		return fmt.Errorf("%s: %w", fusermountProgram, err)
	}
	return nil
}

// receiveDescriptor takes the descriptor that fusermount3 left in a socket.
func receiveDescriptor(socket int) (int, error) {
	data, control := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(socket, data, control, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return -1, err
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil {
		return -1, err
	}
	for i := range messages {
		if fds, err := unix.ParseUnixRights(&messages[i]); err == nil && len(fds) == 1 {
			return fds[0], nil
		}
	}
	return -1, errors.New("no descriptor in the message")
}

// fusermountError turns what fusermount3 said into a problem and a remedy. The
// program has no other way to tell: it exits with 1 whatever happened.
func fusermountError(op, dir string, err error) error {
	e := &Error{Op: op, Dir: dir, Problem: err.Error(), Err: err}
	said := func(s string) bool { return strings.Contains(e.Problem, s) }
	switch {
	case errors.Is(err, exec.ErrNotFound):
		e.Problem = "not permitted, and no " + fusermountProgram + " to ask"
		e.Remedy = "install fuse3, or run as root"
	case said("user_allow_other"):
		e.Problem = "allow_other is not permitted"
		e.Remedy = "add the line user_allow_other to /etc/fuse.conf, or leave allow_other out"
		e.Err = unix.EPERM
	case said("no write access"), said("not owned by user"):
		e.Problem = "not your directory to mount on"
		e.Remedy = "mount on a directory that you own and may write"
		e.Err = unix.EACCES
	case said("failed to open " + fuseDevice), said("fuse device not found"), said("not found. Kernel module"):
		if said("ermission denied") || said("not permitted") {
			return deviceError(unix.EACCES)
		}
		return deviceError(unix.ENOENT)
	case said("is forbidden"):
		e.Remedy = "mount on a directory of an ordinary filesystem"
	case said("not permitted"):
		e.Problem = "not permitted to " + op
		e.Remedy = "run as root, or with " + fusermountProgram + " setuid root (in a container: --cap-add SYS_ADMIN)"
		e.Err = unix.EPERM
	case said("resource busy"):
		e.Problem, e.Err = "busy", unix.EBUSY
	}
	return e
}
