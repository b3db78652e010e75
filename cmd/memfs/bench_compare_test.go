package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scratchfs/memfs/bench"
)

// writeReport writes a report of one workload, whose ten rounds take ns for
// each operation and a little more from round to round.
func writeReport(t *testing.T, ns int64, change func(*bench.Report)) string {
	t.Helper()
	res := bench.Result{Workload: "statfs", Group: "round trips", Target: "memfs", Unit: "op"}
	for n := range int64(10) {
		res.Rounds = append(res.Rounds, bench.Round{Ops: 1000, Elapsed: 1000*ns + 10*ns*n, ServerCPU: -1, ClientCPU: -1, Switches: -1, Resident: -1})
	}
	r := &bench.Report{Version: bench.ReportVersion, Baseline: "memfs", Targets: []bench.Target{{Name: "memfs"}}, Results: []bench.Result{res}}
	if change != nil {
		change(r)
	}
	name := filepath.Join(t.TempDir(), "report.json")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(bench.WriteJSON(f, r), f.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

// benchCompare runs the command and returns its exit status, what it prints and
// its error.
func benchCompare(args ...string) (status int, out string, err error) {
	root := newRootCommand("memfs")
	var b bytes.Buffer
	root.SetOut(&b)
	root.SetArgs(append([]string{"bench", "compare"}, args...))
	err = root.Execute()
	var s *statusError
	switch {
	case errors.As(err, &s):
		status, err = s.code, s.err
	case err != nil:
		status = exitFailure
	}
	return status, b.String(), err
}

func TestBenchCompare(t *testing.T) {
	base, slow, fast := writeReport(t, 4000, nil), writeReport(t, 6000, nil), writeReport(t, 2000, nil)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{base, base}, 0, "  ~  "},
		{[]string{base, slow}, exitFailure, "WORSE"},
		{[]string{base, fast}, 0, "better"},
		{[]string{"--threshold", "50%", base, slow}, 0, "1 differs by less"},
		{[]string{"-t", "0.2", base, slow}, exitFailure, "WORSE"},
	} {
		status, out, err := benchCompare(c.args...)
		if status != c.status || err != nil || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit status %d, want %d; error %v; want %q in\n%s", c.args, status, c.status, err, c.want, out)
		}
	}
}

func TestBenchCompareErrors(t *testing.T) {
	base := writeReport(t, 4000, nil)
	other := writeReport(t, 4000, func(r *bench.Report) { r.Results[0].Workload = "getattr" })
	few := writeReport(t, 4000, func(r *bench.Report) { r.Results[0].Rounds = r.Results[0].Rounds[:3] })
	newer := writeReport(t, 4000, func(r *bench.Report) { r.Version++ })
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("BenchmarkX 1 1 ns/op\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "no OLD.json given; see: memfs help bench compare"},
		{[]string{base}, "no NEW.json given"},
		{[]string{base, base, base}, "unexpected argument"},
		{[]string{base, "/nonexistent.json"}, "no such file"},
		{[]string{text, base}, "not a report"},
		{[]string{base, newer}, "newer memfs"},
		{[]string{base, other}, "nothing to compare"},
		{[]string{base, few}, "too few rounds"},
		{[]string{"-t", "-5%", base, base}, "not a percentage"},
		{[]string{"-t", "150%", base, base}, "not a percentage"},
		{[]string{"-t", "NaN", base, base}, "not a percentage"},
		{[]string{"-t", "", base, base}, "not a percentage"},
	} {
		status, out, err := benchCompare(c.args...)
		if status != exitUsage || err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || out != "" {
			t.Errorf("%q: exit status %d, error %v, want %q; printed %q", c.args, status, err, c.want, out)
		}
	}
}
