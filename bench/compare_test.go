package bench

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func mustCompare(t *testing.T, old, new *Report) *Comparison {
	t.Helper()
	c, err := Compare(old, new, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func comparisonTable(t *testing.T, c *Comparison) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// slower makes up a report in which one target takes longer, of some workloads.
func slower(seed uint64, rounds int, target string, factor float64) *Report {
	m := newMaker(seed, rounds)
	m.bare = true
	m.speed[target] *= factor
	return m.run()
}

// The same again is no difference, even without a threshold: of forty
// comparisons of whole reports two may find one.
func TestCompareTheSame(t *testing.T) {
	found := 0
	for seed := range uint64(40) {
		c, err := Compare(rounds(100+seed, 8), rounds(200+seed, 8), 0)
		if err != nil {
			t.Fatal(err)
		}
		unadjusted := 0
		for i := range c.Differences {
			if c.Differences[i].P < alpha {
				unadjusted++
			}
		}
		if unadjusted == 0 {
			t.Errorf("seed %d: of %d comparisons not one has p < %v by chance", seed, len(c.Differences), alpha)
		}
		if c.Regressions() > 0 {
			found++
		}
	}
	if found > 4 {
		t.Errorf("%d of 40 comparisons found a regression where nothing changed", found)
	}
}

func TestCompareSlower(t *testing.T) {
	c := mustCompare(t, rounds(1, 10), slower(2, 10, "memfs:serial", 1.25))
	if c.Regressions() < 10 {
		t.Errorf("%d regressions of a target that takes 25 %% longer", c.Regressions())
	}
	for i := range c.Differences {
		if d := &c.Differences[i]; c.Regression(d) && d.Target != "memfs:serial" {
			t.Errorf("regression of %s on %s: %v to %v", d.Workload, d.Target, d.Old, d.New)
		}
	}
	if c := mustCompare(t, slower(2, 10, "memfs:serial", 1.25), rounds(1, 10)); c.Regressions() != 0 {
		t.Errorf("%d regressions of what became faster", c.Regressions())
	}
}

// A difference below the threshold is no regression, however sure it is.
func TestCompareThreshold(t *testing.T) {
	old, new := rounds(1, 10), slower(2, 10, "memfs:serial", 1.25)
	for threshold, want := range map[float64]bool{0.05: true, 0.5: false} {
		c, err := Compare(old, new, threshold)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Regressions() > 0; got != want {
			t.Errorf("threshold %v: regressions %v, want %v", threshold, got, want)
		}
	}
}

// One workload among hundreds is found, in each measure.
func TestCompareOne(t *testing.T) {
	for _, c := range []struct {
		measure string
		change  func(*Round)
	}{
		{"rate", func(r *Round) { r.Elapsed = r.Elapsed * 3 / 2 }},
		{"server CPU", func(r *Round) { r.ServerCPU *= 2 }},
		{"requests", func(r *Round) { r.Requests["GETATTR"] = r.Ops }},
		{"memory", func(r *Round) { r.Resident *= 2 }},
		{"memory added", func(r *Round) { r.Grown *= 2 }},
	} {
		old, new := rounds(1, 9), rounds(2, 9)
		each := func(r *Report, do func(*Round)) {
			for i := range r.Results {
				if res := &r.Results[i]; res.Workload == "rename" && res.Target == "jacobsa" {
					for n := range res.Rounds {
						do(&res.Rounds[n])
					}
				}
			}
		}
		each(old, func(r *Round) { r.Grown = 400 * r.Ops })
		each(new, func(r *Round) { r.Grown = 400 * r.Ops })
		each(new, c.change)
		got := mustCompare(t, old, new)
		var found []string
		for i := range got.Differences {
			if d := &got.Differences[i]; got.Regression(d) {
				found = append(found, d.Workload+" "+d.Target+" "+d.Measure)
			}
		}
		if want := []string{"rename jacobsa " + c.measure}; !slices.Equal(found, want) {
			t.Errorf("%s: found %q, want %q", c.measure, found, want)
		}
	}
}

// On a machine half as fast all rates are half, and no ratio is.
func TestCompareMachines(t *testing.T) {
	new := rounds(2, 10)
	for i := range new.Results {
		for n := range new.Results[i].Rounds {
			r := &new.Results[i].Rounds[n]
			r.Elapsed, r.ServerCPU = 2*r.Elapsed, 2*r.ServerCPU
		}
	}
	if c := mustCompare(t, rounds(1, 10), new); c.Relative || c.Regressions() < 100 {
		t.Errorf("half as fast: relative %v, %d regressions", c.Relative, c.Regressions())
	}
	new.Environment.CPU = "another"
	c := mustCompare(t, rounds(1, 10), new)
	if !c.Relative || c.Regressions() != 0 || !strings.Contains(c.Warnings[0], "Not the same machine: the CPU was") {
		t.Errorf("another machine: relative %v, %d regressions, warnings %q", c.Relative, c.Regressions(), c.Warnings)
	}
	new.Baseline = "jacobsa"
	c = mustCompare(t, rounds(1, 10), new)
	if c.Relative || !strings.Contains(c.Warnings[0], "no common baseline") {
		t.Errorf("another machine and baseline: relative %v, warnings %q", c.Relative, c.Warnings)
	}
}

func TestCompareErrors(t *testing.T) {
	other := rounds(1, 10)
	for i := range other.Results {
		other.Results[i].Workload += "-2"
	}
	unmeasured := rounds(1, 10)
	for i := range unmeasured.Results {
		unmeasured.Results[i].Rounds = nil
	}
	for _, c := range []struct {
		new  *Report
		want string
	}{
		{other, "no workload was measured on the same target"},
		{&Report{Version: 1}, "no workload was measured on the same target"},
		{unmeasured, "no rounds were measured"},
		{rounds(1, 3), "too few rounds: with 3 no difference"},
	} {
		if got, err := Compare(rounds(1, 10), c.new, 0.1); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, %v, want %q", got, err, c.want)
		}
	}
}

func TestCompareWarns(t *testing.T) {
	new := rounds(2, 5)
	new.Partial = "stopped with Ctrl-C"
	new.Results = new.Results[:8]
	new.Environment.Pinning = "same core"
	got := strings.Join(mustCompare(t, rounds(1, 5), new).Warnings, "\n")
	for _, want := range []string{
		"is partial: stopped with Ctrl-C.", "121 results are only in the old report.", "The pinning was free and is same core.",
		"a difference is seen only if there are",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("warnings are silent on %q:\n%s", want, got)
		}
	}
}

// Whatever two reports hold, they are compared or refused.
func TestCompareOdd(t *testing.T) {
	for name, r := range oddReports() {
		for _, other := range []string{name, "hostile", "extreme", "partial"} {
			c, err := Compare(r, oddReports()[other], 0.1)
			if err != nil {
				continue
			}
			for line := range strings.Lines(comparisonTable(t, c)) {
				if strings.Contains(line, "NaN") || utf8.RuneCountInString(line) > 81 {
					t.Errorf("%s and %s: %s", name, other, line)
				}
			}
			if name == other && c.Regressions() > 0 {
				t.Errorf("%s is worse than itself", name)
			}
		}
	}
}

func TestCompareTable(t *testing.T) {
	old, new := reportV1(t), reportV1(t)
	for i := range new.Results {
		for n := range new.Results[i].Rounds {
			r := &new.Results[i].Rounds[n]
			switch res := &new.Results[i]; {
			case res.Workload == "statfs" && res.Target == "memfs:workers":
				r.Elapsed = r.Elapsed * 5 / 4
			case res.Workload == "untar" && res.Target == "memfs:serial":
				r.Elapsed, r.Requests["GETATTR"] = r.Elapsed/2, r.Ops*1280
			}
		}
	}
	golden(t, "compare.txt", comparisonTable(t, mustCompare(t, old, new)))
}

func TestSmallestP(t *testing.T) {
	for n, want := range map[int]float64{1: 1, 2: 1. / 3, 3: 0.1, 4: 2. / 70, 5: 2. / 252, 8: 2. / 12870} {
		if got := smallestP(n); math.Abs(got-want) > 1e-12 {
			t.Errorf("smallestP(%d) = %v, want %v", n, got, want)
		}
	}
}
