package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A dimension is what a workload is run with more and more of.
type dimension struct {
	title  string
	of     func(variant) float64
	drop   func(*variant)
	format func(float64) string
}

const namesTitle = "names in the directory"

var dimensions = []dimension{
	{"threads", func(v variant) float64 { return float64(v.threads) }, func(v *variant) { v.threads = 0 }, si},
	{"size of a call", func(v variant) float64 { return float64(v.size) }, func(v *variant) { v.size = 0 }, func(x float64) string { return byteSize(int64(x)) }},
	{namesTitle, func(v variant) float64 { return float64(v.names) }, func(v *variant) { v.names = 0 },
		func(x float64) string {
			return strings.TrimSuffix(strings.TrimSuffix(counted(int64(x), "name"), " names"), " name")
		}},
}

// A family is the rows of one workload that differ in one dimension only, in
// its order.
type family struct {
	dimension
	label string
	rows  []row
}

// families finds the families of a group.
func (g group) families() []family {
	var list []family
	for _, d := range dimensions {
		found := make(map[variant]int)
		var of []family
		for _, row := range g.rows {
			if d.of(row.variant) <= 0 {
				continue
			}
			rest := row.variant
			d.drop(&rest)
			i, ok := found[rest]
			if !ok {
				i = len(of)
				found[rest] = i
				of = append(of, family{dimension: d})
			}
			of[i].rows = append(of[i].rows, row)
		}
		for _, f := range of {
			if len(f.rows) < 2 {
				continue
			}
			var variants []variant
			for rest := range found {
				if rest.workload == f.rows[0].workload {
					variants = append(variants, rest)
				}
			}
			rest := f.rows[0].variant
			d.drop(&rest)
			f.label = rest.among(variants)
			slices.SortStableFunc(f.rows, func(a, b row) int { return cmp.Compare(d.of(a.variant), d.of(b.variant)) })
			list = append(list, f)
		}
	}
	return list
}

// curveChart shows how the rate of a workload grows with what it is run with.
// Both axes are logarithmic: what scales is a straight line upwards.
func (r *Report) curveChart(f family, width float64) *chart {
	return r.curves(f, width, "rate", func(res *Result) Interval { return res.Rate },
		func(x float64) string { return rate(x, f.rows[0].unit) })
}

// memoryChart shows how the memory of the server grows with the names.
func (r *Report) memoryChart(f family, width float64) *chart {
	return r.curves(f, width, "memory of the server", func(res *Result) Interval { return Interval{Median: float64(res.Resident)} },
		func(x float64) string { return byteSize(int64(x)) })
}

func (r *Report) curves(f family, width float64, what string, of func(*Result) Interval, format func(float64) string) *chart {
	c := &chart{
		name: slug(what, f.label, f.title), width: width, height: plotHeight,
		title: fmt.Sprintf("%s: %s by %s", f.label, what, f.title), keyed: true,
	}
	low, high := math.Inf(1), 0.0
	for _, row := range f.rows {
		for _, res := range row.results {
			if res == nil || !(of(res).Median > 0) || math.IsInf(of(res).Median, 0) {
				continue
			}
			low, high = min(low, of(res).Median), max(high, of(res).Median)
			if i := of(res); i.bounded() {
				low, high = min(low, i.Low), max(high, i.High)
			}
		}
	}
	if high == 0 {
		return nil
	}
	const left = plotLeft + 18
	first, last := f.of(f.rows[0].variant), f.of(f.rows[len(f.rows)-1].variant)
	x := axis{low: first, high: last, from: left + 8, to: width - plotRight - 10, log: true}
	y := logAxis(low, high, plotHeight-plotBottom, plotTop)
	if strings.HasSuffix(strings.TrimSuffix(format(low), "/s"), "B") {
		y = binaryAxis(low, high, plotHeight-plotBottom, plotTop)
	}
	for _, v := range y.ticks(22) {
		c.line(left, y.at(v), width-plotRight, y.at(v), "")
		c.text(left-6, y.at(v)+4, "m e", tidy(format(v)))
	}
	labelled := math.Inf(-1)
	for _, row := range f.rows {
		v := f.of(row.variant)
		if s := f.format(v); x.at(v)-labelled >= letter*float64(len(s)) {
			c.text(x.at(v), plotHeight-plotBottom+14, "m c", s)
			labelled = x.at(v)
		}
	}
	c.text((left+width-plotRight)/2, plotHeight-4, "m c", f.title)

	var words []string
	for i, target := range r.Targets {
		var path [][2]float64
		var says []string
		for _, row := range f.rows {
			res := row.results[i]
			if res == nil || !(of(res).Median > 0) {
				continue
			}
			v := of(res)
			p := [2]float64{x.at(f.of(row.variant)), y.at(v.Median)}
			if v.bounded() {
				c.line(p[0], y.at(v.Low), p[0], y.at(v.High), fmt.Sprintf("range s%d", r.series(i).color()))
			}
			path = append(path, p)
			says = append(says, f.format(f.of(row.variant))+": "+format(v.Median))
		}
		if path == nil {
			continue
		}
		words = append(words, plain(target.Name)+" "+strings.Join(says, ", "))
		c.curve(path, fmt.Sprintf("line s%d", r.series(i).color()), words[len(words)-1])
		for _, p := range path {
			c.marker(r.series(i), p[0], p[1])
		}
	}
	c.description = strings.Join(words, "; ")
	return c
}
