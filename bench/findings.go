package bench

import (
	"fmt"
	"math"
	"strings"
)

// A finding is what a report says of one target, compared with the baseline.
type finding struct {
	target                int
	Faster, Slower, Same  int
	mean                  float64   // geometric, of all ratios
	groups                []float64 // the same for each group; 0: none
	lowest, highest       float64
	lowestRow, highestRow string
}

// findings are those of all targets but the baseline.
func (r *Report) findings(groups []group) []finding {
	var list []finding
	for i := range r.Targets {
		if i == r.baseline() {
			continue
		}
		f := finding{target: i, lowest: math.Inf(1)}
		sum, n := 0.0, 0
		for _, g := range groups {
			groupSum, groupN := 0.0, 0
			for _, row := range g.rows {
				res := row.results[i]
				if res == nil || !res.rated() {
					continue
				}
				ratio := res.Ratio.Median
				groupSum += math.Log(ratio)
				groupN++
				switch {
				case !res.significant():
					f.Same++
				case ratio > 1:
					f.Faster++
				default:
					f.Slower++
				}
				if ratio < f.lowest {
					f.lowest, f.lowestRow = ratio, row.label
				}
				if ratio > f.highest {
					f.highest, f.highestRow = ratio, row.label
				}
			}
			mean := 0.0
			if groupN > 0 {
				mean = math.Exp(groupSum / float64(groupN))
			}
			f.groups = append(f.groups, mean)
			sum, n = sum+groupSum, n+groupN
		}
		if n > 0 {
			f.mean = math.Exp(sum / float64(n))
			list = append(list, f)
		}
	}
	return list
}

// sentence says a finding in words, losses first.
func (f finding) sentence(r *Report) string {
	var parts []string
	if f.Slower > 0 {
		parts = append(parts, fmt.Sprintf("slower than %s in %d", r.Baseline, f.Slower))
	}
	if f.Faster > 0 {
		parts = append(parts, fmt.Sprintf("faster in %d", f.Faster))
	}
	if f.Same > 0 {
		parts = append(parts, fmt.Sprintf("not significantly different in %d", f.Same))
	}
	if f.Slower == 0 {
		parts[0] = strings.Replace(strings.Replace(parts[0], "faster", "faster than "+r.Baseline, 1), "different", "different from "+r.Baseline, 1)
	}
	said := strings.Join(parts, ", ")
	if n := len(parts); n > 1 {
		said = strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	s := fmt.Sprintf("Of %s, %s is %s.", counted(int64(f.Slower+f.Faster+f.Same), "workload"), r.Targets[f.target].Name, said)
	if f.lowestRow == f.highestRow {
		return s + fmt.Sprintf(" The ratio is %s.", three(f.mean))
	}
	return s + fmt.Sprintf(" The geometric mean of the ratios is %s; the lowest is %s (%s), the highest %s (%s).",
		three(f.mean), three(f.lowest), f.lowestRow, three(f.highest), f.highestRow)
}
