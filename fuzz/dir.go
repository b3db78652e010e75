package fuzz

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Field is one thing that a call let see, as text: its errno, an attribute, the
// bytes that it read.
type Field struct{ Key, Value string }

// An Answer is what a call let see. One without fields is that of a call that
// succeeded and returned nothing.
type Answer []Field

// Get returns the value of a field, "" if there is none.
func (a Answer) Get(key string) string {
	for _, f := range a {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// String returns the answer as a trace shows it.
func (a Answer) String() string {
	var words []string
	for _, f := range a {
		switch f.Key {
		case keyErrno, keySkipped:
			words = append(words, f.Value)
		default:
			words = append(words, f.Key+"="+brief(f.Value))
		}
	}
	return strings.Join(words, " ")
}

// The keys of fields that mean something here.
const (
	keyErrno   = "errno"
	keySkipped = "skipped" // why an operation is no system call
	keyData    = "data"
	keyTree    = "tree"
	keySize    = "size"
	keyOffset  = "offset"
	keyBehind  = "behind the end" // of a file, what in a mapping is not zero
	keyHoles   = "holes"          // what in a hole is not zero
	keyLeft    = "free space"

	keyFreeBlocks = "free blocks"
	keyFreeInodes = "free inodes"

	keyWrong = "wrong" // with a listing in pieces
)

// brief returns a value that may be long, or no text.
func brief(s string) string {
	const most = 24
	if len(s) <= most && utf8.ValidString(s) && !strings.ContainsAny(s, "\n\x00") {
		return s
	}
	if len(s) > most {
		return fmt.Sprintf("%.*q… (%d bytes)", most, s[:most], len(s))
	}
	return fmt.Sprintf("%q", s)
}

// Results is what a program let see in a directory.
type Results struct {
	Ops  []Answer // of each operation
	Tree []Seen   // all that there was at the end
	Left Answer   // once everything was removed
}

// Seen is an inode at the end of a program: its path in the directory, "." for
// that itself, or "#N" for an unlinked one that operation N gave out.
type Seen struct {
	Where string
	Answer
}

// Trace returns the program as text, with what each operation answered behind it,
// and what there was at the end. Parse takes it, and does not see the answers.
func (r *Results) Trace(p Program) string {
	var remarks []string
	for _, a := range r.Ops {
		remarks = append(remarks, a.String())
	}
	b := p.annotated(remarks)
	for _, s := range r.Tree {
		b = fmt.Appendf(b, "// at the end %q: %v\n", s.Where, s.Answer)
	}
	return string(fmt.Appendf(b, "// everything removed: %v\n", r.Left))
}

// A Difference is a field in which two directories differ.
type Difference struct {
	Op        *Op    // nil at the end of the program
	Number    int    // of the operation, 0 at the end
	Before    []Op   // the operations of the program before it
	Where     string // at the end, of what inode: see Seen
	Key       string
	Got, Want string    // its values
	In        [2]Answer // the answers that it is in
}

// Compare returns the first difference between what a program let see in two
// directories, but for those that known reports to be known; known may be nil.
func Compare(p Program, got, want *Results, known func(*Difference) bool) *Finding {
	c := comparison{known: known}
	for k := range p.Ops {
		c.at = Difference{Op: &p.Ops[k], Number: k + 1, Before: p.Ops[:k]}
		if c.answers(got.Ops[k], want.Ops[k]) {
			return c.finding()
		}
	}
	at := func(tree []Seen, where string) Answer {
		k := slices.IndexFunc(tree, func(s Seen) bool { return s.Where == where })
		if k < 0 {
			return Answer{{keyTree, "not there"}}
		}
		return tree[k].Answer
	}
	for _, s := range want.Tree {
		c.at = Difference{Where: s.Where, Before: p.Ops}
		if c.answers(at(got.Tree, s.Where), s.Answer) {
			return c.finding()
		}
	}
	for _, s := range got.Tree {
		c.at = Difference{Where: s.Where, Before: p.Ops}
		if c.answers(s.Answer, at(want.Tree, s.Where)) {
			return c.finding()
		}
	}
	c.at = Difference{Where: "when everything was removed", Before: p.Ops}
	if c.answers(got.Left, want.Left) {
		return c.finding()
	}
	return nil
}

type comparison struct {
	known func(*Difference) bool
	at    Difference
}

// answers reports whether two answers differ in what is not known.
func (c *comparison) answers(got, want Answer) bool {
	c.at.In = [2]Answer{got, want}
	for k, a := range c.at.In {
		for _, f := range a {
			if k == 1 && got.Get(f.Key) == f.Value {
				continue
			}
			c.at.Key, c.at.Got, c.at.Want = f.Key, got.Get(f.Key), want.Get(f.Key)
			if f.Key == keyWrong && c.at.Got == "" { // what is wrong with the other is its affair
				continue
			}
			if c.at.Got != c.at.Want && (c.known == nil || !c.known(&c.at)) {
				return true
			}
		}
	}
	return false
}

func (c *comparison) finding() *Finding {
	d := &c.at
	message := fmt.Sprintf("%s, want %s", orNone(d.Got), orNone(d.Want))
	if d.Key == keyData && len(d.Got) == len(d.Want) {
		at := 0
		for d.Got[at] == d.Want[at] {
			at++
		}
		message = fmt.Sprintf("byte %d of %d is %#x, want %#x", at, len(d.Got), d.Got[at], d.Want[at])
	}
	if d.Number == 0 {
		message = fmt.Sprintf("of %q: %s", d.Where, message)
	}
	return &Finding{Op: d.Number, Check: d.Key, Message: message}
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return brief(value)
}
