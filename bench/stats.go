package bench

import (
	"slices"

	"golang.org/x/perf/benchmath"
)

// confidence is that of the intervals of a report.
const confidence = 0.95

// summarize returns the median of values and its confidence interval, without
// an assumption on how they are distributed. With fewer than six values the
// interval is infinite.
func summarize(values []float64) Interval {
	s := benchmath.AssumeNothing.Summary(newSample(values), confidence)
	return Interval{s.Center, s.Lo, s.Hi}
}

func newSample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
}

func median(values []float64) float64 { return summarize(values).Median }

// rate is operations a second.
func (r Round) rate() float64 { return float64(r.Ops) / float64(r.Elapsed) * 1e9 }

func rates(rounds []Round) (values []float64) {
	for _, r := range rounds {
		values = append(values, r.rate())
	}
	return values
}

func summarizeRates(rounds []Round) Interval { return summarize(rates(rounds)) }

// compareToBaseline fills in the ratios of a report to its baseline. A ratio is taken
// round by round, of what was measured one shortly after the other: what
// disturbs the machine for longer than that disturbs both.
func compareToBaseline(rep *Report) {
	for i := range rep.Results {
		res := &rep.Results[i]
		base := find(rep, res, rep.Baseline)
		if base == nil {
			res.P = 1
			continue
		}
		var ratios []float64
		for k := range min(len(res.Rounds), len(base.Rounds)) {
			if b := base.Rounds[k].rate(); b > 0 {
				ratios = append(ratios, res.Rounds[k].rate()/b)
			}
		}
		if len(ratios) == 0 {
			res.P = 1
			continue
		}
		res.Ratio = summarize(ratios)
		res.P = 1
		if base != res {
			res.P = benchmath.AssumeNothing.Compare(newSample(rates(base.Rounds)), newSample(rates(res.Rounds))).P
		}
	}
}

// find returns the result of the same workload on another target.
func find(rep *Report, like *Result, target string) *Result {
	for i := range rep.Results {
		r := &rep.Results[i]
		if r.Target == target && r.Workload == like.Workload && r.Threads == like.Threads &&
			r.Shared == like.Shared && r.Size == like.Size && r.Names == like.Names {
			return r
		}
	}
	return nil
}

// Differs reports whether a result differs from the baseline's by more than
// chance: the rounds of the two do not mix, and the ratio is not 1 with 95 %
// confidence. Of a hundred comparisons of a thing with itself, fewer than five
// differ.
func (r *Result) Differs() bool {
	return r.P < 1-confidence && (r.Ratio.Low > 1 || r.Ratio.High < 1)
}
