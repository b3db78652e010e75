package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A run measures what a plan says.
type run struct {
	*plan
	base      string      // directory of all that a run makes
	instances []*instance // by target
	cells     []*cell
	report    *Report
	clock     progressClock
}

// Run measures what cfg asks for. When ctx is done it ends early, and returns
// what it has measured so far as a partial report. In the end nothing is
// mounted that was not before, and nothing written.
//
// A *ConfigError says what is wrong with cfg. An error without a report means
// that nothing was measured; with one, that something could not be cleaned up.
// What was not measured, and why, is in Report.LeftOut.
func Run(ctx context.Context, cfg Config) (report *Report, err error) {
	p, err := newPlan(cfg)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	r := &run{plan: p, report: &Report{
		Version: ReportVersion, Started: started.UTC().Truncate(time.Second), Command: cfg.Command, Note: cfg.Note,
		Environment: environment(p.Pin),
	}}
	// The table of mounts has paths without links.
	tmp, err := filepath.EvalSymlinks(os.TempDir())
	if err != nil {
		return nil, err
	}
	if r.base, err = os.MkdirTemp(tmp, "memfs-bench-"); err != nil {
		return nil, err
	}
	noise := newNoiseMeter()
	defer func() {
		err = errors.Join(err, r.cleanUp())
	}()

	r.tell("starting", nil, nil, 0)
	if err := r.start(ctx); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w before anything was measured", context.Cause(ctx))
		}
		return nil, err
	}
	r.firstPass(ctx)
	if ctx.Err() == nil {
		r.schedule()
		r.measure(ctx)
	}
	if ctx.Err() != nil {
		r.report.Partial = context.Cause(ctx).Error()
	}
	r.summarize(noise.say(r), time.Since(started))
	return r.report, nil
}

// start starts the targets.
func (r *run) start(ctx context.Context) error {
	r.instances = make([]*instance, len(r.targets))
	// Directories of the user first: what is wrong with them is known at once.
	for _, own := range []bool{false, true} {
		for i := range r.targets {
			t := &r.targets[i]
			if own != (t.dir == "") {
				continue
			}
			if err := r.prepare(ctx, t); err != nil {
				if len(r.Targets) > 0 || t.name == r.Baseline || ctx.Err() != nil {
					return fmt.Errorf("%s: %w", t.name, err)
				}
				r.leave(t.name, err.Error())
				continue
			}
			var err error
			if r.instances[i], err = r.startInstance(ctx, r.base, t, false); err != nil {
				return err
			}
		}
	}
	var kept []target
	for i, t := range r.targets {
		if r.instances[i] != nil {
			kept = append(kept, t)
		}
	}
	r.targets, r.instances = kept, slices.DeleteFunc(r.instances, func(i *instance) bool { return i == nil })
	for i := range r.targets {
		r.instances[i].target = &r.targets[i]
	}
	r.report.Baseline = r.Baseline
	r.makeCells()
	if r.needsSource() {
		return makeSource(ctx, r.source(r.base))
	}
	return nil
}

// prepare does what has to be done once for a target; it fails if the target is
// not to be had on this machine.
func (r *run) prepare(ctx context.Context, t *target) (err error) {
	if t.missing != "" {
		return errors.New(t.missing)
	}
	if t.peer != "" {
		t.program, err = buildPeer(ctx, t.peer)
		if err == nil {
			t.what += peerVersion(t.program, t.module)
		}
	}
	return err
}

// job is what the client is told to do for a cell.
func (r *run) job(c *cell) job {
	v := c.variant
	return job{
		Workload: v.name, Threads: v.threads, Shared: v.shared, Size: v.size, Names: v.count,
		Source: r.source(r.base),
	}
}

// jobTime is how long the client may take for a job, but for what it is told to
// take.
var jobTime = time.Minute

// do does a job on the target of a cell, on a new mount if it has to be.
func (r *run) do(ctx context.Context, c *cell, j job) ([]sample, error) {
	timeout := jobTime + 4*(j.Warm+j.Duration) + time.Duration(j.Names)*time.Millisecond
	if !c.variant.fresh {
		i := r.instances[c.target]
		if i.broken() {
			if err := r.restart(ctx, c.target); err != nil {
				return nil, err
			}
			i = r.instances[c.target]
		}
		return i.do(ctx, j, timeout, nil)
	}
	i, err := r.startInstance(ctx, r.base, &r.targets[c.target], false)
	if err != nil {
		return nil, err
	}
	samples, err := i.do(ctx, j, timeout, nil)
	return samples, errors.Join(err, i.stop())
}

// restart replaces an instance that is broken.
func (r *run) restart(ctx context.Context, target int) error {
	if err := r.instances[target].stop(); err != nil {
		return err
	}
	i, err := r.startInstance(ctx, r.base, &r.targets[target], false)
	if err == nil {
		r.instances[target] = i
	}
	return err
}

// fail leaves a cell out for the rest of the run.
func (r *run) fail(ctx context.Context, c *cell, err error) {
	if ctx.Err() == nil {
		c.failed = true
		r.leave(fmt.Sprintf("%v on %s", c.variant, r.targets[c.target].name), err.Error())
	}
}

// measure does the rounds: in each, every variant on each target in turn.
func (r *run) measure(ctx context.Context) {
	last := time.Duration(0) // that a round took
	for round := range r.Rounds {
		if r.limit > 0 && r.clock.since()+last > r.limit {
			r.leave(fmt.Sprintf("round %d and those after it", round+1), "there was no time for them; ask for it: --rounds")
			return
		}
		start := time.Now()
		for _, c := range r.cells {
			if c.failed {
				continue
			}
			if ctx.Err() != nil {
				return
			}
			j := r.job(c)
			if c.variant.loop != nil {
				j.Duration, j.Warm = r.Duration, r.Duration/10
			}
			r.tell(fmt.Sprintf("round %d of %d", round+1, r.Rounds), &c.variant, &r.targets[c.target], c.cost(r.Duration))
			samples, err := r.do(ctx, c, j)
			if err != nil {
				r.fail(ctx, c, err)
				continue
			}
			c.add(samples)
		}
		last = time.Since(start)
	}
}

// cleanUp ends all targets and removes what the run has made.
func (r *run) cleanUp() error {
	var errs []error
	done := make(chan error)
	started := slices.DeleteFunc(r.instances, func(i *instance) bool { return i == nil })
	for _, i := range started {
		go func() { done <- i.stop() }()
	}
	for range started {
		errs = append(errs, <-done)
	}
	if errors.Join(errs...) == nil { // else something may be mounted there
		errs = append(errs, os.RemoveAll(r.base))
	}
	return errors.Join(errs...)
}
