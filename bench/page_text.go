package bench

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"
)

// line is what a page says of a result.
func (r *Report) line(res *Result, key pageKey) pageLine {
	l := pageLine{
		Key: key, Rate: rate(res.Rate.Median, res.Unit), Each: none, Ratio: none, Bounds: none, P: none,
		P50: none, P90: none, P99: none, P999: none, Max: none,
		Server: cost(res.ServerCPU, res.Unit), Client: cost(res.ClientCPU, res.Unit),
		Switches: many(res.Switches, res.Unit), Requests: many(res.requests(), res.Unit), Opcodes: plain(strings.Join(res.opcodes(), ", ")), Resident: none, Grown: none,
	}
	if res.Rate.Median > 0 && res.Unit != "byte" {
		l.Each = duration(1e9 / res.Rate.Median)
	}
	switch {
	case key.Base:
		l.Ratio = "1"
	case res.rated():
		l.Ratio, l.Bounds, l.P, l.Same = three(res.Ratio.Median), res.Ratio.bounds(), probability(res.P), !res.significant()
	}
	if d := res.Latency; d != nil && d.Count > 0 {
		l.P50, l.P90, l.P99 = duration(float64(d.P50)), duration(float64(d.P90)), duration(float64(d.P99))
		l.P999, l.Max = duration(float64(d.P999)), duration(float64(d.Max))
	}
	if res.Resident > 0 {
		l.Resident = byteSize(res.Resident)
	}
	if res.Grown > 0 {
		l.Grown = grown(res)
	}
	return l
}

// machine names the machine in a line.
func (r *Report) machine() string {
	e := r.Environment
	words := nonempty(e.CPU, counted(int64(e.CPUs), "CPU"), "Linux "+e.Kernel)
	if e.Virtual != "" {
		words = append(words, "virtual ("+e.Virtual+")")
	}
	return plain(strings.Join(words, ", "))
}

// facts are the environment, the name and value of each.
func (r *Report) facts() [][2]string {
	e := r.Environment
	list := [][2]string{
		{"Command", strings.Join(r.Command, " ")},
		{"Started", r.Started.Format(time.RFC3339)},
		{"Took", time.Duration(r.Elapsed).Round(time.Second).String()},
		{"Rounds", fmt.Sprint(r.rounds())},
		{"Kernel", e.Kernel}, {"CPU", e.CPU}, {"CPUs", fmt.Sprint(e.CPUs)}, {"Governor", e.Governor},
		{"Memory", byteSize(e.Memory)}, {"Hypervisor", e.Virtual}, {"Pinning", e.Pinning},
		{"As root", map[bool]string{true: "yes", false: "no"}[e.Root]},
		{"Go", e.Go}, {"memfs", e.Commit},
	}
	for _, k := range slices.Sorted(maps.Keys(e.Fuse)) {
		list = append(list, [2]string{"fuse " + k, e.Fuse[k]})
	}
	list = slices.DeleteFunc(list, func(f [2]string) bool { return f[1] == "" })
	for i := range list {
		list[i][0], list[i][1] = plain(list[i][0]), plain(list[i][1])
	}
	return list
}

// probability writes a P.
func probability(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// ratio writes a ratio; 0 is none.
func ratio(x float64) string {
	if !(x > 0) {
		return none
	}
	return three(x)
}

// swatch is the sign of a series in text.
func swatch(s series) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="swatch" viewBox="-5 -5 10 10" aria-hidden="true"><path d="%s" class="s%d"/></svg>`, s.marker(), s.color()))
}
