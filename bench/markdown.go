package bench

import (
	_ "embed"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
	"unicode"
)

//go:embed markdown.tmpl
var markdownText string

var markdownTemplate = template.Must(template.New("markdown").Funcs(template.FuncMap{
	"md": markdown, "code": code, "sentence": sentence,
}).Parse(markdownText))

// WriteMarkdown writes a report as benchmarks.md in dir, and its charts in
// dir/charts, which it makes. The page is written last, so that what it shows is
// there. Charts of earlier reports that are not in this one are removed.
func WriteMarkdown(dir string, r *Report) error {
	p := newPage(r, wide)
	charts := filepath.Join(dir, chartsDir)
	if err := os.MkdirAll(charts, 0o777); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(charts, chartPrefix+"*.svg"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	for _, c := range p.charts {
		if err := os.WriteFile(filepath.Join(charts, chartPrefix+c.name+".svg"), []byte(c.file(r)), 0o666); err != nil {
			return err
		}
	}
	var b strings.Builder
	if err := markdownTemplate.Execute(&b, p); err != nil {
		return err
	}
	// What is left out in the template leaves its empty lines.
	text := regexp.MustCompile(`\n{3,}`).ReplaceAllString(b.String(), "\n\n")
	return os.WriteFile(filepath.Join(dir, "benchmarks.md"), []byte(text), 0o666)
}

const (
	chartsDir   = "charts"
	chartPrefix = "bench-"
)

// Shell is the command line as a shell takes it.
func (p *page) Shell() string {
	words := make([]string, len(p.Command))
	for i, w := range p.Command {
		words[i] = plain(w)
		if w == "" || strings.ContainsFunc(w, func(r rune) bool {
			return !strings.ContainsRune("+-./:=,@%_", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			words[i] = "'" + strings.ReplaceAll(words[i], "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// File is the name of a chart, from where benchmarks.md is.
func (c *chart) File() string { return chartsDir + "/" + chartPrefix + c.name + ".svg" }

// markdown escapes text for Markdown, in a table too.
func markdown(s string) string {
	s = plain(s)
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune("\\`*_[]|~#>!", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code is text as code. A line of its own has as many backticks as it takes.
func code(s string) string {
	s = strings.ReplaceAll(plain(s), "|", `\|`)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
