package bench

import (
	"fmt"
	"math"
	"strings"
)

const (
	plotHeight = 190
	plotLeft   = 52
	plotBottom = 34
	plotTop    = 8
	plotRight  = 10
)

// latencyChart shows how long operations take: for each share of them, the time
// that they did not exceed. Both axes are logarithmic, that of shares towards
// 100 %, so that the tail has as much room as the rest.
func (r *Report) latencyChart(w row, width float64) *chart {
	c := &chart{
		name: slug("latency", w.label), width: width, height: plotHeight,
		title: "Latency of " + w.label, keyed: true,
	}
	low, high, nines := math.Inf(1), 0.0, 2.0
	for _, res := range w.results {
		for _, p := range percentiles(res) {
			low, high, nines = min(low, p.time), max(high, p.time), max(nines, p.nines)
		}
	}
	if high == 0 {
		return nil
	}
	x := axis{low: 0, high: nines, from: plotLeft, to: width - plotRight}
	y := logAxis(low, high, plotHeight-plotBottom, plotTop)
	c.times(y)
	labelled := 0.0 // up to there
	for _, share := range []string{"50", "90", "99", "99.9", "99.99", "99.999", "99.9999"} {
		var percent float64
		fmt.Sscan(share, &percent)
		n := -math.Log10(1 - percent/100)
		if n > nines+1e-6 {
			break
		}
		c.line(x.at(n), plotTop, x.at(n), plotHeight-plotBottom, "")
		if half := letter * float64(len(share)) / 2; x.at(n)-half > labelled && x.at(n)+half <= width {
			c.text(x.at(n), plotHeight-plotBottom+14, "m c", share)
			labelled = x.at(n) + half
		}
	}
	c.text((plotLeft+width-plotRight)/2, plotHeight-4, "m c", "percent of operations took no longer")

	var words []string
	for i, res := range w.results {
		points := percentiles(res)
		if points == nil {
			continue
		}
		l := res.Latency
		says := fmt.Sprintf("%s: median %s, 99 %% %s, longest %s", plain(res.Target), duration(float64(l.P50)), duration(float64(l.P99)), duration(float64(l.Max)))
		words = append(words, says)
		var path [][2]float64
		for _, p := range points {
			q := [2]float64{x.at(p.nines), y.at(p.time)}
			if n := len(path); n > 0 && p != points[len(points)-1] && math.Hypot(q[0]-path[n-1][0], q[1]-path[n-1][1]) < 2 {
				continue
			}
			path = append(path, q)
		}
		c.curve(path, fmt.Sprintf("line s%d", r.series(i).color()), says)
	}
	for i, res := range w.results {
		if percentiles(res) == nil {
			continue
		}
		for _, p := range []percentile{{math.Log10(2), float64(res.Latency.P50)}, {1, float64(res.Latency.P90)}, {2, float64(res.Latency.P99)}, {3, float64(res.Latency.P999)}} {
			if p.nines <= math.Log10(float64(res.Latency.Count)) && p.time > 0 {
				c.marker(r.series(i), x.at(p.nines), y.at(p.time))
			}
		}
	}
	c.description = strings.Join(words, "; ")
	return c
}

// times draws an axis of nanoseconds on the left.
func (c *chart) times(y axis) {
	for _, v := range y.ticks(22) {
		c.line(plotLeft, y.at(v), c.width-plotRight, y.at(v), "")
		c.text(plotLeft-6, y.at(v)+4, "m e", tidy(duration(v)))
	}
}

// A percentile is a share of operations, as the number of nines (2 is 99 %), and
// the time that they did not exceed.
type percentile struct{ nines, time float64 }

// percentiles are those of a result: of its histogram, or the few that were
// noted if it has none.
func percentiles(res *Result) []percentile {
	if res == nil || res.Latency == nil || res.Latency.Count <= 0 {
		return nil
	}
	l := res.Latency
	var list []percentile
	add := func(share float64, ns int64) {
		if ns > 0 {
			// The slowest of n is the one beyond which are less than 1 of n.
			list = append(list, percentile{-math.Log10(max(1-share, 1/float64(l.Count))), float64(ns)})
		}
	}
	var seen int64
	for _, b := range l.Buckets {
		add(float64(seen)/float64(l.Count), b[0])
		seen += b[1]
	}
	if len(l.Buckets) == 0 {
		add(0.5, l.P50)
		add(0.9, l.P90)
		add(0.99, l.P99)
		add(0.999, l.P999)
	}
	add(1, l.Max)
	return list
}
