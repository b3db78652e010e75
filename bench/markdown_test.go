package bench

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	dir := t.TempDir()
	if err := WriteMarkdown(dir, reportV1(t)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "benchmarks.md"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "benchmarks.md", string(text))
	files, err := filepath.Glob(filepath.Join(dir, "charts", "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		svg, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "charts/"+filepath.Base(f), string(svg))
	}
}

// The page shows the charts that are there, and each row of a table has as many
// cells as its head, whatever the names are.
func TestMarkdownIsSound(t *testing.T) {
	for name, r := range oddReports() {
		dir := t.TempDir()
		if err := WriteMarkdown(dir, r); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, "benchmarks.md"))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		shown := make(map[string]bool)
		for _, m := range regexp.MustCompile(`\]\((charts/[^)]*)\)`).FindAllStringSubmatch(text, -1) {
			shown[m[1]] = true
			svg, err := os.ReadFile(filepath.Join(dir, m[1]))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			checkSVG(t, name+": "+m[1], string(svg))
		}
		if files, _ := filepath.Glob(filepath.Join(dir, "charts", "*")); len(files) != len(shown) {
			t.Errorf("%s: %d charts, %d of them shown", name, len(files), len(shown))
		}
		code := regexp.MustCompile("(?s)```.*?```|``.*?``")
		for _, bad := range []string{"<script", "\x1b", "<no value>"} {
			if strings.Contains(code.ReplaceAllString(text, ""), bad) {
				t.Errorf("%s: the page contains %q", name, bad)
			}
		}
		cells := 0
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "|") {
				cells = 0
				continue
			}
			n := strings.Count(line, "|") - strings.Count(line, `\|`)
			if cells != 0 && n != cells {
				t.Errorf("%s: %d cells where the head has %d: %s", name, n-1, cells-1, line)
			}
			cells = n
		}
		if strings.Contains(text, "\n\n\n") {
			t.Errorf("%s: two empty lines in a row", name)
		}
	}
}

// What an earlier report left is gone, and what is not ours stays.
func TestMarkdownReplaces(t *testing.T) {
	dir := t.TempDir()
	stale := filepath.Join(dir, "charts", "bench-latency-gone.svg")
	theirs := filepath.Join(dir, "charts", "architecture.svg")
	if err := os.Mkdir(filepath.Dir(stale), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{stale, theirs} {
		if err := os.WriteFile(f, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteMarkdown(dir, reportV1(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("%s is still there", stale)
	}
	if _, err := os.Stat(theirs); err != nil {
		t.Error(err)
	}
}

func TestMarkdownEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"a|b": `a\|b`, "<b>": `&lt;b\>`, "*x*": `\*x\*`, "a_b": `a\_b`, "[x](y)": `\[x\](y)`, "a\nb": "a\uFFFDb", "&amp;": "&amp;amp;",
	} {
		if got := markdown(in); got != want {
			t.Errorf("markdown(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"a": "`a`", "a`b": "``a`b``", "`": "`` ` ``"} {
		if got := code(in); got != want {
			t.Errorf("code(%q) = %q, want %q", in, got, want)
		}
	}
	p := &page{Report: &Report{Command: []string{"memfs", "bench", "--only", "a b", "it's", "", "x=1"}}}
	if got, want := p.Shell(), `memfs bench --only 'a b' 'it'\''s' '' x=1`; got != want {
		t.Errorf("Shell() = %s, want %s", got, want)
	}
}
