package bench

import (
	"bytes"
	"math"
	"testing"

	"golang.org/x/perf/benchfmt"
)

// What benchstat reads must be what was measured.
func TestTextIsRead(t *testing.T) {
	for name, r := range oddReports() {
		var b bytes.Buffer
		if err := WriteText(&b, r); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := 0
		names := make(map[string]bool)
		for _, res := range r.Results {
			for _, round := range res.Rounds {
				if round.Ops > 0 {
					want++
				}
			}
		}
		read, units := 0, 0
		in := benchfmt.NewReader(&b, name)
		for in.Scan() {
			switch rec := in.Result().(type) {
			case *benchfmt.Result:
				read++
				names[rec.Name.String()] = true
				if len(rec.Values) == 0 || !(rec.Values[0].Value > 0) {
					t.Errorf("%s: %s has values %v", name, rec.Name, rec.Values)
				}
			case *benchfmt.UnitMetadata:
				units++
			case *benchfmt.SyntaxError:
				t.Errorf("%s: %v", name, rec)
			}
		}
		if err := in.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if read != want || units != 6 {
			t.Errorf("%s: read %d results and %d units, want %d and 6", name, read, units, want)
		}
		measured := 0
		for _, res := range r.Results {
			if len(res.Rounds) > 0 {
				measured++
			}
		}
		if len(names) != measured {
			t.Errorf("%s: %d names of %d results", name, len(names), measured)
		}
	}
}

func TestText(t *testing.T) {
	r := reportV1(t)
	r.Results = r.Results[:2]
	r.Results[0].Threads, r.Results[0].Workload = 4, "read/4k 100%"
	r.Results[1].Unit, r.Results[1].Size, r.Results[1].Shared = "byte", 4096, true
	var b bytes.Buffer
	if err := WriteText(&b, r); err != nil {
		t.Fatal(err)
	}
	golden(t, "text.txt", b.String())

	in := benchfmt.NewReader(&b, "text")
	for in.Scan() {
		rec, ok := in.Result().(*benchfmt.Result)
		if !ok || rec.Name.String() == "" {
			continue
		}
		round := r.Results[0].Rounds[0]
		if got, want := rec.Values[0].Value, float64(round.Elapsed)/float64(round.Ops)/1e9; rec.Values[0].Unit != "sec/op" || math.Abs(got/want-1) > 1e-5 {
			t.Errorf("read %v %s, want %v sec/op", got, rec.Values[0].Unit, want)
		}
		return
	}
	t.Error("nothing was read")
}
