package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// WriteTable writes the rates of both reports side by side, then those other
// measures that differ, and at the end what the comparison comes to.
func (c *Comparison) WriteTable(w io.Writer) error {
	var b strings.Builder
	if c.Relative {
		c.part(&b, "RATIOS to the baseline, old and new; more is better", "rate", true)
	} else {
		c.part(&b, "RATES, old and new; more is better", "rate", true)
	}
	c.part(&b, "CPU TIME of the server for each operation (of data: for each MiB), where it differs; less is better", "server CPU", false)
	c.part(&b, "REQUESTS for each operation (of data: for each MiB), where they differ; less is better", "requests", false)
	c.part(&b, "MEMORY of the server, where it differs; less is better", "memory", false)
	c.part(&b, "MEMORY that the server grew by, for each operation (of data: for each MiB), where it differs; less is better", "memory added", false)
	c.conclude(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

const compareWidth = 80

func (c *Comparison) paragraph(b *strings.Builder, text string) {
	for _, line := range wrap(plain(text), compareWidth) {
		b.WriteString(line + "\n")
	}
}

// part writes the differences in one measure, all of them or only those that
// are significant, with the targets under their workload.
func (c *Comparison) part(b *strings.Builder, title, measure string, all bool) {
	g := grid{head: []string{"old", "new", "change", "p", ""}}
	workload := ""
	for i := range c.Differences {
		d := &c.Differences[i]
		if d.Measure != measure || !all && !d.Significant() {
			continue
		}
		if d.Workload != workload || g.rows == nil {
			workload = d.Workload
			g.rows = append(g.rows, gridRow{label: d.Workload})
		}
		row := gridRow{label: "  " + plain(d.Target)}
		for _, cell := range []string{c.value(d, d.Old), c.value(d, d.New), d.delta(), probability(d.Adjusted), c.verdict(d)} {
			row.cells = append(row.cells, []string{cell})
		}
		g.rows = append(g.rows, row)
	}
	if g.rows == nil {
		return
	}
	c.paragraph(b, title)
	b.WriteString("\n")
	g.write(b, compareWidth)
	b.WriteString("\n")
}

func (c *Comparison) value(d *Difference, x float64) string {
	switch d.Measure {
	case "server CPU":
		return cost(x, d.unit)
	case "requests":
		return many(x, d.unit)
	case "memory":
		return byteSize(int64(x))
	case "memory added":
		_, units := per(d.unit)
		return byteSize(int64(x * units))
	}
	if c.Relative {
		return three(x)
	}
	return rate(x, d.unit)
}

// delta writes the change as the number itself has changed, "~" if by chance.
func (d *Difference) delta() string {
	x := change(d.Old, d.New)
	switch {
	case !d.Significant():
		return "~"
	case math.IsInf(x, 0):
		return "new"
	case x >= 9.995:
		return "×" + three(x+1)
	}
	return fmt.Sprintf("%+.1f%%", 100*x)
}

func (c *Comparison) verdict(d *Difference) string {
	switch {
	case c.Regression(d):
		return "WORSE"
	case d.Significant() && d.Change >= c.Threshold:
		return "better"
	}
	return ""
}

// conclude says what was found, what it rests on and what to doubt.
func (c *Comparison) conclude(b *strings.Builder) {
	better, small := 0, 0
	for i := range c.Differences {
		switch d := &c.Differences[i]; {
		case c.Regression(d):
		case d.Significant() && d.Change >= c.Threshold:
			better++
		case d.Significant():
			small++
		}
	}
	for _, w := range c.Warnings {
		c.paragraph(b, "Warning: "+w)
	}
	worse := c.Regressions()
	same := len(c.Differences) - better - small - worse
	c.paragraph(b, fmt.Sprintf("%s: %d worse by %s or more, %d better by as much, %s by less, %s.",
		sentence(counted(int64(len(c.Differences)), "comparison")), worse, percent(c.Threshold), better,
		verb(small, "differs", "differ"), verb(same, "does not differ", "do not differ")))
	c.paragraph(b, fmt.Sprintf("p is adjusted for the number of comparisons: if nothing had changed, any difference at all would be found in %s of such reports at most.", percent(alpha)))
	if worse > 0 {
		var names []string
		for i := range c.Differences {
			if d := &c.Differences[i]; c.Regression(d) {
				names = append(names, d.Target)
			}
		}
		slices.Sort(names)
		c.paragraph(b, "Worse on: "+strings.Join(slices.Compact(names), ", "))
	}
}

// verb says what n things do.
func verb(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func percent(x float64) string { return short(fmt.Sprintf("%.1f", 100*x)) + " %" }
