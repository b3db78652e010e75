package bench

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// alpha is how often chance alone may make a difference look significant.
const alpha = 0.05

// A variant is a workload with what it was run with. It names a result among
// those of its target.
type variant struct {
	workload    string
	threads     int
	shared      bool
	size, names int64
}

func (r *Result) variant() variant {
	return variant{r.Workload, r.Threads, r.Shared, r.Size, r.Names}
}

// A group is a part of a report: the results of one kind of workload.
type group struct {
	name string
	rows []row
}

// A row is one variant of a workload on all targets.
type row struct {
	variant
	label   string
	unit    string
	results []*Result // by target of the report; nil: not measured
}

// groups arranges the results of a report as rows, in the order in which they
// were measured.
func (r *Report) groups() []group {
	labels := r.labels()
	var list []group
	for i := range r.Results {
		res := &r.Results[i]
		target := slices.IndexFunc(r.Targets, func(t Target) bool { return t.Name == res.Target })
		if target < 0 {
			continue
		}
		g := slices.IndexFunc(list, func(g group) bool { return g.name == res.Group })
		if g < 0 {
			g = len(list)
			list = append(list, group{name: res.Group})
		}
		rows := &list[g].rows
		n := slices.IndexFunc(*rows, func(w row) bool { return w.variant == res.variant() })
		if n < 0 {
			n = len(*rows)
			*rows = append(*rows, row{res.variant(), labels[res.variant()], res.Unit, make([]*Result, len(r.Targets))})
		}
		(*rows)[n].results[target] = res
	}
	return list
}

// labels names the variants for people.
func (r *Report) labels() map[variant]string {
	workloads := make(map[string][]variant)
	for i := range r.Results {
		v := r.Results[i].variant()
		if !slices.Contains(workloads[v.workload], v) {
			workloads[v.workload] = append(workloads[v.workload], v)
		}
	}
	labels := make(map[variant]string)
	for _, variants := range workloads {
		for _, v := range variants {
			labels[v] = v.among(variants)
		}
	}
	return labels
}

// among names a variant: the workload, and of what it was run with that which
// differs between its variants.
func (v variant) among(variants []variant) string {
	words := []string{plain(v.workload)}
	if differ(variants, func(v variant) int64 { return v.size }) {
		words = append(words, byteSize(v.size))
	}
	if differ(variants, func(v variant) int64 { return v.names }) {
		words = append(words, counted(v.names, "name"))
	}
	if differ(variants, func(v variant) int { return v.threads }) {
		words = append(words, counted(int64(v.threads), "thread"))
	}
	if differ(variants, func(v variant) bool { return v.shared }) {
		words = append(words, map[bool]string{true: "one directory", false: "own directories"}[v.shared])
	}
	return strings.Join(words, ", ")
}

func differ[T comparable](variants []variant, of func(variant) T) bool {
	return slices.ContainsFunc(variants, func(v variant) bool { return of(v) != of(variants[0]) })
}

// baseline is the index of the baseline among the targets, -1 if it was not
// measured.
func (r *Report) baseline() int {
	return slices.IndexFunc(r.Targets, func(t Target) bool { return t.Name == r.Baseline })
}

// rounds says how many rounds the results have: those of most.
func (r *Report) rounds() int {
	n := 0
	for i := range r.Results {
		n = max(n, len(r.Results[i].Rounds))
	}
	return n
}

// rated says whether there is a ratio to a baseline.
func (r *Result) rated() bool { return r.Ratio.Median > 0 && !math.IsInf(r.Ratio.Median, 0) }

// significant says whether a result differs from the baseline's.
func (r *Result) significant() bool { return r.rated() && r.P < alpha }

// requests is the number of requests an operation takes, -1 if they were not
// counted.
func (r *Result) requests() float64 {
	if r.Requests == nil {
		return -1
	}
	sum := 0.0
	for _, n := range r.Requests {
		sum += max(n, 0)
	}
	return sum
}

// opcodes lists the requests of an operation, most frequent first, with how many
// it takes of each.
func (r *Result) opcodes() []string {
	var list []string
	for name, n := range r.Requests {
		if n > 0 {
			list = append(list, name)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Requests[b], r.Requests[a]), cmp.Compare(a, b))
	})
	for i, name := range list {
		list[i] = many(r.Requests[name], r.Unit) + " " + name
	}
	return list
}
