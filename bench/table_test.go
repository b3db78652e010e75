package bench

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func table(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTable(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTable(t *testing.T) { golden(t, "table.txt", table(t, reportV1(t))) }

// Whatever a report holds, its table is text of 80 columns.
func TestTableFits(t *testing.T) {
	for name, r := range oddReports() {
		for line := range strings.Lines(table(t, r)) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%s: not printable: %q", name, line)
			}
			if strings.Contains(line, "NaN") || strings.Contains(line, "Inf") || strings.HasSuffix(line, " ") {
				t.Errorf("%s: %q", name, line)
			}
		}
	}
}

func TestTableSays(t *testing.T) {
	reports := oddReports()
	for name, want := range map[string]string{
		"empty":        "Nothing was compared",
		"one target":   "Nothing was compared",
		"few rounds":   "With 3 rounds no difference can be significant",
		"one round":    "With 1 round no difference can be significant",
		"partial":      "PARTIAL: stopped with Ctrl-C in round 3",
		"many targets": "another-l",
	} {
		if got := table(t, reports[name]); !strings.Contains(got, want) {
			t.Errorf("%s: the table does not say %q", name, want)
		}
	}
	if got := table(t, reports["not measured"]); strings.Contains(got, "LATENCY") || strings.Contains(got, "CPU TIME") {
		t.Errorf("a table of what was not measured:\n%s", got)
	}
}

// A file is no terminal, and has 80 columns as well.
func TestTableToFile(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := WriteTable(f, reportV1(t)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != table(t, reportV1(t)) {
		t.Error("a file has another table than a buffer")
	}
}

func TestWrap(t *testing.T) {
	for in, want := range map[string]string{
		"":              "",
		"one two three": "one two|three",
		"abcdefghij":    "abcdefgh|ij",
		"memfs:workers": "memfs:|workers",
		"äöü:äöüäöü":    "äöü:|äöüäöü",
		"a b c d e f":   "a b c d|e f",
	} {
		if got := strings.Join(wrap(in, 8), "|"); got != want {
			t.Errorf("wrap(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		three(0): "0", three(0.0123456): "0.0123", three(0.9996): "1.00", three(9.996): "10.0", three(99.96): "100",
		three(12345): "12300", three(1e12): "1.00e+12", three(-1.234): "-1.23",
		si(999): "999", si(999.6): "1.00k", si(12345): "12.3k", si(2.5e6): "2.50M",
		duration(0): "0", duration(-1): none, duration(999.6): "1.00 µs", duration(4.2e3): "4.20 µs", duration(1.5e9): "1.50 s", duration(3e11): "5m0s",
		byteSize(-1): none, byteSize(4096): "4 KiB", byteSize(1000): "1000 B", byteSize(1 << 20): "1 MiB", byteSize(1536): "1.5 KiB",
		rate(0, "op"): none, rate(1.5e6, "op"): "1.50M/s", rate(1<<30, "byte"): "1.00 GiB/s",
		counted(1, "name"): "1 name", counted(1000, "name"): "1k names", counted(1500000, "name"): "1.5M names", counted(8, "thread"): "8 threads",
		many(-1, "op"): none, many(0, "op"): "0", many(1.0/131072, "byte"): "8", many(2.5, "op"): "2.5",
		Interval{1, 0.9, 1.2}.spread(): " ±20%",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
