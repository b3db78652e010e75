package bench

import (
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
	"unicode/utf8"
)

// Charts are SVG, drawn here so that a page needs no script. Colours are CSS
// variables of chart.css: a page has them for all of its charts, in light and in
// dark; a file of its own carries them.

//go:embed chart.css
var chartCSS string

// A chart is a drawing with words for who does not see it.
type chart struct {
	name               string // unique on a page, and that of its file
	title, description string
	width, height      float64
	margin             float64 // around it
	keyed              bool    // it shows series that it does not name
	strings.Builder            // what is drawn
}

// Widths of a chart: a column of the page, which is a phone's screen, and a
// file that stands alone.
const (
	narrow = 336
	wide   = 720
)

// A series is the colour and the marker of a target in all charts. The first is grey,
// for the baseline.
type series int

// seriesCount is the number of colours, and of markers. Further targets have others
// of them together.
const seriesCount = 8

func (s series) color() int {
	if s == 0 {
		return 0
	}
	return 1 + int(s-1)%(seriesCount-1)
}

func (s series) marker() string {
	if s == 0 {
		return markers[0]
	}
	lap := int(s-1) / (seriesCount - 1)
	return markers[1+(int(s-1)+lap)%(seriesCount-1)]
}

// series is that of a target.
func (r *Report) series(target int) series {
	base := r.baseline()
	switch {
	case target == base:
		return 0
	case target < base:
		target++
	case base < 0:
		target++
	}
	return series(target)
}

func (c *chart) text(x, y float64, class, s string) {
	fmt.Fprintf(c, `<text x="%s" y="%s" class="%s">%s</text>`, at(x), at(y), class, html.EscapeString(s))
}

// fitted writes text that has width for itself, shortened to that.
func (c *chart) fitted(x, y, width float64, class, s string) {
	if class == "h" { // bold
		width *= 0.8
	}
	short := fit(s, width)
	if short == s {
		c.text(x, y, class, s)
		return
	}
	fmt.Fprintf(c, `<text x="%s" y="%s" class="%s"><title>%s</title>%s</text>`, at(x), at(y), class, html.EscapeString(s), html.EscapeString(short))
}

func (c *chart) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(c, `<path d="M%s %sL%s %s" class="%s"/>`, at(x1), at(y1), at(x2), at(y2), class)
}

func (c *chart) rect(x, y, width, height float64, class, title string) {
	fmt.Fprintf(c, `<rect x="%s" y="%s" width="%s" height="%s" class="%s"`, at(x), at(y), at(width), at(height), class)
	if title == "" {
		c.WriteString("/>")
		return
	}
	fmt.Fprintf(c, `><title>%s</title></rect>`, html.EscapeString(title))
}

// curve draws a line through points.
func (c *chart) curve(points [][2]float64, class, title string) {
	if len(points) == 0 {
		return
	}
	c.WriteString(`<path d="`)
	for i, p := range points {
		c.WriteString(string("ML"[min(i, 1)]) + at(p[0]) + " " + at(p[1]))
	}
	fmt.Fprintf(c, `" class="%s"><title>%s</title></path>`, class, html.EscapeString(title))
}

// marker draws the sign of a series, which tells it from others without colour.
func (c *chart) marker(s series, x, y float64) {
	fmt.Fprintf(c, `<path transform="translate(%s %s)" d="%s" class="mark s%d"/>`, at(x), at(y), s.marker(), s.color())
}

var markers = [seriesCount]string{
	"M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z", // circle
	"M-3-3H3V3H-3z",              // square
	"M0-4.2L4.2 0L0 4.2L-4.2 0z", // diamond
	"M0-4L3.8 3H-3.8z",           // triangle
	"M0 4L3.8-3H-3.8z",           // triangle, upside down
	"M-1.3-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4V-1.3H-1.3z", // plus
	"M-4-1.5H4V1.5H-4z",   // bar
	"M-1.5-4H1.5V4H-1.5z", // post
}

// draw returns the chart as an element, to be placed in a page or a file.
func (c *chart) draw() string {
	m := c.margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="%s %s %s %s" width="%[3]s" height="%[4]s" role="img" aria-labelledby="%[5]s-t %[5]s-d">`,
		at(-m), at(-m), at(c.width+2*m), at(c.height+2*m), c.name) +
		fmt.Sprintf(`<title id="%[1]s-t">%[2]s</title><desc id="%[1]s-d">%[3]s</desc>`, c.name, html.EscapeString(c.title), html.EscapeString(c.description)) +
		c.String() + "</svg>"
}

// Caption is the title of the chart in a page, where the group says the rest.
func (c *chart) Caption() string { return c.title }

// HTML is the chart in a page.
func (c *chart) HTML() template.HTML { return template.HTML(c.draw()) }

// file is the chart as a file of its own: with its title, its targets named, and
// a ground of its own, because it may be shown on any.
func (c *chart) file(r *Report) string {
	alone := chart{name: c.name, title: c.title, description: c.description, width: c.width}
	const margin = 8
	alone.fitted(0, 12, c.width, "h", c.title)
	y := 24.0
	if c.keyed {
		y = alone.legend(r, y+8)
	}
	fmt.Fprintf(&alone, `<g transform="translate(0 %s)">%s</g>`, at(y), c.String())
	alone.height = c.height + y
	body := alone.String()
	alone.Reset()
	fmt.Fprintf(&alone, `<style>%s</style><rect class="ground" x="%d" y="%d" width="%s" height="%s"/>`,
		chartCSS, -margin, -margin, at(alone.width+2*margin), at(alone.height+2*margin))
	alone.WriteString(body)
	alone.margin = margin
	return alone.draw() + "\n"
}

// legend names the series side by side, in as many lines as it takes, and
// returns the y below them.
func (c *chart) legend(r *Report, y float64) float64 {
	x := 0.0
	for i, t := range r.Targets {
		name := plain(t.Name)
		width := 14 + letter*float64(utf8.RuneCountInString(name)) + 10
		if x > 0 && x+width > c.width {
			x, y = 0, y+16
		}
		c.marker(r.series(i), x+5, y)
		c.fitted(x+14, y+4, c.width-x-16, "t", name)
		x += width
	}
	return y + 14
}

// at writes a coordinate: a tenth of a pixel is enough.
func at(x float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
}

// letter is the width of a letter in the text of charts, on average and rather
// more than less.
const letter = 6.6

// fit shortens text to a width, from the middle: the ends of names differ.
func fit(s string, width float64) string {
	n := int(width / letter)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	tail := (n - 1) / 2
	head := max(n-1-tail, 1)
	return string(r[:head]) + "…" + string(r[len(r)-max(tail, 0):])
}

// slug makes a name for files and anchors.
func slug(words ...string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, strings.Join(words, "-"))
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	return strings.Trim(s[:min(len(s), 80)], "-")
}

// clamp keeps NaN and infinity out of drawings.
func clamp(x, low, high float64) float64 {
	if math.IsNaN(x) {
		return low
	}
	return min(max(x, low), high)
}
