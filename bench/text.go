package bench

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// WriteText writes a report in the format of Go benchmarks
// (golang.org/design/14313-benchmark-format), a line for each round, so that
// benchstat compares two of them. Its lines of configuration are those that
// must be equal for that: the rest of the environment is comment.
//
// A name has the workload, the target and what it was run with:
//
//	BenchmarkStatfs/target=memfs:workers/threads=1-2
func WriteText(w io.Writer, r *Report) error {
	b := bufio.NewWriter(w)
	b.WriteString("pkg: github.com/scratchfs/memfs/bench\n")
	if cpu := plain(r.Environment.CPU); cpu != "" {
		fmt.Fprintf(b, "cpu: %s\n", cpu)
	}
	e := r.Environment
	fmt.Fprintf(b, "# memfs %s, Linux %s, %s, pinning: %s\n", plain(e.Commit), plain(e.Kernel), plain(e.Go), plain(e.Pinning))
	fmt.Fprintf(b, "# %s\n", plain(strings.Join(r.Command, " ")))
	if r.Note != "" {
		fmt.Fprintf(b, "# note: %s\n", plain(r.Note))
	}
	if r.Partial != "" {
		fmt.Fprintf(b, "# partial: %s\n", plain(r.Partial))
	}
	for _, unit := range []string{"server-cpu-ns/op", "client-cpu-ns/op", "switches/op", "requests/op", "resident-B", "grown-B/op"} {
		fmt.Fprintf(b, "Unit %s better=lower\n", unit)
	}
	for i := range r.Results {
		writeTextResult(b, r, &r.Results[i])
	}
	return b.Flush()
}

func writeTextResult(b *bufio.Writer, r *Report, res *Result) {
	name := "Benchmark" + sentence(textName(res.Workload)) + "/target=" + textName(res.Target)
	if res.Size > 0 {
		name += fmt.Sprintf("/size=%d", res.Size)
	}
	if res.Names > 0 {
		name += fmt.Sprintf("/names=%d", res.Names)
	}
	if res.Threads > 0 {
		name += fmt.Sprintf("/threads=%d", res.Threads)
	}
	if res.Shared {
		name += "/shared=true"
	}
	// As in Go benchmarks, and lest a name that ends in a number be taken for one.
	name += fmt.Sprintf("-%d", max(r.Environment.CPUs, 1))

	for _, round := range res.Rounds {
		if round.Ops <= 0 || round.Elapsed <= 0 {
			continue
		}
		ops := float64(round.Ops)
		fmt.Fprintf(b, "%s %d", name, round.Ops)
		value := func(x float64, unit string) {
			fmt.Fprintf(b, " %s %s", strconv.FormatFloat(x, 'g', 6, 64), unit)
		}
		if res.Unit == "byte" {
			value(ops/float64(round.Elapsed)*1e3, "MB/s")
		} else {
			value(float64(round.Elapsed)/ops, "ns/op")
		}
		if round.ServerCPU >= 0 {
			value(float64(round.ServerCPU)/ops, "server-cpu-ns/op")
		}
		if round.ClientCPU >= 0 {
			value(float64(round.ClientCPU)/ops, "client-cpu-ns/op")
		}
		if round.Switches >= 0 {
			value(float64(round.Switches)/ops, "switches/op")
		}
		if n := round.requests(); n >= 0 {
			value(n, "requests/op")
		}
		if round.Resident > 0 {
			value(float64(round.Resident), "resident-B")
		}
		if round.Grown > 0 {
			value(float64(round.Grown)/ops, "grown-B/op")
		}
		b.WriteByte('\n')
	}
}

// requests is the number of requests an operation of a round took, -1 if they
// were not counted.
func (r Round) requests() float64 {
	if r.Requests == nil || r.Ops <= 0 {
		return -1
	}
	var sum int64
	for _, n := range r.Requests {
		sum += max(n, 0)
	}
	return float64(sum) / float64(r.Ops)
}

// textName escapes what would end a name or a part of it.
func textName(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '/' || r == '%' || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			fmt.Fprintf(&b, "%%%02X", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
