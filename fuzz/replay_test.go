package fuzz

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Not -trace: that is a flag of go test, which would overwrite the file.
var replayFile = flag.String("replay", "", "trace for TestReplay to run: absolute, or relative to fuzz/")

// TestReplay runs the trace of the flag -replay, or else those of
// testdata: programs that are worth keeping, most of them because they once
// found something. Those with threads are run many times.
func TestReplay(t *testing.T) {
	if *replayFile != "" {
		replay(t, readTrace(t, *replayFile))
		return
	}
	for _, kept := range concurrentTraces(t) {
		t.Run(kept.name, func(t *testing.T) { replay(t, kept) })
	}
	for _, kept := range traces(t) {
		t.Run(kept.name, func(t *testing.T) {
			lines := replay(t, kept)
			for line := range strings.Lines(kept.text) {
				line = strings.TrimSpace(line)
				if strings.Contains(line, remark) && !slices.Contains(lines, line) {
					t.Errorf("did not do what it says: %s", line)
				}
			}
		})
	}
}

// concurrentReplay is how long a program with threads is run again and again.
const concurrentReplay = 300 * time.Millisecond

// replay runs a trace and returns its lines with what each operation returned.
func replay(t *testing.T, kept keptTrace) []string {
	p := kept.Program
	if p.concurrent() {
		d := concurrentReplay
		if *replayFile != "" {
			d *= 20
		}
		if f := checkRepeatedly(p, d); f != nil {
			t.Log(Report(p, f))
			report(t, p, f, checkConcurrent)
		}
		return nil
	}
	if f := check(p); f != nil {
		t.Log(Report(p, f))
		report(t, p, f, check)
	}
	if f := checkData(p); f != nil {
		t.Log(Report(p, f))
		report(t, p, f, checkData)
	}
	r := Runner{Remarks: true}
	defer r.Close()
	_, remarks := r.run(p)
	done := string(p.annotated(remarks))
	t.Logf("\n%s", done)
	return strings.Split(done, "\n")
}

// keptTrace is a program, as data and as it is written.
type keptTrace struct {
	name, text string
	Program
}

// traces are those of testdata/traces.
func traces(t testing.TB) []keptTrace { return tracesIn(t, "testdata/traces") }

func tracesIn(t testing.TB, dir string) (all []keptTrace) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.trace"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces: %v", err)
	}
	for _, file := range files {
		all = append(all, readTrace(t, file))
	}
	return all
}

func readTrace(t testing.TB, file string) keptTrace {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parse(string(b))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return keptTrace{filepath.Base(file), string(b), p}
}
