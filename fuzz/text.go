package fuzz

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String returns the program as a trace: its limits, and an operation a line.
// Parse is the inverse.
func (p Program) String() string { return string(p.annotated(nil)) }

// annotated is String with a remark behind some operations.
func (p Program) annotated(remarks []string) []byte {
	b := fmt.Appendf(nil, "limits blocks=%d inodes=%d atime=%d\n", p.Limits.Blocks, p.Limits.Inodes, p.Limits.ATime)
	for k := range p.Ops {
		if t := p.Ops[k].Thread; t > 0 {
			b = fmt.Appendf(b, "t%d ", t)
		}
		b = append(fmt.Appendf(b, "%d ", k+1), p.Ops[k].String()...)
		if k < len(remarks) && remarks[k] != "" {
			b = append(append(b, remark...), remarks[k]...)
		}
		b = append(b, '\n')
	}
	return b
}

// remark begins what is for the reader only, up to the end of a line.
const remark = "  // "

// String returns the operation in text form, without its thread and number.
func (o Op) String() string {
	b := []byte(syntax[o.Kind].name)
	for _, f := range syntax[o.Kind].fields {
		b = f.format(b, &o)
	}
	return string(b)
}

// line is what is left of a line to parse.
type line struct {
	rest string
	ops  int // operations before it
}

func (l *line) space() { l.rest = strings.TrimLeft(l.rest, " \t") }

// word takes the next word.
func (l *line) word() string {
	l.space()
	end := strings.IndexAny(l.rest, " \t+")
	if end < 0 {
		end = len(l.rest)
	}
	w := l.rest[:end]
	l.rest = l.rest[end:]
	return w
}

// end fails if there is anything left but a remark.
func (l *line) end() error {
	if l.space(); l.rest != "" && !strings.HasPrefix(l.rest, "//") {
		return fmt.Errorf("%q is too much", l.rest)
	}
	return nil
}

// Parse reads a trace. Empty lines, and what follows //, are for the reader.
func Parse(trace string) (Program, error) {
	var p Program
	n, limits := 0, false
	for s := range strings.SplitSeq(trace, "\n") {
		n++
		l := line{rest: s, ops: len(p.Ops)}
		if l.end() == nil {
			continue
		}
		var err error
		if !limits {
			p.Limits, err = l.limits()
			limits = true
		} else {
			var o Op
			o, err = l.op()
			p.Ops = append(p.Ops, o)
		}
		if err == nil {
			err = l.end()
		}
		if err != nil {
			return Program{}, fmt.Errorf("fuzz: line %d: %w", n, err)
		}
	}
	if !limits {
		return Program{}, fmt.Errorf("fuzz: no limits")
	}
	return p, nil
}

func (l *line) limits() (c Limits, err error) {
	_, err = fmt.Sscanf(l.rest, "limits blocks=%d inodes=%d atime=%d", &c.Blocks, &c.Inodes, &c.ATime)
	if err != nil {
		return c, fmt.Errorf("want limits blocks=N inodes=N atime=N: %w", err)
	}
	l.rest = ""
	return c, nil
}

func (l *line) op() (o Op, err error) {
	w := l.word()
	if t, ok := strings.CutPrefix(w, "t"); ok {
		n, err := strconv.ParseUint(t, 10, 8)
		if err != nil || n < 1 || n > threadsMax {
			return o, fmt.Errorf("%q: want a thread, t1 to t%d", w, threadsMax)
		}
		o.Thread = uint8(n)
		w = l.word()
	}
	if w != strconv.Itoa(l.ops+1) {
		return o, fmt.Errorf("%q: want the number of the operation, %d", w, l.ops+1)
	}
	w = l.word()
	kind := slices.IndexFunc(syntax[:], func(v verb) bool { return v.name == w })
	if kind < 0 {
		return o, fmt.Errorf("%q is no operation", w)
	}
	o.Kind = Kind(kind)
	for _, f := range syntax[kind].fields {
		if err := f.parse(l, &o); err != nil {
			return o, err
		}
	}
	return o, nil
}
