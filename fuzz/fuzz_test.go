package fuzz

import (
	"flag"
	"fmt"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

var (
	invariants = flag.Bool("invariants", false, "check the invariants of the store after each operation")
	shrinkTime = flag.Duration("shrink", 5*time.Second, "how long to look for a smaller program")
)

// FuzzOps runs programs on the store and on the model.
func FuzzOps(f *testing.F) {
	for _, t := range traces(f) {
		data, err := Encode(t.Program)
		if err != nil {
			f.Fatalf("%s: %v", t.name, err)
		}
		f.Add(data)
	}
	r := newRunner(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p := Decode(data)
		if finding := r.Run(p); finding != nil {
			report(t, p, finding, check)
		}
	})
}

// newRunner returns a Runner for a fuzz target or a benchmark. There is little on
// the heap, and most of it is garbage: collected later, programs run a third
// faster.
func newRunner(t testing.TB) *Runner {
	old := debug.SetGCPercent(800)
	r := &Runner{Invariants: *invariants, Timeout: 5 * time.Second} // the engine gives up after 10
	t.Cleanup(func() {
		r.Close()
		debug.SetGCPercent(old)
	})
	return r
}

// check runs a program on a store of its own.
func check(p Program) *Finding {
	return unlessHung(func() *Finding {
		r := &Runner{Invariants: true, Remarks: true}
		defer r.Close()
		return r.Run(p)
	})
}

// unlessHung returns what run does, or that it did not return: so a hang can be
// shrunk too.
func unlessHung(run func() *Finding) *Finding {
	done := make(chan *Finding, 1)
	go func() { done <- run() }()
	select {
	case f := <-done:
		return f
	case <-time.After(hangTime):
		return &Finding{Check: "hang", Message: fmt.Sprintf("after %v", hangTime)}
	}
}

// hangTime is for a program that takes less than a millisecond when all is well.
const hangTime = 2 * time.Second

// FuzzData runs programs on one file and on a slice of bytes.
func FuzzData(f *testing.F) {
	for _, t := range traces(f) {
		if data, err := EncodeData(t.Program); err == nil {
			f.Add(data)
		}
	}
	r := newRunner(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p := DecodeData(data)
		if finding := r.RunData(p); finding != nil {
			report(t, p, finding, checkData)
		}
	})
}

// checkData is check for programs on one file.
func checkData(p Program) *Finding {
	if !onOneFile(p) {
		return nil
	}
	return unlessHung(func() *Finding {
		r := &Runner{Invariants: true}
		defer r.Close()
		return r.RunData(p)
	})
}

// known has the smallest program that was found for each kind of finding. The
// testing package makes the input of a finding smaller by itself, and runs it
// hundreds of times for that; to shrink it again each time would take hours.
var known struct {
	sync.Mutex
	programs map[string]string
}

// report fails the test with the smallest program that check finds the same for.
func report(t *testing.T, p Program, f *Finding, check func(Program) *Finding) {
	t.Helper()
	known.Lock()
	defer known.Unlock()
	id := t.Name() + f.Check
	if known.programs[id] == "" {
		again := check(p)
		if again == nil {
			t.Fatalf("not found again on a new store:\n%s", Report(p, f))
		}
		if known.programs == nil {
			known.programs = map[string]string{}
		}
		known.programs[id] = Report(Shrink(p, again, check, *shrinkTime))
	}
	t.Fatal(known.programs[id])
}
