package bench

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchmath"
)

// A maker makes up reports that look like those of a run. The same seed gives
// the same report.
type maker struct {
	rand   *rand.Rand
	report *Report
	rounds int
	bare   bool               // without latencies, which take long to make up
	speed  map[string]float64 // of a target: nanoseconds are multiplied with it
}

// rounds makes up a report of rounds and nothing else.
func rounds(seed uint64, n int) *Report {
	m := newMaker(seed, n)
	m.bare = true
	return m.run()
}

// madeUp makes up a report of five targets and workloads of every kind.
func madeUp(seed uint64, rounds int) *Report { return newMaker(seed, rounds).run() }

func newMaker(seed uint64, rounds int) *maker {
	return &maker{
		rand:   rand.New(rand.NewPCG(seed, 1)),
		rounds: rounds,
		speed: map[string]float64{
			"tmpfs": 1, "memfs:workers": 11, "memfs:serial": 10.6, "memfs:goroutine": 42, "jacobsa": 70,
		},
		report: &Report{
			Version: ReportVersion,
			Started: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
			Elapsed: 13*60e9 + 21e9,
			Command: []string{"memfs", "bench", "--rounds", "10", "--stages"},
			Environment: Environment{
				Kernel: "6.18.44", CPU: "Intel(R) Xeon(R) Processor", CPUs: 2, Governor: "performance",
				Memory: 8 << 30, Virtual: "kvm", Fuse: map[string]string{"max_user_bgreq": "2047", "enable_uring": "N"},
				Go: "go1.26.0", Commit: "8b78ed5", Pinning: "free", Root: true,
			},
			Baseline: "tmpfs",
			Targets: []Target{
				{"tmpfs", "the kernel's filesystem in memory", "size=50%"},
				{"memfs:workers", "memfs with the loop workers", "threads=10"},
				{"memfs:serial", "memfs with the loop serial", ""},
				{"memfs:goroutine", "memfs with the loop goroutine", ""},
				{"jacobsa", "samples/memfs of github.com/jacobsa/fuse v0.0.0-20260630194014", "built here"},
			},
			Noise:   []string{"Another program took 7 % of the processors in round 4."},
			LeftOut: []LeftOut{{"store", "not asked for"}, {"git clone on jacobsa", "the target does not carry hard links"}},
		},
	}
}

func (m *maker) run() *Report {
	for _, w := range []struct {
		name     string
		ns       float64 // of an operation on tmpfs
		requests map[string]float64
	}{
		{"statfs", 420, map[string]float64{"STATFS": 1}},
		{"lookup-missing", 900, map[string]float64{"LOOKUP": 1}},
		{"getattr-cached", 380, map[string]float64{}},
		{"open-close", 1300, map[string]float64{}},
		{"create-unlink", 5200, map[string]float64{"LOOKUP": 1, "MKNOD": 1, "UNLINK": 1, "GETATTR": 1}},
		{"rename", 3100, map[string]float64{"RENAME": 1, "LOOKUP": 1}},
	} {
		for _, t := range m.report.Targets {
			m.result(Result{Workload: w.name, Group: "round trips", Target: t.Name, Threads: 1, Unit: "op"}, w.ns, 0, w.requests)
		}
	}
	for _, w := range []string{"read", "write"} {
		for _, size := range []int64{4 << 10, 64 << 10, 1 << 20} {
			for _, t := range m.report.Targets {
				m.result(Result{Workload: w + "-sequential", Group: "data", Target: t.Name, Threads: 1, Size: size, Unit: "byte"},
					0.11, 900, map[string]float64{strings.ToUpper(w): 1 / float64(max(size, 128<<10))})
			}
		}
	}
	for _, t := range m.report.Targets {
		m.result(Result{Workload: "untar", Group: "applications", Target: t.Name, Unit: "run"}, 41e6, 0, map[string]float64{"LOOKUP": 1280, "MKNOD": 1280, "WRITE": 2900})
		if t.Name != "jacobsa" {
			m.result(Result{Workload: "git-clone", Group: "applications", Target: t.Name, Unit: "run"}, 96e6, 0, map[string]float64{"LOOKUP": 4210})
		}
		for threads := 1; threads <= 8; threads *= 2 {
			for _, shared := range []bool{false, true} {
				m.result(Result{Workload: "create", Group: "scale", Target: t.Name, Threads: threads, Shared: shared, Unit: "op"},
					4900/math.Pow(float64(threads), 0.6), 0, map[string]float64{"MKNOD": 1, "LOOKUP": 1})
			}
		}
		for names := int64(1000); names <= 1e6; names *= 10 {
			m.result(Result{Workload: "lookup-in", Group: "scale", Target: t.Name, Threads: 1, Names: names, Unit: "file"},
				700+60*math.Log(float64(names)), 0, map[string]float64{"LOOKUP": 1})
		}
	}
	m.compare()
	return m.report
}

// result makes up a result whose operations take ns on tmpfs, and each call
// percall more.
func (m *maker) result(r Result, ns, percall float64, requests map[string]float64) {
	speed := m.speed[r.Target]
	if r.Group == "data" || r.Group == "applications" {
		speed = 1 + speed/9
	}
	if len(requests) == 0 {
		speed = 1 // the kernel answers
	}
	ns *= speed
	if r.Size > 0 {
		ns += percall * speed / float64(r.Size)
	}
	r.ServerCPU, r.ClientCPU, r.Switches, r.Resident = -1, ns*0.4, 2, -1
	if r.Target != "tmpfs" {
		r.Requests = requests
		r.ServerCPU, r.Resident = ns*0.5, 14<<20+r.Names*400
		if r.Unit == "op" && len(requests) > 0 {
			r.Stages = make(map[string]Latency)
			for stage, part := range map[string]float64{"read": 0.3, "decode": 0.05, "lock": 0.02, "operation": 0.18, "reply": 0.33} {
				r.Stages[stage] = m.latency(ns*part, 0.3)
			}
		}
	}
	for range m.rounds {
		took := ns * math.Exp(0.03*m.rand.NormFloat64())
		ops := int64(math.Ceil(2e8 / took))
		round := Round{Ops: ops, Elapsed: int64(took * float64(ops)), ServerCPU: -1, ClientCPU: int64(r.ClientCPU * float64(ops)), Switches: 2 * ops, Resident: r.Resident}
		if r.Requests != nil {
			if r.Unit == "file" {
				round.Grown = 400 * ops
			}
			round.ServerCPU = int64(r.ServerCPU * float64(ops) * math.Exp(0.02*m.rand.NormFloat64()))
			round.Requests = make(map[string]int64)
			for op, n := range r.Requests {
				round.Requests[op] = int64(math.Round(n * float64(ops)))
			}
		}
		r.Rounds = append(r.Rounds, round)
	}
	if r.Unit == "file" {
		r.Grown = 400
	}
	if r.Unit == "op" || r.Unit == "byte" {
		call := ns * max(float64(r.Threads), 1) * max(float64(r.Size), 1)
		l := m.latency(call, 0.22)
		r.Latency = &l
	}
	m.report.Results = append(m.report.Results, r)
}

// latency makes up a distribution with a long tail around a time.
func (m *maker) latency(ns, width float64) Latency {
	if m.bare {
		return Latency{}
	}
	counts := make(map[int64]int64)
	l := Latency{Count: 2000}
	values := make([]int64, l.Count)
	sum := 0.0
	for i := range values {
		v := ns * 0.95 * math.Exp(width*m.rand.NormFloat64())
		if m.rand.IntN(200) == 0 {
			v *= 3 + 20*m.rand.ExpFloat64()
		}
		// The upper end of a bucket: sixteen for each power of two.
		e := math.Exp2(math.Floor(math.Log2(v)) - 4)
		values[i] = int64(math.Ceil(math.Floor(v/e+1) * e))
		counts[values[i]]++
		sum += v
	}
	slices.Sort(values)
	at := func(p float64) int64 { return values[int(p*float64(len(values)-1))] }
	l.Mean, l.P50, l.P90, l.P99, l.P999, l.Max = int64(sum/float64(l.Count)), at(0.5), at(0.9), at(0.99), at(0.999), at(1)
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		l.Buckets = append(l.Buckets, [2]int64{v, counts[v]})
	}
	return l
}

// compare fills the rates and ratios in.
func (m *maker) compare() {
	for i := range m.report.Results {
		r := &m.report.Results[i]
		rates := roundRates(r)
		r.Rate = summary(rates)
		r.P = 1
		for j := range m.report.Results {
			base := &m.report.Results[j]
			if base.Target != m.report.Baseline || base.variant() != r.variant() {
				continue
			}
			ratios := roundRates(base)
			for n := range ratios {
				ratios[n] = rates[n] / ratios[n]
			}
			r.Ratio = summary(ratios)
			if r != base {
				r.P = benchmath.AssumeNothing.Compare(
					benchmath.NewSample(slices.Clone(rates), &benchmath.DefaultThresholds),
					benchmath.NewSample(roundRates(base), &benchmath.DefaultThresholds)).P
			}
		}
	}
}

func roundRates(r *Result) []float64 {
	var rates []float64
	for _, round := range r.Rounds {
		rates = append(rates, float64(round.Ops)/float64(round.Elapsed)*1e9)
	}
	return rates
}

func summary(values []float64) Interval {
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95)
	return Interval{s.Center, s.Lo, s.Hi}
}
