package bench

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"unicode/utf8"
)

func TestLogAxis(t *testing.T) {
	for _, c := range []struct {
		low, high         float64
		wantLow, wantHigh float64
		ticks             []float64
	}{
		{1, 1000, 1, 1000, []float64{1, 10, 100, 1000}},
		{0.013, 0.9, 0.01, 1, []float64{0.01, 0.1, 1}},
		{3, 7, 2, 10, []float64{2, 5, 10}},
		{420, 43000, 200, 50000, []float64{1000, 10000}},
		{5, 5, 5, 5, []float64{5}},
		{0, 0, 1, 10, []float64{1, 2, 5, 10}},
		{math.NaN(), math.NaN(), 1, 10, []float64{1, 2, 5, 10}},
	} {
		a := logAxis(c.low, c.high, 0, 120)
		if math.Abs(a.low/c.wantLow-1) > 1e-9 || math.Abs(a.high/c.wantHigh-1) > 1e-9 {
			t.Errorf("%v to %v: axis from %v to %v, want %v to %v", c.low, c.high, a.low, a.high, c.wantLow, c.wantHigh)
		}
		if c.low == c.high && c.low > 0 {
			continue // one value: anywhere
		}
		got := a.ticks(30)
		if !slices.EqualFunc(got, c.ticks, func(a, b float64) bool { return math.Abs(a/b-1) < 1e-9 }) {
			t.Errorf("%v to %v: ticks %v, want %v", c.low, c.high, got, c.ticks)
		}
		for _, v := range append(got, c.low, c.high) {
			if x := a.at(v); !(x >= 0 && x <= 120) {
				t.Errorf("%v to %v: %v is at %v", c.low, c.high, v, x)
			}
		}
	}
}

func TestTicksKeepApart(t *testing.T) {
	for _, span := range []float64{1.5, 3, 20, 1e3, 1e6, 1e12, 1e18} {
		for _, a := range []axis{logAxis(1, span, 0, 200), binaryAxis(1, span, 0, 200), {low: 0, high: span, from: 0, to: 200}} {
			last := math.Inf(-1)
			ticks := a.ticks(25)
			if len(ticks) == 0 {
				t.Errorf("%+v has no ticks", a)
			}
			for _, v := range ticks {
				if x := a.at(v); x-last < 24.9 {
					t.Errorf("%+v: ticks %v are %v apart", a, ticks, x-last)
				} else {
					last = x
				}
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, width := range []float64{0, 5, 10, 30, 66, 1000} {
		for _, s := range []string{"", "a", "memfs:workers", "ein äußerst langer Name, der gekürzt wird"} {
			got := fit(s, width)
			if n := utf8.RuneCountInString(got); n > max(int(width/letter), 2) || !utf8.ValidString(got) {
				t.Errorf("fit(%q, %v) = %q", s, width, got)
			}
		}
	}
}

func TestPercentiles(t *testing.T) {
	res := &Result{Latency: &Latency{Count: 1000, P50: 10, P90: 20, P99: 30, P999: 40, Max: 50,
		Buckets: [][2]int64{{10, 500}, {20, 400}, {30, 90}, {40, 9}, {50, 1}}}}
	want := []percentile{{0, 10}, {math.Log10(2), 20}, {1, 30}, {2, 40}, {3, 50}, {3, 50}}
	got := percentiles(res)
	if !slices.EqualFunc(got, want, func(a, b percentile) bool { return math.Abs(a.nines-b.nines) < 1e-9 && a.time == b.time }) {
		t.Errorf("percentiles %v, want %v", got, want)
	}
	if got := percentiles(&Result{Latency: &Latency{}}); got != nil {
		t.Errorf("no operation has percentiles %v", got)
	}
}

// No two rows of a report look the same.
func TestLabels(t *testing.T) {
	seen := make(map[string]bool)
	for _, g := range madeUp(1, 2).groups() {
		for _, row := range g.rows {
			if seen[row.label] {
				t.Errorf("two rows are labelled %q", row.label)
			}
			seen[row.label] = true
		}
	}
	for _, want := range []string{"statfs", "read-sequential, 64 KiB", "create, 4 threads, one directory", "lookup-in, 1M names"} {
		if !seen[want] {
			t.Errorf("no row is labelled %q", want)
		}
	}
}

func TestFamilies(t *testing.T) {
	var got []string
	for _, g := range madeUp(1, 2).groups() {
		for _, f := range g.families() {
			got = append(got, f.label+" by "+f.title)
			if len(f.rows) < 3 {
				t.Errorf("%s by %s has %d rows", f.label, f.title, len(f.rows))
			}
		}
	}
	shuffled := madeUp(1, 2)
	slices.Reverse(shuffled.Results)
	for _, g := range shuffled.groups() {
		for _, f := range g.families() {
			if !slices.IsSortedFunc(f.rows, func(a, b row) int { return cmp.Compare(f.of(a.variant), f.of(b.variant)) }) {
				t.Errorf("%s by %s is not in order", f.label, f.title)
			}
		}
	}
	want := []string{
		"read-sequential by size of a call", "write-sequential by size of a call",
		"create, own directories by threads", "create, one directory by threads",
		"lookup-in by names in the directory",
	}
	if !slices.Equal(got, want) {
		t.Errorf("families %q, want %q", got, want)
	}
}
