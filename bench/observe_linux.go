package bench

import "context"

// observers are servers beside those that are measured, which tell of their
// requests.
type observers struct {
	run       *run
	instances []*instance // by target; nil: not started
}

// observe does what the first pass does on a server that tells of its requests.
func (o *observers) observe(ctx context.Context, c *cell) (err error) {
	i := o.instances[c.target]
	if i == nil || i.broken() {
		if i != nil {
			if err := i.stop(); err != nil {
				return err
			}
		}
		if i, err = o.run.startInstance(ctx, o.run.base, &o.run.targets[c.target], true); err != nil {
			return err
		}
		o.instances[c.target] = i
	}
	j := o.run.job(c)
	j.Observe = true
	if c.variant.loop != nil {
		j.Duration, j.Warm = stageDuration, firstDuration/10
	}
	var s status
	samples, err := i.do(ctx, j, jobTime, &s)
	if err != nil {
		return err
	}
	res := c.result(samples[0].Part)
	if res.requests == nil {
		res.count(s.Counts, samples[0].Round.Ops)
	}
	if o.run.Stages {
		res.stages = s.Stages
	}
	return nil
}

func (o *observers) stop() {
	for _, i := range o.instances {
		if i == nil {
			continue
		}
		if err := i.stop(); err != nil {
			o.run.leave(i.name, err.Error())
		}
	}
}
