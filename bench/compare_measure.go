package bench

import (
	"cmp"
	"fmt"
	"math"
)

// A measure is one number of each round.
type measure struct {
	name   string
	better float64 // 1 if more is better, -1 if less
	of     func(*Round) float64
}

// What rounds are compared by; negative: not measured.
var measures = []measure{
	{"rate", 1, func(r *Round) float64 { return float64(r.Ops) / float64(r.Elapsed) * 1e9 }},
	{"server CPU", -1, func(r *Round) float64 { return float64(r.ServerCPU) / float64(r.Ops) }},
	{"requests", -1, func(r *Round) float64 { return r.requests() }},
	{"memory", -1, func(r *Round) float64 {
		if r.Resident <= 0 {
			return -1
		}
		return float64(r.Resident)
	}},
	{"memory added", -1, func(r *Round) float64 {
		if r.Grown <= 0 {
			return -1
		}
		return float64(r.Grown) / float64(r.Ops)
	}},
}

// values are those of all rounds, or of rates the ratios to those of the
// baseline, if there is one.
func (m measure) values(r, base *Result) []float64 {
	var list []float64
	for i := range r.Rounds {
		if r.Rounds[i].Ops <= 0 || r.Rounds[i].Elapsed <= 0 {
			continue
		}
		v := m.of(&r.Rounds[i])
		if base != nil && m.better > 0 {
			if i >= len(base.Rounds) || base.Rounds[i].Ops <= 0 || base.Rounds[i].Elapsed <= 0 {
				continue
			}
			v /= m.of(&base.Rounds[i])
		}
		if v >= 0 {
			list = append(list, v)
		}
	}
	return list
}

// change is the change from old to new as a fraction of old.
func change(old, new float64) float64 {
	switch {
	case old == new:
		return 0
	case old == 0:
		return math.Inf(1)
	}
	return new/old - 1
}

// changedMachine says what differs between the machines of two reports, if
// anything does that makes rates incomparable.
func changedMachine(old, new *Report) string {
	a, b := old.Environment, new.Environment
	differ := func(what, old, new string) string {
		if old == new {
			return ""
		}
		return fmt.Sprintf("%s was %s and is %s", what, cmp.Or(plain(old), "unknown"), cmp.Or(plain(new), "unknown"))
	}
	return cmp.Or(
		differ("the CPU", a.CPU, b.CPU),
		differ("the number of CPUs", fmt.Sprint(a.CPUs), fmt.Sprint(b.CPUs)),
		differ("the hypervisor", a.Virtual, b.Virtual),
		differ("the governor", a.Governor, b.Governor),
		differ("the kernel", a.Kernel, b.Kernel),
	)
}
