package memfs

import (
	"fmt"
	"strings"
)

// An OptionError reports a word in a list of mount options that cannot be used.
type OptionError struct {
	Option  string // the word as given, for example "size=12q"
	Problem string // what is wrong with it
	Unknown bool   // no such option, rather than a bad value
}

func (e *OptionError) Error() string {
	if e.Unknown {
		return fmt.Sprintf("unknown option %q%s", e.Option, e.Problem)
	}
	return e.Option + ": " + e.Problem
}

// ParseOptions reads a comma-separated list of mount options, as after -o of
// mount(8); several -o are joined by commas. Of contradicting words the last one
// wins, empty words are skipped, and words that only fstab(5) needs are ignored.
// OptionWords lists the words it knows. The error is an *OptionError.
func ParseOptions(list string) (Options, error) {
	var o Options
	for _, w := range strings.Split(list, ",") {
		if err := o.set(w); err != nil {
			return Options{}, err
		}
	}
	return o, nil
}

// set applies one word of a list of options.
func (o *Options) set(given string) error {
	name, val, hasValue := strings.Cut(given, "=")
	switch {
	case given == "", ignored[given], name == "comment",
		strings.HasPrefix(given, "x-"), strings.HasPrefix(given, "X-"):
		return nil
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
	// Two slips in a long word are still the word; in a short one they are not.
	best, limit := "", min(len(name)/3, 2)
	for _, w := range words {
		if d := distance(name, strings.TrimSuffix(w.Name, "=")); d <= limit {
			best, limit = w.Name, d-1
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
