package bench

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// In the first pass everything is done once: what does not work is left out,
// requests are counted, and it is seen how long things take.
const (
	firstOps      = 1000                  // of a loop, at most
	firstDuration = 50 * time.Millisecond // likewise
	stageDuration = 200 * time.Millisecond
)

// firstPass does the first pass. Nothing of it is in the rounds.
func (r *run) firstPass(ctx context.Context) {
	count := true
	if c, err := newRequestCounter(0); err == nil {
		c.close()
	} else {
		count = false
		r.leave("requests as the kernel counts them", err.Error())
	}
	o := observers{run: r, instances: make([]*instance, len(r.targets))}
	defer o.stop()
	for _, c := range r.cells {
		if ctx.Err() != nil {
			return
		}
		t := &r.targets[c.target]
		r.tell("first pass", &c.variant, t, 0)
		j := r.job(c)
		if c.variant.loop != nil {
			j.Duration, j.Warm, j.MaxOps = firstDuration, firstDuration/10, max(firstOps/int64(c.variant.threads), 1)
		}
		j.Count = count || t.wire
		start := time.Now()
		samples, err := r.do(ctx, c, j)
		if err != nil {
			r.fail(ctx, c, err)
			continue
		}
		c.overhead = time.Since(start) - j.Warm
		for _, s := range samples {
			res := c.result(s.Part)
			res.count(s.Round.Requests, s.Round.Ops)
			if c.variant.loop != nil {
				c.overhead -= time.Duration(s.Round.Elapsed)
			}
		}
		// Of what has several parts each would have to be observed by itself.
		if t.observed && !c.variant.fresh && len(samples) == 1 && (r.Stages || !count) {
			if err := o.observe(ctx, c); err != nil && ctx.Err() == nil {
				r.leave(fmt.Sprintf("observing %v on %s", c.variant, t.name), err.Error())
			}
		}
	}
	if r.Stages && !slices.ContainsFunc(r.targets, func(t target) bool { return t.observed }) {
		r.leave("stages", "no target can tell them")
	}
}

// count keeps how many requests an operation takes.
func (res *result) count(requests map[string]int64, ops int64) {
	if requests == nil || ops == 0 {
		return
	}
	res.requests = map[string]float64{}
	for name, n := range requests {
		res.requests[name] = float64(n) / float64(ops)
	}
}

// Enough rounds for a confidence interval of 95 %.
const leastRounds = 6

// schedule decides how long the loops run, so that the run ends in time.
func (r *run) schedule() {
	r.clock.begin()
	loops, fixed := 0, time.Duration(0)
	for _, c := range r.cells {
		if !c.failed {
			fixed += c.overhead
			if c.variant.loop != nil {
				loops++
			}
		}
	}
	left := r.budget - r.clock.since()
	if r.Duration == 0 {
		const withWarmUp = 1.1
		r.Duration = maxDuration
		if loops > 0 {
			free := left/time.Duration(r.Rounds) - fixed
			r.Duration = time.Duration(float64(free) / withWarmUp / float64(loops))
			r.Duration = min(max(r.Duration, minDuration), maxDuration)
		}
		if round := fixed + time.Duration(withWarmUp*float64(loops)*float64(r.Duration)); !r.roundsAsked && round > 0 {
			r.Rounds = max(min(r.Rounds, int(left/round)), leastRounds)
		}
	}
	total := time.Duration(0)
	for _, c := range r.cells {
		if !c.failed {
			total += c.cost(r.Duration)
		}
	}
	r.clock.total = total * time.Duration(r.Rounds)
}

// A progressClock tells how far a run is, by what its parts are expected to take.
type progressClock struct {
	started, rounds time.Time
	total, done     time.Duration // expected, of the rounds
}

func (p *progressClock) begin() { p.rounds = time.Now() }

func (p *progressClock) since() time.Duration {
	if p.started.IsZero() {
		return 0
	}
	return time.Since(p.started)
}

// tell reports progress. cost is what the step that begins is expected to take.
func (r *run) tell(step string, v *variantOf, t *target, cost time.Duration) {
	if r.clock.started.IsZero() {
		r.clock.started = time.Now()
	}
	if r.Progress == nil {
		return
	}
	p := Progress{Step: step}
	if v != nil {
		p.Workload, p.Target = v.String(), t.name
	}
	if r.clock.total > 0 {
		p.Done = float64(r.clock.done) / float64(r.clock.total)
		p.Left = r.clock.total - r.clock.done
		// As fast as it was so far.
		if p.Done > 0.05 {
			spent := time.Since(r.clock.rounds)
			p.Left = time.Duration(float64(spent) * (1 - p.Done) / p.Done)
		}
		r.clock.done += cost
	}
	r.Progress(p)
}
