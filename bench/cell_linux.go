package bench

import (
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A cell is a variant on a target.
type cell struct {
	variant  variantOf
	target   int
	results  []*result
	overhead time.Duration // of a round, but for what is measured for Duration
	failed   bool
}

// A result gathers what becomes a Result.
type result struct {
	part     string
	rounds   []Round
	latency  *hdrhistogram.Histogram
	requests map[string]float64
	stages   map[string]buckets
}

// makeCells pairs the variants with the targets that they suit.
func (r *run) makeCells() {
	type reason struct{ target, why string }
	var reasons []reason
	names := map[reason][]string{}
	for _, v := range r.variants {
		for i := range r.targets {
			ok, why := v.suits(&r.targets[i])
			if ok {
				r.cells = append(r.cells, &cell{variant: v, target: i})
				continue
			}
			key := reason{r.targets[i].name, why}
			if names[key] == nil {
				reasons = append(reasons, key)
			}
			if list := names[key]; len(list) == 0 || list[len(list)-1] != v.name {
				names[key] = append(list, v.name)
			}
		}
	}
	for _, key := range reasons {
		r.leave(strings.Join(names[key], ", ")+" on "+key.target, key.why)
	}
}

// add keeps what was measured in a round.
func (c *cell) add(samples []sample) {
	for _, s := range samples {
		res := c.result(s.Part)
		res.rounds = append(res.rounds, s.Round)
		s.Latency.add(res.latency)
	}
}

func (c *cell) result(part string) *result {
	for _, res := range c.results {
		if res.part == part {
			return res
		}
	}
	res := &result{part: part, latency: newHistogram()}
	c.results = append(c.results, res)
	return res
}

// cost is how long a round of the cell takes.
func (c *cell) cost(d time.Duration) time.Duration {
	if c.variant.loop == nil {
		return c.overhead
	}
	return c.overhead + d + d/10
}
