package memfs

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/scratchfs/memfs/internal/nearest"
)

// An OptionError reports a word in a list of mount options that cannot be used.
type OptionError struct {
	Option  string // the word as given, for example "size=12q"
	Problem string // what is wrong with it
	Unknown bool   // no such option, rather than a bad value
}

// Error returns it on one line.
func (e *OptionError) Error() string {
	if e.Unknown {
		return fmt.Sprintf("unknown option %q%s", e.Option, e.Problem)
	}
	return quote(e.Option) + ": " + e.Problem
}

// ParseOptions reads a comma-separated list of mount options, as after -o of
// mount(8); several -o are joined by commas. As in libfuse a backslash takes what is
// special from the byte after it, and three octal digits after one are a byte. Of
// contradicting words the last one wins, empty words are skipped, and words that only
// fstab(5) needs are ignored. OptionWords lists the words it knows. The error is an
// *OptionError.
func ParseOptions(list string) (Options, error) {
	var o Options
	for _, w := range SplitOptions(list) {
		if err := o.set(w); err != nil {
			return Options{}, err
		}
	}
	return o, nil
}

// SplitOptions cuts a list of options at its commas, but for those after a backslash. The
// words are as they were given.
func SplitOptions(list string) []string {
	var words []string
	start := 0
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case '\\':
			i++
		case ',':
			words = append(words, list[start:i])
			start = i + 1
		}
	}
	return append(words, list[start:])
}

// escape protects the bytes that mean something in a list of options.
var escape = strings.NewReplacer(`\`, `\\`, `,`, `\,`)

// unescapeWord undoes that, as fuse_opt_parse of libfuse does.
func unescapeWord(w string) string {
	if !strings.Contains(w, `\`) {
		return w
	}
	var b []byte
	for i := 0; i < len(w); i++ {
		if w[i] == '\\' && i+1 < len(w) {
			i++
			if i+3 <= len(w) {
				if n, err := strconv.ParseUint(w[i:i+3], 8, 8); err == nil {
					b = append(b, byte(n))
					i += 2
					continue
				}
			}
		}
		b = append(b, w[i])
	}
	return string(b)
}

// set applies one word of a list of options.
func (o *Options) set(given string) error {
	text := unescapeWord(given)
	name, val, hasValue := strings.Cut(text, "=")
	switch {
	case text == "", ignored[text], name == "comment",
		strings.HasPrefix(text, "x-"), strings.HasPrefix(text, "X-"):
		return nil
	case strings.Contains(text, "\x00"):
		return &OptionError{Option: given, Problem: "has a zero byte, which the kernel takes for the end"}
	case refused[name] != "":
		return &OptionError{Option: given, Problem: refused[name]}
	}

	for _, w := range words {
		want, takesValue := strings.CutSuffix(w.Name, "=")
		switch {
		case name != want:
			continue
		case takesValue && !hasValue:
			return &OptionError{Option: given, Problem: "needs a value: " + w.Help}
		case !takesValue && hasValue:
			return &OptionError{Option: given, Problem: "takes no value"}
		}
		if err := w.set(o, val); err != nil {
			return &OptionError{Option: given, Problem: err.Error()}
		}
		return nil
	}

	e := &OptionError{Option: given, Unknown: true}
	if near := nearestWord(name); near != "" {
		e.Problem = fmt.Sprintf(", did you mean %s?", near)
	}
	return e
}

// nearestWord returns the option that name is most likely a misspelling of, or
// nothing if none is near.
func nearestWord(name string) string {
	full := map[string]string{} // by the name without "="
	var names []string
	for _, w := range words {
		n := strings.TrimSuffix(w.Name, "=")
		full[n] = w.Name
		names = append(names, n)
	}
	return full[nearest.Word(name, names)]
}
