package bench

import (
	"time"
)

// summarize makes the report of what was measured.
func (r *run) summarize(noise []string, elapsed time.Duration) {
	rep := r.report
	rep.Elapsed, rep.Noise, rep.LeftOut = int64(elapsed), noise, r.leftOut
	for _, t := range r.targets {
		rep.Targets = append(rep.Targets, Target{Name: t.name, What: t.what, Options: t.options})
	}
	for _, c := range r.cells {
		for _, res := range c.results {
			if len(res.rounds) > 0 {
				rep.Results = append(rep.Results, res.summary(c, r.targets[c.target].name))
			}
		}
	}
	compareToBaseline(rep)
}

// summary is the Result of one part of a cell, but for the comparison.
func (res *result) summary(c *cell, target string) Result {
	v := c.variant
	name := v.name
	if res.part != "" {
		name += "-" + res.part
	}
	out := Result{
		Workload: name, Group: v.group, Target: target,
		Threads: v.threads, Shared: v.shared, Size: v.size, Names: v.count, Unit: v.unit,
		Rounds:   res.rounds,
		Rate:     summarizeRates(res.rounds),
		Latency:  latency(res.latency),
		Requests: res.requests,
	}
	perOp := func(field func(Round) int64) float64 {
		var values []float64
		for _, round := range res.rounds {
			if field(round) < 0 {
				return -1
			}
			values = append(values, float64(field(round))/float64(max(round.Ops, 1)))
		}
		return median(values)
	}
	out.ServerCPU = perOp(func(r Round) int64 { return r.ServerCPU })
	out.ClientCPU = perOp(func(r Round) int64 { return r.ClientCPU })
	out.Switches = perOp(func(r Round) int64 { return r.Switches })
	out.Resident = -1
	for i, round := range res.rounds {
		out.Resident = max(out.Resident, round.Resident)
		if !v.fresh { // what grows and shrinks again says nothing
			res.rounds[i].Grown = 0
		}
	}
	if v.fresh {
		out.Grown = perOp(func(r Round) int64 { return max(r.Grown, 0) })
	}
	if res.stages != nil {
		out.Stages = map[string]Latency{}
		for name, b := range res.stages {
			h := newHistogram()
			b.add(h)
			if l := latency(h); l != nil {
				out.Stages[name] = *l
			}
		}
	}
	return out
}
