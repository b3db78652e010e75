//go:build linux

package programs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A mark is a variable in the environment of a program, by which all that
// descends from it is found again. Process groups and sessions do not serve:
// fio and stress-ng make their own.

var marks atomic.Int64

func newMark() string {
	return fmt.Sprintf("MEMFS_TEST_MARK=%d.%d", os.Getpid(), marks.Add(1))
}

// marked returns the processes that have mark in their environment. One that
// has exited has none.
func marked(mark string) []int {
	var pids []int
	procs, _ := filepath.Glob("/proc/[0-9]*")
	for _, proc := range procs {
		environ, _ := os.ReadFile(proc + "/environ")
		if bytes.Contains(environ, []byte("\x00"+mark+"\x00")) {
			pid, _ := strconv.Atoi(filepath.Base(proc))
			pids = append(pids, pid)
		}
	}
	return pids
}

// stillThere returns those processes that do not exit within grace.
func stillThere(pids []int) []int {
	var left []int
	deadline := time.Now().Add(grace)
	for _, pid := range pids {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			continue
		}
		exited := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := 0, error(unix.EINTR)
		for err == unix.EINTR {
			n, err = unix.Poll(exited, max(0, int(time.Until(deadline).Milliseconds())))
		}
		unix.Close(fd)
		if n == 0 {
			left = append(left, pid)
		}
	}
	return left
}

// kill kills processes and returns their ids and names.
func kill(pids []int) string {
	var names []string
	for _, pid := range pids {
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		names = append(names, fmt.Sprintf("%d %s", pid, bytes.TrimSpace(name)))
		_ = unix.Kill(pid, unix.SIGKILL)
	}
	return strings.Join(names, ", ")
}
