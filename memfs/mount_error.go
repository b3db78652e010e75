package memfs

import (
	"strconv"
	"strings"
	"unicode"
)

// An Error reports a mount or unmount that failed, in words for the one who
// asked for it.
type Error struct {
	Op      string // "mount", "unmount" or "serve"
	Dir     string // the mount point; empty if it is not at fault
	Problem string // what is wrong, for example "no such directory"
	Remedy  string // what to do about it; may be empty
	Err     error  // the cause, often a syscall.Errno; may be nil
}

// emptyName is the problem of a mount point "", which a shell makes of a variable that is
// not set.
const emptyName = "no such directory, the name is empty"

// Error returns the problem and the remedy on one line.
func (e *Error) Error() string {
	s := e.Problem
	if e.Dir != "" {
		s = quote(e.Dir) + ": " + s
	}
	if e.Remedy != "" {
		s += "; " + e.Remedy
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// quote returns a path for a message and for a shell: as it is if that is plain,
// else in quotes, and on one line whatever is in it.
func quote(path string) string {
	switch {
	case strings.ContainsFunc(path, unicode.IsControl):
		return strconv.Quote(path)
	case path == "" || strings.ContainsAny(path, " \"#$&'()*;<>?[\\]`{|}~"):
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
