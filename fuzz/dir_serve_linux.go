package fuzz

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/sys/unix"
)

// clientVariable tells a process to be a client.
const clientVariable = "MEMFS_FUZZ_CLIENT"

// Client is what the main function, or TestMain, of a program that makes a Target
// calls first. It returns at once, but in the processes that a Target starts,
// where it does not return.
func Client() {
	if os.Getenv(clientVariable) == "" {
		return
	}
	// An interrupt from the terminal reaches this process as well as its parent,
	// at whose end it ends.
	signal.Ignore(unix.SIGINT, unix.SIGTERM)
	s := clientSide{}
	err := s.serve(os.Stdin, os.Stdout)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err = errors.Join(err, s.close()); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz client:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// request asks a client to run a program.
type request struct {
	// In is a directory, in which the client makes one for itself, or with the
	// prefix tmpfsPrefix the options of a tmpfs that it makes for itself.
	In      string
	Program Program
	Options runOptions
}

const tmpfsPrefix = "tmpfs:"

type reply struct {
	Results *Results
	Error   string
}

// clientSide is the state of a client: where it runs the programs of each In.
type clientSide map[string]string

func (s clientSide) serve(in io.Reader, out io.Writer) error {
	requests, replies := gob.NewDecoder(in), gob.NewEncoder(out)
	for {
		var q request
		if err := requests.Decode(&q); err != nil {
			return err
		}
		res, err := s.run(&q)
		a := reply{Results: res}
		if err != nil {
			a.Error = err.Error()
		}
		if err := replies.Encode(a); err != nil {
			return err
		}
	}
}

func (s clientSide) run(q *request) (*Results, error) {
	dir, err := s.dir(q.In)
	if err != nil {
		return nil, err
	}
	return runAt(context.Background(), dir, q.Program, q.Options)
}

// dir returns the directory for an In, which it makes if it is new.
func (s clientSide) dir(in string) (string, error) {
	if dir := s[in]; dir != "" {
		return dir, nil
	}
	base := in
	if options, ok := strings.CutPrefix(in, tmpfsPrefix); ok {
		var err error
		if base, err = makeTmpfs(options); err != nil {
			return "", err
		}
	}
	dir, err := os.MkdirTemp(base, "memfs-fuzz-")
	if err == nil {
		s[in] = dir
	}
	return dir, err
}

// makeTmpfs makes a tmpfs that is mounted nowhere: it is reached by a descriptor,
// and goes with it.
func makeTmpfs(options string) (dir string, err error) {
	fs, err := unix.Fsopen("tmpfs", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return "", os.NewSyscallError("fsopen", err)
	}
	defer unix.Close(fs)
	attr := unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV
	for word := range strings.SplitSeq(options, ",") {
		switch word {
		case "relatime":
		case "noatime":
			attr |= unix.MOUNT_ATTR_NOATIME
		case "strictatime":
			attr |= unix.MOUNT_ATTR_STRICTATIME
		default:
			key, value, _ := strings.Cut(word, "=")
			if err := unix.FsconfigSetString(fs, key, value); err != nil {
				return "", os.NewSyscallError("fsconfig "+word, err)
			}
		}
	}
	if err := unix.FsconfigCreate(fs); err != nil {
		return "", os.NewSyscallError("fsconfig", err)
	}
	mount, err := unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, attr)
	if err != nil {
		return "", os.NewSyscallError("fsmount", err)
	}
	return fmt.Sprintf("/proc/self/fd/%d", mount), nil
}

func (s clientSide) close() (err error) {
	for _, dir := range s {
		err = errors.Join(err, os.Remove(dir))
	}
	return err
}
