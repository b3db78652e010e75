package fuzz

import (
	"math/rand/v2"
	"testing"
	"time"
)

// concurrentRuns is how often FuzzConcurrent runs a program, each time with
// another seed: 1 and up, so that a replay meets the same ones.
const concurrentRuns = 10

// keptRuns is how often it runs those of testdata/concurrent. Each was written for
// threads to meet within a few instructions, which one run in thirty may see; the
// engine, which goes by what was covered, does not know that they are worth more. It
// takes an input for hung after ten seconds: a busy machine runs them less often.
const (
	keptRuns = 500
	keptTime = 2 * time.Second
)

// FuzzConcurrent runs programs with threads. It is meant for the race detector
// and for the build tag perturb, with which the threads yield at lock points.
func FuzzConcurrent(f *testing.F) {
	kept := map[string]bool{}
	for _, t := range concurrentTraces(f) {
		data, err := EncodeConcurrent(t.Program)
		if err != nil {
			f.Fatalf("%s: %v", t.name, err)
		}
		f.Add(data)
		kept[string(data)] = true
	}
	// Where others get in between does not show in what was covered: so there is
	// something of everything to begin with.
	random := rand.New(rand.NewPCG(1, 2))
	for range 64 {
		f.Add(randomBytes(random, 30+random.IntN(100)))
	}
	r := newRunner(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		runs := concurrentRuns
		if kept[string(data)] {
			runs = keptRuns
		}
		fuzzConcurrent(t, r, DecodeConcurrent(data), runs)
	})
}

func fuzzConcurrent(t *testing.T, r *Runner, p Program, runs int) {
	t.Helper()
	if !p.concurrent() {
		return
	}
	began := time.Now()
	for seed := range uint64(runs) {
		if time.Since(began) > keptTime {
			return
		}
		if f := r.RunConcurrent(p, seed+1); f != nil {
			report(t, p, f, checkConcurrent)
		}
		if t.Failed() { // the race detector tells of a race once: it cannot be shrunk
			t.Fatalf("data race: go test ./fuzz -race -tags perturb -run TestReplay -replay FILE shows where\n\n%s", p)
		}
	}
}

// checkConcurrent runs a program with threads until there is a finding, some
// hundred times at most.
func checkConcurrent(p Program) *Finding { return checkRepeatedly(p, 100*time.Millisecond) }

func checkRepeatedly(p Program, d time.Duration) *Finding {
	if !p.concurrent() {
		return nil
	}
	seed, end := uint64(0), time.Now().Add(d)
	for time.Now().Before(end) {
		f := unlessHung(func() (f *Finding) {
			r := &Runner{}
			defer r.Close()
			for range 50 {
				if seed++; f == nil {
					f = r.RunConcurrent(p, seed)
				}
			}
			return f
		})
		if f != nil {
			return f
		}
	}
	return nil
}

// TestConcurrentForms has each program with threads come back from its text form
// and from its bytes.
func TestConcurrentForms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	threads := 0
	for range 5000 {
		p := DecodeConcurrent(randomBytes(r, 1+r.IntN(200)))
		if !p.concurrent() {
			continue
		}
		threads++
		parsed, err := Parse(p.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		if !same(parsed, p) {
			t.Fatalf("parsed:\n%s\nwant:\n%s", parsed, p)
		}
		data, err := EncodeConcurrent(p)
		if err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		if decoded := DecodeConcurrent(data); !same(decoded, p) {
			t.Fatalf("decoded:\n%s\nwant:\n%s", decoded, p)
		}
	}
	if threads < 1000 {
		t.Errorf("only %d of 5000 programs have threads", threads)
	}
}

// TestConcurrentRandom does a little of what FuzzConcurrent does.
func TestConcurrentRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	r := newRunner(t)
	for range 500 {
		fuzzConcurrent(t, r, DecodeConcurrent(randomBytes(random, 20+random.IntN(130))), concurrentRuns)
	}
}

// BenchmarkConcurrent runs programs with threads, of 8 to 16 operations in them.
func BenchmarkConcurrent(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var programs []Program
	for len(programs) < 1000 {
		if p := DecodeConcurrent(randomBytes(random, 100)); p.concurrent() {
			programs = append(programs, p)
		}
	}
	r := newRunner(b)
	seed := uint64(0)
	for b.Loop() {
		for _, p := range programs {
			seed++
			if f := r.RunConcurrent(p, seed); f != nil {
				b.Fatal(Report(p, f))
			}
		}
	}
	b.ReportMetric(float64(b.N*len(programs))/b.Elapsed().Seconds(), "programs/s")
}

// concurrentTraces are those of testdata/concurrent.
func concurrentTraces(t testing.TB) []keptTrace { return tracesIn(t, "testdata/concurrent") }
