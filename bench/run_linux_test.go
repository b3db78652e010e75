package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/scratchfs/memfs/memfs"
)

// slowness is by how much a request of the target "slow" takes longer.
const slowness = 200 * time.Microsecond

// TestMain adds targets with what a benchmark has to find, for the processes
// that serve them as well.
func TestMain(m *testing.M) {
	serial := memfs.Options{Loop: memfs.LoopSerial}
	observing := func(f func(memfs.Observation)) mounter {
		o := serial
		o.Observe = f
		return func(dir string, _ func(memfs.Observation)) (func() error, error) { return mountMemfs(o)(dir, f) }
	}
	var requests atomic.Int64
	targets = append(targets,
		target{name: "twin", what: "memfs-serial once more", mount: mountMemfs(serial), asked: true},
		target{name: "slow", what: "memfs-serial that waits after each request", asked: true,
			mount: observing(func(memfs.Observation) { time.Sleep(slowness) })},
		target{name: "hung", what: "memfs-serial that stops after a while", asked: true,
			mount: observing(func(memfs.Observation) {
				if requests.Add(1) > 2000 {
					select {}
				}
			})},
		target{name: "liar", what: "memfs that reads other data than was written", asked: true,
			mount: mountMemfs(memfs.Options{NoData: true})},
		target{name: "silent", what: "one that fails to mount", asked: true,
			mount: func(string, func(memfs.Observation)) (func() error, error) { return nil, errors.New("it is broken") }},
	)
	Child()
	os.Exit(m.Run())
}

func requireFUSE(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err == nil {
		f.Close()
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("/dev/fuse is needed in CI: %v", err)
	}
	t.Skipf("/dev/fuse: %v", err)
}

// runBench runs, and checks that nothing of it stays.
func runBench(t *testing.T, ctx context.Context, cfg Config) *Report {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	r, err := Run(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	nothingLeft(t)
	return r
}

func nothingLeft(t *testing.T) {
	t.Helper()
	base := os.Getenv("TMPDIR")
	if table, err := os.ReadFile("/proc/self/mountinfo"); err != nil || strings.Contains(string(table), base) {
		t.Errorf("something is still mounted in %s (%v)", base, err)
	}
	if left, err := os.ReadDir(base); err != nil || len(left) != 0 {
		t.Errorf("left in %s: %v, %v", base, left, err)
	}
	children, _ := filepath.Glob("/proc/self/task/*/children")
	for _, c := range children {
		if b, _ := os.ReadFile(c); len(b) > 0 {
			t.Errorf("processes left: %s", b)
		}
	}
}

// Everything that can be done is done once, on all targets.
func TestEverything(t *testing.T) {
	requireFUSE(t)
	cfg := Config{
		Targets: []string{"tmpfs", "memfs", "null", "wire", "store"},
		Rounds:  1, Duration: 2 * time.Millisecond, Threads: []int{2},
	}
	if os.Geteuid() != 0 {
		cfg.Targets = cfg.Targets[1:]
	}
	r := runBench(t, t.Context(), cfg)
	if r.Partial != "" {
		t.Errorf("partial: %s", r.Partial)
	}
	for _, l := range r.LeftOut {
		if !slices.ContainsFunc([]string{
			"it takes long", "it has no system calls", "it has one request", "files do not keep", "its memory cannot be told", "there is no ", "only root",
			"tracefs", "no tracepoint",
		}, func(why string) bool { return strings.HasPrefix(l.Why, why) }) {
			t.Errorf("left out: %s: %s", l.What, l.Why)
		}
	}
	seen := map[string]bool{}
	for _, res := range r.Results {
		seen[res.Workload] = true
		if len(res.Rounds) != 1 || res.Rounds[0].Ops <= 0 || res.Rounds[0].ClientCPU < 0 {
			t.Errorf("%s on %s: %+v", res.Workload, res.Target, res.Rounds)
		}
		served := res.Target != "store" && res.Target != "tmpfs"
		if served != (res.ServerCPU >= 0) || served != (res.Resident > 0) {
			t.Errorf("%s on %s: server's CPU time %v, memory %d", res.Workload, res.Target, res.ServerCPU, res.Resident)
		}
	}
	for _, w := range workloads {
		if !seen[w.name] && !seen[w.name+"-create"] && !seen[w.name+"-copy"] && w.missingProgram() == "" {
			t.Errorf("not measured: %s", w.name)
		}
	}
}

// How many requests an operation takes is known exactly, and their stages.
func TestRequestsAndStages(t *testing.T) {
	requireFUSE(t)
	r := runBench(t, t.Context(), Config{
		Targets: []string{"memfs", "memfs-dev", "memfs-workers"}, Only: []string{"lookup", "mkdir+rmdir"},
		Rounds: 1, Duration: 2 * time.Millisecond, Stages: true,
	})
	if len(r.Results) != 6 {
		t.Fatalf("%d results, want 6; left out: %v", len(r.Results), r.LeftOut)
	}
	for _, res := range r.Results {
		want := map[string]map[string]float64{
			"lookup":      {"LOOKUP": 1},
			"mkdir+rmdir": {"LOOKUP": 1, "MKDIR": 1, "RMDIR": 1},
		}[res.Workload]
		if res.Workload == "mkdir+rmdir" && (res.Target == "memfs-workers" || os.Geteuid() != 0) {
			want["GETATTR"] = 2 // the kernel checks permissions, for which it asks each time
		}
		for name, n := range want {
			if got := res.Requests[name]; got < n-0.02 || got > n+0.02 {
				t.Errorf("%s on %s: %v %s for an operation, want %v", res.Workload, res.Target, got, name, n)
			}
		}
		for name, n := range res.Requests {
			if n > 0.02 && want[name] == 0 {
				t.Errorf("%s on %s: %v %s for an operation", res.Workload, res.Target, n, name)
			}
		}
		stages := []string{stageRead, stageDecode, stageLock, stageOperation, stageReply}
		if res.Target == "memfs-workers" { // jacobsa/fuse reads and decodes in one
			if _, ok := res.Stages[stageDecode]; ok {
				t.Errorf("%s on %s: it tells how long it decodes", res.Workload, res.Target)
			}
			stages = slices.Delete(stages, 1, 2)
		}
		for _, stage := range stages {
			l, ok := res.Stages[stage]
			// With memfs another stage may have all the time of reading.
			none := stage == stageLock || stage == stageRead && res.Target == "memfs"
			if !ok || l.Count == 0 || l.Count != res.Stages[stageRead].Count || !none && l.Mean <= 0 {
				t.Errorf("%s on %s: stage %s: %d requests, mean %d ns", res.Workload, res.Target, stage, l.Count, l.Mean)
			}
		}
	}
}

// clearly reports whether a result differs from the baseline in a way that
// chance does not bring about in the lifetime of a test.
func clearly(r *Result) bool {
	const effect = 1.1
	return r.P < 1e-3 && (r.Ratio.Low > effect || r.Ratio.High < 1/effect)
}

// A thing measured against itself is no different; one that is slower is.
func TestHonest(t *testing.T) {
	requireFUSE(t)
	r := runBench(t, t.Context(), Config{
		Targets: []string{"memfs-serial", "twin", "slow"}, Only: []string{"statfs", "create+unlink"},
		Rounds: 12, Duration: 20 * time.Millisecond,
	})
	if len(r.Results) != 6 {
		t.Fatalf("%d results, want 6; left out: %v", len(r.Results), r.LeftOut)
	}
	for i := range r.Results {
		switch res := &r.Results[i]; res.Target {
		case "memfs-serial":
			if res.Ratio != (Interval{1, 1, 1}) || res.P != 1 || res.Differs() {
				t.Errorf("%s: the baseline differs from itself: %+v, p = %v", res.Workload, res.Ratio, res.P)
			}
		case "twin":
			if clearly(res) {
				t.Errorf("%s: a twin differs: %+v, p = %v", res.Workload, res.Ratio, res.P)
			}
		case "slow":
			if !clearly(res) || !res.Differs() || res.Ratio.Median > 0.5 {
				t.Errorf("%s: what is slow was not found: %+v, p = %v", res.Workload, res.Ratio, res.P)
			}
		}
	}
}

// Of comparisons of a thing with itself hardly any differ, also on a machine
// that gets slower and faster; those with something a fifth slower do.
func TestDiffers(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	const tries, rounds = 1000, 12
	mistaken, found := 0, 0
	for range tries {
		machine := 1.0
		var a, b, slow Result
		a.Target, b.Target, slow.Target = "a", "b", "slow"
		for range rounds {
			machine *= 1 + 0.03*random.NormFloat64()
			for r, speed := range map[*Result]float64{&a: 1, &b: 1, &slow: 0.8} {
				speed *= machine * (1 + 0.05*random.ExpFloat64())
				r.Rounds = append(r.Rounds, Round{Ops: int64(1e6 * speed), Elapsed: 1e9})
			}
		}
		rep := Report{Baseline: "a", Results: []Result{a, b, slow}}
		compareToBaseline(&rep)
		if rep.Results[1].Differs() {
			mistaken++
		}
		if rep.Results[2].Differs() {
			found++
		}
	}
	if mistaken > tries/20 || found < tries*9/10 {
		t.Errorf("of %d, %d differ from themselves and %d from what is slower", tries, mistaken, found)
	}
}

// A server that hangs is got rid of, and what it hung on is left out.
func TestHung(t *testing.T) {
	requireFUSE(t)
	before := jobTime
	jobTime = 5 * time.Second
	defer func() { jobTime = before }()
	r := runBench(t, t.Context(), Config{
		Targets: []string{"hung", "store"}, Only: []string{"statfs", "lookup"}, Rounds: 2, Duration: 50 * time.Millisecond, Baseline: "store",
	})
	if len(r.LeftOut) == 0 || !strings.HasPrefix(r.LeftOut[0].Why, "not done in ") {
		t.Errorf("left out: %v", r.LeftOut)
	}
	if n := len(slices.DeleteFunc(slices.Clone(r.Results), func(r Result) bool { return r.Target != "store" })); n != 2 {
		t.Errorf("%d results of the other target, want 2", n)
	}
}

// What is wrong is left out, with the reason.
func TestWrongResult(t *testing.T) {
	requireFUSE(t)
	r := runBench(t, t.Context(), Config{
		Targets: []string{"liar"}, Only: []string{"read-random-direct", "statfs"}, Rounds: 1, Duration: 2 * time.Millisecond,
	})
	if len(r.Results) != 1 || r.Results[0].Workload != "statfs" {
		t.Errorf("results: %+v", r.Results)
	}
	if len(r.LeftOut) != 1 || !strings.Contains(r.LeftOut[0].Why, "other data at ") {
		t.Errorf("left out: %v", r.LeftOut)
	}
}

// A run that is interrupted keeps what it has.
func TestInterrupted(t *testing.T) {
	requireFUSE(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	r := runBench(t, ctx, Config{
		Targets: []string{"memfs", "store"}, Only: []string{"statfs", "lookup", "tree"}, Rounds: 1000, Duration: 2 * time.Millisecond,
		Progress: func(p Progress) {
			if p.Step == "round 3 of 1000" && p.Target == "store" {
				cancel(errors.New("enough"))
			}
		},
	})
	if r.Partial != "enough" || len(r.Results) == 0 || len(r.Results[0].Rounds) != 3 {
		t.Errorf("partial %q, %d results", r.Partial, len(r.Results))
	}
}

// A target that does not start ends the run before it has begun.
func TestDoesNotStart(t *testing.T) {
	requireFUSE(t)
	t.Setenv("TMPDIR", t.TempDir())
	r, err := Run(t.Context(), Config{Targets: []string{"memfs", "silent"}})
	if r != nil || err == nil || err.Error() != "silent: it is broken" {
		t.Errorf("%v, %v", r, err)
	}
	nothingLeft(t)
}

// A directory of the user is left as it was.
func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	r := runBench(t, t.Context(), Config{
		Targets: []string{"mine=" + dir}, Only: []string{"statfs", "readdir"}, Rounds: 1, Duration: 2 * time.Millisecond,
	})
	if len(r.Results) != 2 || r.Results[0].Target != "mine" {
		t.Errorf("results: %+v", r.Results)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestBadConfig(t *testing.T) {
	full, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	if err := errors.Join(os.Mkdir(filepath.Join(full, "x"), 0o755), os.WriteFile(file, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Targets: []string{"memf"}}, `unknown target "memf", did you mean memfs?`},
		{Config{Targets: []string{"ext4"}}, `unknown target "ext4"`},
		{Config{Targets: []string{"store", "store"}}, "target store is given twice"},
		{Config{Targets: []string{"=/tmp"}}, `target "=/tmp": want NAME=DIR`},
		{Config{Targets: []string{"memfs=/tmp"}}, `target "memfs=/tmp": memfs is a target already, take another name`},
		{Config{Targets: []string{"store"}, Baseline: "memfs"}, `baseline: unknown target "memfs"`},
		{Config{Only: []string{"statsf"}}, `unknown workload "statsf", did you mean statfs?`},
		{Config{Only: []string{"everything"}}, `unknown workload "everything"`},
		{Config{Threads: []int{0}}, "0 threads: want 1 to 1024"},
		{Config{Rounds: -1}, "-1 rounds: want at least one"},
		{Config{Duration: 1}, "a duration of 1ns: want at least 1ms"},
		{Config{Pin: "hard"}, `unknown pinning "hard", want free, same or other`},
		{Config{Targets: []string{"mine=/nowhere"}}, "/nowhere: no such directory; create it, or mount what is to be measured"},
		{Config{Targets: []string{"store", "mine=" + file}}, file + ": not a directory"},
		{Config{Targets: []string{"store", "mine=" + full}}, full + `: not empty, it has "x"; give a directory with nothing in it`},
		{Config{Targets: []string{"mine=/proc/sys/kernel"}}, "/proc/sys/kernel: not empty"},
	} {
		t.Setenv("TMPDIR", t.TempDir())
		r, err := Run(t.Context(), c.cfg)
		if r != nil || err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.cfg, err, c.want)
		}
		nothingLeft(t)
	}
}

func TestNotWritable(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount read-only")
	}
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	if _, err := Run(t.Context(), Config{Targets: []string{"mine=" + dir}}); err == nil || err.Error() != dir+": not writable" {
		t.Errorf("got %v", err)
	}
}
