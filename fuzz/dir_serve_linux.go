package fuzz

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// clientVariable tells a process to be a client; its value is a directory for
// temporary files, which it removes.
const clientVariable = "MEMFS_FUZZ_CLIENT"

// Client is what the main function, or TestMain, of a program that makes a Target
// calls first. It returns at once, but in the processes that a Target starts,
// where it does not return.
func Client() {
	temp := os.Getenv(clientVariable)
	if temp == "" {
		return
	}
	// An interrupt from the terminal reaches this process as well as its parent,
	// at whose end it ends.
	signal.Ignore(unix.SIGINT, unix.SIGTERM)
	s := clientSide{temp: temp, dirs: map[string]string{}}
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
	// prefix tmpfsPrefix the options of a tmpfs that it mounts for itself.
	In      string
	Program Program
	Options runOptions
}

const tmpfsPrefix = "tmpfs:"

type reply struct {
	Results *Results
	Error   string
}

// clientSide is the state of a client.
type clientSide struct {
	temp string
	dirs map[string]string // where it runs the programs of each In
}

func (s *clientSide) serve(in io.Reader, out io.Writer) error {
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

func (s *clientSide) run(q *request) (*Results, error) {
	dir, err := s.dir(q.In)
	if err != nil {
		return nil, err
	}
	return runAt(context.Background(), dir, q.Program, q.Options)
}

// dir returns the directory for an In, which it makes if it is new.
func (s *clientSide) dir(in string) (string, error) {
	if dir := s.dirs[in]; dir != "" {
		return dir, nil
	}
	base := in
	if options, ok := strings.CutPrefix(in, tmpfsPrefix); ok {
		var err error
		if base, err = s.mountTmpfs(options); err != nil {
			return "", err
		}
	}
	dir, err := os.MkdirTemp(base, "memfs-fuzz-")
	if err == nil {
		s.dirs[in] = dir
	}
	return dir, err
}

// mountTmpfs mounts a tmpfs in the mount namespace of this process, with which it
// ends.
func (s *clientSide) mountTmpfs(options string) (string, error) {
	flags := uintptr(unix.MS_NOSUID | unix.MS_NODEV)
	var data []string
	for word := range strings.SplitSeq(options, ",") {
		switch word {
		case "relatime":
		case "noatime":
			flags |= unix.MS_NOATIME
		case "strictatime":
			flags |= unix.MS_STRICTATIME
		default:
			data = append(data, word)
		}
	}
	dir, err := os.MkdirTemp(s.temp, "tmpfs-")
	if err != nil {
		return "", err
	}
	if err := unix.Mount("fuzz", dir, "tmpfs", flags, strings.Join(data, ",")); err != nil {
		return "", errors.Join(os.NewSyscallError("mount -t tmpfs -o "+options, err), os.Remove(dir))
	}
	return dir, nil
}

func (s *clientSide) close() (err error) {
	defer func() { err = errors.Join(err, os.Remove(s.temp)) }()
	for in, dir := range s.dirs {
		err = errors.Join(err, os.Remove(dir))
		if strings.HasPrefix(in, tmpfsPrefix) {
			base := filepath.Dir(dir)
			err = errors.Join(err, unix.Unmount(base, unix.MNT_DETACH), os.Remove(base))
		}
	}
	return err
}
