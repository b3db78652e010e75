package bench

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

var svgElement = regexp.MustCompile(`(?s)<svg .*?</svg>`)

// checkSVG parses a drawing and looks at its parts.
func checkSVG(t *testing.T, where, svg string) {
	t.Helper()
	bad := regexp.MustCompile(`NaN|Inf|e[+-]\d`)
	d := xml.NewDecoder(strings.NewReader(svg))
	described := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s: %v", where, err)
			return
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch element.Name.Local {
		case "title", "desc":
			described++
		case "svg", "g", "path", "rect", "text", "style":
		default:
			t.Errorf("%s: unexpected element %s", where, element.Name.Local)
		}
		for _, a := range element.Attr {
			switch a.Name.Local {
			case "x", "y", "width", "height", "d", "transform", "viewBox":
				if bad.MatchString(a.Value) {
					t.Errorf("%s: %s=%q", where, a.Name.Local, a.Value)
				}
			case "class", "role", "id", "aria-labelledby", "aria-hidden", "xmlns":
			default:
				t.Errorf("%s: unexpected attribute %s", where, a.Name.Local)
			}
		}
	}
	if described < 2 && !strings.Contains(svg, `class="swatch"`) {
		t.Errorf("%s: no title and description", where)
	}
}

func htmlOf(t *testing.T, name string, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.String()
}

func TestPageIsSound(t *testing.T) {
	for name, r := range oddReports() {
		page := htmlOf(t, name, r)
		for _, svg := range svgElement.FindAllString(page, -1) {
			checkSVG(t, name, svg)
		}
		// Nothing from elsewhere, and nothing that runs.
		for _, s := range []string{"<script", "javascript:", "<link", "<img", "src=", "@import", "url(", "<iframe", "ZgotmplZ"} {
			if strings.Contains(page, s) {
				t.Errorf("%s: the page contains %s", name, s)
			}
		}
		ids := make(map[string]bool)
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("%s: two elements have the id %q", name, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if !ids[m[1]] {
				t.Errorf("%s: a link leads to %q, which is not there", name, m[1])
			}
		}
	}
}

func TestPageSays(t *testing.T) {
	page := htmlOf(t, "report", reportV1(t))
	for _, want := range []string{
		"Of 8 workloads, memfs:workers is slower than tmpfs in 7 and not significantly different in 1.",
		"Another program took 7 % of the processors in round 4.",
		"git clone on jacobsa", "the target does not carry hard links",
		"Ratio to tmpfs", "create: rate by threads", "read-sequential: rate by size of a call", "Latency of statfs",
		"Stages of a request: statfs", "Most resident memory of each server",
		"memfs bench --rounds 10 --stages", "6.18.44", `title="2900 WRITE, 1280 LOOKUP, 1280 MKNOD"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if page := htmlOf(t, "partial", oddReports()["partial"]); !strings.Contains(page, "stopped with Ctrl-C in round 3") {
		t.Error("a partial report does not say so")
	}
}

// A target has one colour in all charts, and the baseline that of none.
func TestSeries(t *testing.T) {
	for _, base := range []string{"a", "c", "none"} {
		r := &Report{Baseline: base, Targets: []Target{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}}
		seen := make(map[series]bool)
		for i, target := range r.Targets {
			s := r.series(i)
			if seen[s] || (s == 0) != (target.Name == base) {
				t.Errorf("baseline %s: target %s is series %d", base, target.Name, s)
			}
			seen[s] = true
		}
	}
}

// Many targets share colours, and have other markers then.
func TestSeriesMany(t *testing.T) {
	type sign struct {
		color  int
		marker string
	}
	seen := make(map[sign]series)
	for s := range series(30) {
		look := sign{s.color(), s.marker()}
		if other, there := seen[look]; there {
			t.Errorf("series %d looks like series %d", s, other)
		}
		seen[look] = s
	}
}
