package bench

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the files in testdata again")

// golden compares with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s:%d differs; go test ./bench -update writes it again\nwant %s\ngot  %s", path, i+1, a[i], b[i])
		}
	}
	t.Fatalf("%s has %d lines, want %d; go test ./bench -update writes it again", path, len(b), len(a))
}

// reportV1 is a report of the first version, as it was written then, which must
// be read for ever. It was made up.
func reportV1(t *testing.T) *Report {
	t.Helper()
	path := filepath.Join("testdata", "report-v1.json")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := ReadReport(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r
}

func TestReportSurvivesJSON(t *testing.T) {
	for name, r := range oddReports() {
		if name == "extreme" { // NaN becomes 0
			continue
		}
		var b bytes.Buffer
		if err := WriteJSON(&b, r); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		back, err := ReadReport(&b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(back, r) {
			t.Errorf("%s: read differently from what was written", name)
		}
	}
	var b bytes.Buffer
	if err := WriteJSON(&b, oddReports()["extreme"]); err != nil {
		t.Error(err)
	}
}

func TestReadVersion1(t *testing.T) {
	r := reportV1(t)
	if len(r.Results) == 0 || len(r.Targets) != 5 || r.Baseline != "tmpfs" || r.Elapsed != int64(801*time.Second) {
		t.Errorf("read %d results, %d targets, baseline %q, %d ns", len(r.Results), len(r.Targets), r.Baseline, r.Elapsed)
	}
	if got := r.Results[0]; got.Workload != "statfs" || len(got.Rounds) != 10 || !got.Rate.bounded() || got.Latency.P50 == 0 {
		t.Errorf("read %+v", got)
	}
}

func TestReadReportErrors(t *testing.T) {
	for in, want := range map[string]string{
		``:                              "no JSON",
		`# Benchmarks`:                  "no JSON",
		`{"version": 1`:                 "no JSON",
		`{"version": 1} {"version": 1}`: "no JSON",
		`[1]`:                           "array where an object is expected",
		`"x"`:                           "string where an object is expected",
		`{}`:                            "no version",
		`{"version": 0}`:                "no version",
		`{"version": 99, "results": 7}`: "newer memfs",
		`{"version": "1"}`:              "version is string",
		`{"version": 1, "results": 7}`:  "results is number",
		`{"version": 1, "results": [{"target": "a", "workload": "w"}]}`:                                                      `"a", which is not listed`,
		`{"version": 1, "targets": [{"name": "a"}], "results": [{"target": "a"}]}`:                                           "no workload",
		`{"version": 1, "targets": [{"name": "a"}], "results": [{"target": "a", "workload": "w", "rounds": [{"ops": -1}]}]}`: "-1 operations",
	} {
		r, err := ReadReport(strings.NewReader(in))
		switch {
		case err == nil:
			t.Errorf("%s: read as %+v", in, r)
		case !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n"):
			t.Errorf("%s: %v, want %q", in, err, want)
		}
	}
}

// REPORT.md must not forget a field.
func TestReportIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("REPORT.md")
	if err != nil {
		t.Fatal(err)
	}
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Map || typ.Kind() == reflect.Array {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if !strings.Contains(string(doc), "| `"+name+"` |") {
				t.Errorf("REPORT.md is silent on %s (%s.%s)", name, typ.Name(), typ.Field(i).Name)
			}
			visit(typ.Field(i).Type)
		}
	}
	visit(reflect.TypeFor[Report]())
}
