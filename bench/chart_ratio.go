package bench

import (
	"fmt"
	"math"
	"unicode/utf8"
)

const (
	lane    = 15 // height of a bar with its room
	laneEnd = 50 // for the number after a bar
)

// laneName is the width for the names of targets before bars.
func (r *Report) laneName(width float64) float64 {
	longest := 0
	for _, t := range r.Targets {
		longest = max(longest, utf8.RuneCountInString(t.Name))
	}
	return min(letter*float64(longest)+18, width*2/5)
}

// ratioChart has a bar for each workload and target, from 1, the baseline, to
// the right if the target is faster and to the left if it is slower, with the
// confidence interval across its end. Without a ratio there is no chart.
func (r *Report) ratioChart(g group, width float64) *chart {
	low, high := 0.5, 2.0
	var rows []row
	for _, row := range g.rows {
		any := false
		for i, res := range row.results {
			if i == r.baseline() || res == nil || !res.rated() {
				continue
			}
			any = true
			low, high = min(low, res.Ratio.Median), max(high, res.Ratio.Median)
			if res.Ratio.bounded() {
				low, high = min(low, res.Ratio.Low), max(high, res.Ratio.High)
			}
		}
		if any {
			rows = append(rows, row)
		}
	}
	if rows == nil {
		return nil
	}
	lanes, names := len(r.Targets)-1, r.laneName(width)
	const head = 38
	c := &chart{
		name: slug("ratio", g.name), width: width,
		height: head + float64(len(rows))*(18+float64(lanes)*lane+6) + 4,
		title:  fmt.Sprintf("%s: rates as ratios to %s", sentence(plain(g.name)), plain(r.Baseline)),
	}
	x := logAxis(low, high, names, width-laneEnd-8)
	c.text(x.at(1)-6, 11, "m e", "← slower")
	c.text(x.at(1)+6, 11, "m", "faster →")
	for _, v := range x.ticks(34) {
		c.text(x.at(v), 28, "m c", short(three(v)))
		c.line(x.at(v), head-4, x.at(v), c.height-4, "")
	}
	c.line(x.at(1), head-4, x.at(1), c.height-4, "one")
	y := float64(head)
	for _, row := range rows {
		// On the grid, but legible.
		c.rect(0, y, min(float64(len([]rune(row.label)))*letter+10, width), 16, "ground", "")
		c.fitted(0, y+12, width, "h", row.label)
		y += 18
		for i, res := range row.results {
			if i == r.baseline() {
				continue
			}
			c.fitted(8, y+lane/2+4, names-14, "t", plain(r.Targets[i].Name))
			if res == nil || !res.rated() {
				c.text(width, y+lane/2+4, "m e", none)
			} else {
				c.ratioBar(res, x, y, r.series(i))
			}
			y += lane
		}
		y += 6
	}
	c.description = fmt.Sprintf("%s on %s. The numbers are in the table of %s.",
		sentence(counted(int64(len(rows)), "workload")), counted(int64(lanes), "target"), plain(g.name))
	return c
}

// ratioBar draws one bar.
func (c *chart) ratioBar(res *Result, x axis, y float64, s series) {
	says := fmt.Sprintf("%s, %s: %s (%s)", plain(res.Workload), plain(res.Target), three(res.Ratio.Median), res.Ratio.bounds())
	from, to := x.at(1), x.at(res.Ratio.Median)
	class, number := "bar", three(res.Ratio.Median)
	if !res.significant() {
		class, number = "open", "~ "+number
		says += ", not significant"
	}
	c.rect(min(from, to), y+3.5, math.Abs(to-from), lane-7, fmt.Sprintf("%s s%d", class, s.color()), says)
	if res.Ratio.bounded() {
		l, h := x.at(res.Ratio.Low), x.at(res.Ratio.High)
		c.line(l, y+lane/2, h, y+lane/2, "ci")
		c.line(l, y+4.5, l, y+lane-4, "ci")
		c.line(h, y+4.5, h, y+lane-4, "ci")
	}
	c.text(c.width, y+lane/2+4, "e", number)
}
