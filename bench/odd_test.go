package bench

import (
	"math"
	"strings"
	"sync"
	"time"
)

// Reports that are not what one hopes for. Whatever writes a report must take
// each of them, and leave it as it is.
var oddReports = sync.OnceValue(func() map[string]*Report {
	inf := math.Inf(1)
	hostile := `</svg><script>alert("1")</script> & | ` + "`x` \x1b[31m\n\u202e]]> <!-- %s"
	reports := map[string]*Report{
		"empty":      {Version: ReportVersion},
		"no results": {Version: ReportVersion, Baseline: "tmpfs", Targets: []Target{{Name: "tmpfs"}}},
		"few rounds": madeUp(3, 3),
		"one round":  madeUp(3, 1),
	}

	one := newMaker(4, 6)
	one.report.Targets = one.report.Targets[1:2]
	one.report.Baseline = "memfs:workers"
	reports["one target"] = one.run()

	missing := madeUp(5, 6) // the baseline was not measured
	missing.Targets = missing.Targets[1:]
	var rest []Result
	for _, r := range missing.Results {
		if r.Target != "tmpfs" {
			r.Ratio, r.P = Interval{Low: -inf, High: inf}, 1
			rest = append(rest, r)
		}
	}
	missing.Results = rest
	reports["no baseline"] = missing

	bare := madeUp(6, 6) // rates, and nothing else
	for i := range bare.Results {
		r := &bare.Results[i]
		r.Latency, r.Stages, r.Requests = nil, nil, nil
		r.ServerCPU, r.ClientCPU, r.Switches, r.Resident = -1, -1, -1, -1
		for n := range r.Rounds {
			r.Rounds[n] = Round{Ops: r.Rounds[n].Ops, Elapsed: r.Rounds[n].Elapsed, ServerCPU: -1, ClientCPU: -1, Switches: -1, Resident: -1}
		}
	}
	reports["not measured"] = bare

	partial := madeUp(7, 6)
	partial.Partial = "stopped with Ctrl-C in round 3"
	partial.Results = partial.Results[:13]
	partial.Results[4].Rounds = nil
	partial.Results[4].Rate, partial.Results[4].Ratio = Interval{}, Interval{}
	partial.Results[5].Rounds[0] = Round{}
	partial.Results[6].Latency = &Latency{}
	partial.Results[7].Latency.Buckets = nil
	partial.Results[8].Latency = &Latency{Count: 1, Mean: 5, P50: 5, P90: 5, P99: 5, P999: 5, Max: 5, Buckets: [][2]int64{{5, 1}}}
	reports["partial"] = partial

	names := madeUp(8, 6)
	names.Baseline = hostile
	names.Partial, names.Note, names.Noise = hostile, hostile, []string{hostile}
	names.LeftOut = []LeftOut{{hostile, hostile}}
	names.Command = []string{hostile, "it's"}
	names.Environment.CPU, names.Environment.Kernel, names.Environment.Commit = hostile, hostile, hostile
	names.Environment.Fuse = map[string]string{hostile: hostile}
	names.Targets[0] = Target{hostile, hostile, hostile}
	names.Targets[1].Name = strings.Repeat("a-very-long-name-of-a-target.", 8)
	for i := range names.Results {
		r := &names.Results[i]
		switch r.Target {
		case "tmpfs":
			r.Target = hostile
		case "memfs:workers":
			r.Target = names.Targets[1].Name
		}
		if r.Workload == "statfs" {
			r.Workload = hostile
		}
		if r.Workload == "open-close" {
			r.Workload = "create unlink" // there is create-unlink as well
		}
		if r.Workload == "rename" {
			r.Workload = strings.Repeat("rename-", 40)
		}
		if r.Group == "data" {
			r.Group = hostile
		}
		if len(r.Stages) > 0 {
			r.Stages = map[string]Latency{hostile: r.Stages["read"], strings.Repeat("stage", 30): r.Stages["lock"]}
		}
	}
	reports["hostile"] = names

	extreme := madeUp(9, 6)
	for i := range extreme.Results {
		r := &extreme.Results[i]
		switch i % 5 {
		case 1:
			r.Rate, r.Ratio = Interval{1e18, 1e17, 1e19}, Interval{1e12, 1e11, 1e13}
		case 2:
			r.Rate, r.Ratio = Interval{1e-9, 1e-10, 1e-8}, Interval{1e-12, 1e-13, 1e-11}
		case 3:
			r.Rate, r.Ratio = Interval{math.NaN(), math.NaN(), math.NaN()}, Interval{inf, -inf, inf}
			r.Latency = &Latency{Count: math.MaxInt64, Mean: math.MaxInt64, P50: 1, P90: 2, P99: math.MaxInt64, P999: math.MaxInt64, Max: math.MaxInt64,
				Buckets: [][2]int64{{0, 5}, {1, math.MaxInt64 - 5}}}
		}
		r.Resident = math.MaxInt64
	}
	extreme.Elapsed, extreme.Started = math.MaxInt64, time.Time{}
	reports["extreme"] = extreme

	many := newMaker(10, 6)
	for i := range 12 {
		name := "another-" + string(rune('a'+i))
		many.report.Targets = append(many.report.Targets, Target{Name: name})
		many.speed[name] = float64(i + 2)
	}
	reports["many targets"] = many.run()
	return reports
})
