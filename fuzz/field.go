package fuzz

import (
	"fmt"
	"strconv"
	"strings"
)

// field is an argument of an operation, in all the forms that one has.
type field interface {
	// decode draws the field from fuzz bytes, encode is its inverse.
	decode(d *decoder, o *Op)
	encode(e *encoder, o *Op)
	// format appends the field in text form, with a space before it, and parse
	// takes it from the front of a line.
	format(b []byte, o *Op) []byte
	parse(l *line, o *Op) error
	// simpler calls yield with simpler versions of the operation.
	simpler(o Op, yield func(Op) bool)
}

// escape is the least byte that stands for a value that is in no table; the
// value follows.
const escape = 0xf0

// ref is a reference to an inode.
type ref struct {
	at   func(*Op) *Ref
	want class
}

func (f ref) format(b []byte, o *Op) []byte {
	switch r := *f.at(o); r {
	case Root:
		return append(b, " root"...)
	case Nowhere:
		return append(b, " nowhere"...)
	default:
		return fmt.Appendf(b, " #%d", r)
	}
}

func (f ref) parse(l *line, o *Op) error {
	w := l.word()
	switch {
	case w == "root":
		*f.at(o) = Root
	case w == "nowhere":
		*f.at(o) = Nowhere
	case strings.HasPrefix(w, "#"):
		n, err := strconv.Atoi(w[1:])
		if err != nil || n < 1 || n > l.ops {
			return fmt.Errorf("%s is no earlier operation", w)
		}
		*f.at(o) = Ref(n)
	default:
		return fmt.Errorf("%q: want root, nowhere or #N", w)
	}
	return nil
}

func (f ref) simpler(o Op, yield func(Op) bool) {
	if r := f.at(&o); *r != Root {
		*r = Root
		yield(o)
	}
}

// text is a name or a target.
type text struct {
	at     func(*Op) *string
	values []string
}

// A string of one byte that is longer than this is written as "x"*n.
const repeatMin = 16

func (f text) format(b []byte, o *Op) []byte {
	s := *f.at(o)
	b = append(b, ' ')
	n := len(s)
	for n > 1 && s[n-1] == s[n-2] {
		n--
	}
	if tail := len(s) - n + 1; tail >= repeatMin {
		if n > 1 {
			b = append(strconv.AppendQuote(b, s[:n-1]), '+')
		}
		return fmt.Appendf(b, "%q*%d", s[n-1:n], tail)
	}
	return strconv.AppendQuote(b, s)
}

func (f text) parse(l *line, o *Op) error {
	l.space()
	s := ""
	for {
		quoted, err := strconv.QuotedPrefix(l.rest)
		if err != nil {
			return fmt.Errorf("want a quoted string at %q", l.rest)
		}
		l.rest = l.rest[len(quoted):]
		part, err := strconv.Unquote(quoted)
		if err != nil {
			return err
		}
		if after, ok := strings.CutPrefix(l.rest, "*"); ok {
			l.rest = after
			n, err := strconv.ParseUint(l.word(), 10, 16)
			if err != nil {
				return err
			}
			part = strings.Repeat(part, int(n))
		}
		s += part
		after, ok := strings.CutPrefix(l.rest, "+")
		if !ok {
			*f.at(o) = s
			return nil
		}
		l.rest = after
	}
}

func (f text) simpler(o Op, yield func(Op) bool) {
	s := f.at(&o)
	old := *s
	for _, v := range f.values[:min(len(f.values), 4)] {
		if v == old {
			return
		}
		*s = v
		if !yield(o) {
			return
		}
	}
}

// entry is a name in a directory: mostly one that an earlier operation made.
type entry struct {
	dir  ref
	name text
}

func (f entry) format(b []byte, o *Op) []byte { return f.name.format(f.dir.format(b, o), o) }

func (f entry) parse(l *line, o *Op) error {
	if err := f.dir.parse(l, o); err != nil {
		return err
	}
	return f.name.parse(l, o)
}

func (f entry) simpler(o Op, yield func(Op) bool) {
	more := true
	try := func(o Op) bool {
		more = yield(o)
		return more
	}
	if f.dir.simpler(o, try); more {
		f.name.simpler(o, try)
	}
}
