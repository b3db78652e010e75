package fuzz

import (
	"fmt"
	"os"
	"strings"
)

// leftOut reports whether an operation that comes after others is not run, since the
// directory has none.
func (t *Target) leftOut(o *Op, before []Op) bool {
	return t.lacks != nil && t.lacks(o, before) || t.without[optional(o)]
}

// learns reports whether the answer to an operation says that the directory has
// none, which it keeps in mind: the program is to run again without.
func (t *Target) learns(o *Op, got, want Answer) bool {
	errno, what := got.Get(keyErrno), optional(o)
	if t.limits || what == "" || errno == want.Get(keyErrno) {
		return false
	}
	switch {
	case errno == "ENOTSUP", errno == "ENOSYS", errno == "ENOTTY":
	case o.Kind == Rename && errno == "EINVAL", o.Kind == Tmpfile && errno == "EISDIR": // that know no flags
	default:
		return false
	}
	if t.without == nil {
		t.without = map[string]bool{}
	}
	t.without[what] = true
	t.say("%s: %s: left out from now on", what, errno)
	return true
}

// optional returns what an operation wants that not every filesystem has, "" for
// none.
func optional(o *Op) string {
	switch o.Kind {
	case SetFlags, Tmpfile, CopyRange, Seek:
		return syntax[o.Kind].name
	case Fallocate:
		return syntax[o.Kind].name + string(fallocFlags.format(nil, o))
	case Rename:
		if o.Flags != 0 {
			return syntax[o.Kind].name + string(renameFlags.format(nil, o))
		}
	case SetXattr, GetXattr, RemoveXattr:
		if isACL(o.Name) {
			return "POSIX ACLs"
		}
		space, _, _ := strings.Cut(o.Name, ".")
		return "extended attributes " + space + ".*"
	}
	return ""
}

// meetsLimit reports whether an operation met a limit: nothing can be said of what
// follows.
func (t *Target) meetsLimit(answers ...Answer) bool {
	for _, a := range answers {
		errno := a.Get(keyErrno)
		if !t.limits && (errno == "ENOSPC" || errno == "EFBIG") {
			t.say("%s: a program that meets a limit is compared up to there", errno)
			return true
		}
	}
	return false
}

// say tells the user something, once.
func (t *Target) say(format string, args ...any) {
	line := fmt.Sprintf("fuzz: %s: %s\n", t.Dir, fmt.Sprintf(format, args...))
	if !t.said[line] {
		if t.said == nil {
			t.said = map[string]bool{}
		}
		t.said[line] = true
		fmt.Fprint(os.Stderr, line)
	}
}
