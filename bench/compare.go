package bench

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// A Comparison is of two reports: what changed from the old one to the new one.
type Comparison struct {
	// Threshold is the least change that counts, as a fraction.
	Threshold float64
	// Relative: the reports are of different machines, so that not rates were
	// compared but their ratios to the baseline in the same round.
	Relative    bool
	Differences []Difference // of everything that both reports have
	Warnings    []string     // a sentence each

	tests int // those differences that could be significant
}

// A Difference is that of one measure of a workload on a target.
type Difference struct {
	Workload string // with what it was run with
	Target   string
	Measure  string // rate, server CPU, requests, memory, memory added
	Old, New float64
	// Change is the fraction by which the new report is better: of rates the
	// increase, of costs the decrease.
	Change float64
	// P is that of the Mann-Whitney U test, Adjusted the same for all
	// comparisons that were made (Benjamini and Hochberg).
	P, Adjusted float64

	unit  string
	alike bool // all rounds of both reports are equal
}

// Significant says whether chance is no good explanation of the difference.
func (d *Difference) Significant() bool { return d.Adjusted < alpha }

// Regression says whether a difference is significant, for the worse, and not
// below the threshold.
func (c *Comparison) Regression(d *Difference) bool {
	return d.Significant() && -d.Change >= c.Threshold
}

// Regressions is the number of regressions.
func (c *Comparison) Regressions() int {
	n := 0
	for i := range c.Differences {
		if c.Regression(&c.Differences[i]) {
			n++
		}
	}
	return n
}

// Compare compares two reports, in all measures of everything that was measured
// in both. A change below the threshold, which is a fraction, is no regression:
// two runs differ a little even if nothing changed, for what is the same in all
// rounds of a run need not be in the next one.
//
// Many comparisons make many false alarms. So it is the adjusted P that
// decides: if nothing changed, a comparison of whole reports finds a difference
// in one of twenty cases at most, however many workloads there are.
//
// It is an error if nothing can be compared, or too few rounds were measured to
// find any difference.
func Compare(old, new *Report, threshold float64) (*Comparison, error) {
	c := &Comparison{Threshold: threshold}
	machine := changedMachine(old, new)
	if machine != "" && old.Baseline != "" && old.Baseline == new.Baseline {
		c.Relative = true
		c.Warnings = append(c.Warnings, fmt.Sprintf("Not the same machine: %s. Not rates are compared, but their ratios to %s in the same round.", machine, old.Baseline))
	} else if machine != "" {
		c.Warnings = append(c.Warnings, fmt.Sprintf("Not the same machine: %s; and no common baseline to measure against. The machine may be all the difference.", machine))
	}
	for _, r := range []*Report{old, new} {
		if r.Partial != "" {
			c.Warnings = append(c.Warnings, fmt.Sprintf("The report of %s is partial: %s.", r.Started.Format("2 January 2006 15:04"), r.Partial))
		}
	}
	if e, f := old.Environment, new.Environment; e.Pinning != f.Pinning {
		c.Warnings = append(c.Warnings, fmt.Sprintf("The pinning was %s and is %s.", cmp.Or(e.Pinning, "unknown"), cmp.Or(f.Pinning, "unknown")))
	}

	olds, common := index(old), 0
	for _, group := range new.groups() {
		for _, row := range group.rows {
			for _, res := range row.results {
				if res == nil {
					continue
				}
				before, ok := olds[identity{res.Target, row.variant}]
				if !ok || before.Unit != res.Unit {
					continue
				}
				common++
				var oldBase, newBase *Result
				if b := new.baseline(); c.Relative && b >= 0 {
					oldBase, newBase = olds[identity{old.Baseline, row.variant}], row.results[b]
				}
				c.compareResults(before, res, oldBase, newBase, row.label)
			}
		}
	}
	switch {
	case common == 0:
		return nil, errors.New("nothing to compare: no workload was measured on the same target in both reports")
	case len(c.Differences) == 0:
		return nil, errors.New("nothing to compare: no rounds were measured in both reports")
	}
	c.missing("old", len(old.Results)-common)
	c.missing("new", len(new.Results)-common)
	c.adjust()
	if err := c.enoughRounds(min(old.rounds(), new.rounds())); err != nil {
		return nil, err
	}
	return c, nil
}

// identity names a result in a report.
type identity struct {
	target string
	variant
}

func index(r *Report) map[identity]*Result {
	m := make(map[identity]*Result)
	for i := range r.Results {
		res := &r.Results[i]
		m[identity{res.Target, res.variant()}] = res
	}
	return m
}

func (c *Comparison) missing(which string, n int) {
	if n > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s only in the %s report.", verb(n, "result is", "results are"), which))
	}
}

func (c *Comparison) compareResults(old, new, oldBase, newBase *Result, label string) {
	if c.Relative && (oldBase == nil || newBase == nil || new == newBase) {
		return // no ratio, or always 1
	}
	for _, m := range measures {
		if c.Relative && m.name == "server CPU" {
			continue // time too is the machine's
		}
		was, is := m.values(old, oldBase), m.values(new, newBase)
		if len(was) == 0 || len(is) == 0 {
			continue
		}
		a := benchmath.NewSample(was, &benchmath.DefaultThresholds)
		b := benchmath.NewSample(is, &benchmath.DefaultThresholds)
		d := Difference{
			Workload: label, Target: new.Target, Measure: m.name,
			Old:  benchmath.AssumeNothing.Summary(a, 0.95).Center,
			New:  benchmath.AssumeNothing.Summary(b, 0.95).Center,
			P:    benchmath.AssumeNothing.Compare(a, b).P, // 1 if all are equal
			unit: new.Unit,
		}
		d.Change = m.better * change(d.Old, d.New)
		// NewSample has sorted them.
		d.alike = was[0] == is[len(is)-1] && is[0] == was[len(was)-1]
		c.Differences = append(c.Differences, d)
	}
}

// adjust fills in the adjusted P: of m comparisons, the k-th smallest P is
// multiplied with m/k, and is not more than those after it. Where all rounds are
// equal, as counts mostly are, no division of them into old and new could show
// a difference: those do not count as comparisons (Tarone).
func (c *Comparison) adjust() {
	var order []*Difference
	for i := range c.Differences {
		d := &c.Differences[i]
		d.Adjusted = 1
		if !d.alike {
			order = append(order, d)
		}
	}
	c.tests = len(order)
	slices.SortFunc(order, func(a, b *Difference) int { return cmp.Compare(b.P, a.P) })
	least := 1.0
	for i, d := range order {
		k := len(order) - i
		least = min(least, d.P*float64(len(order))/float64(k))
		d.Adjusted = least
	}
}

// enoughRounds complains if no difference could be found, and warns if only
// one that many comparisons share could.
func (c *Comparison) enoughRounds(n int) error {
	m := float64(c.tests)
	if smallestP(n) >= alpha {
		return fmt.Errorf("too few rounds: with %d no difference can be significant; measure both with 4 at least", n)
	}
	if together := int(math.Floor(smallestP(n)*m/alpha)) + 1; together > 1 {
		enough := n
		for smallestP(enough)*m >= alpha {
			enough++
		}
		c.Warnings = append(c.Warnings, fmt.Sprintf("With %d rounds and %d comparisons a difference is seen only if there are %d like it; with %d rounds each is seen alone.", n, c.tests, together, enough))
	}
	return nil
}

// smallestP is the P of the Mann-Whitney U test if all of n rounds are better
// than all of n others: one of all the ways to divide them, on either side.
func smallestP(n int) float64 {
	p := 2.0
	for i := 1; i <= n; i++ {
		p *= float64(i) / float64(n+i)
	}
	return min(p, 1)
}
