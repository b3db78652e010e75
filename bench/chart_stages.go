package bench

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The stages of a request, in the order in which it goes through them. Others
// come after them.
var stageOrder = []string{"read", "decode", "lock", "operation", "reply"}

// stageNames lists the stages of all results.
func stageNames(groups []group) []string {
	names := make(map[string]bool)
	for _, g := range groups {
		for _, row := range g.rows {
			for _, res := range row.results {
				if res != nil {
					for name := range res.Stages {
						names[name] = true
					}
				}
			}
		}
	}
	return slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(cmp.Compare(stagePlace(a), stagePlace(b)), cmp.Compare(a, b))
	})
}

// stagePlace is the place of a stage in the order, and its colour. Those that
// are not in it share one.
func stagePlace(name string) int {
	if i := slices.Index(stageOrder, name); i >= 0 {
		return i
	}
	return len(stageOrder)
}

// stageChart shows of what the time of a request consists, in the mean: only
// means add up.
func (r *Report) stageChart(w row, stages []string, width float64) *chart {
	c := &chart{name: slug("stages", w.label), width: width, title: "Stages of a request: " + w.label}
	longest := 0.0
	for _, res := range w.results {
		if res != nil {
			longest = max(longest, stageTotal(res))
		}
	}
	if longest == 0 {
		return nil
	}
	xx, y := 0.0, 10.0
	for _, name := range stages {
		size := 14 + letter*float64(len([]rune(plain(name)))) + 8
		if xx > 0 && xx+size > width {
			xx, y = 0, y+16
		}
		c.rect(xx, y-8, 9, 9, fmt.Sprintf("bar p%d", stagePlace(name)), "")
		c.fitted(xx+13, y, width-xx-13, "m", plain(name))
		xx += size
	}
	y += 12
	names := r.laneName(width)
	x := axis{low: 0, high: longest, from: names, to: width - laneEnd - 8}
	var words []string
	for i, res := range w.results {
		if res == nil || len(res.Stages) == 0 {
			continue
		}
		c.fitted(0, y+lane/2+4, names-8, "t", plain(r.Targets[i].Name))
		from := 0.0
		var says []string
		for _, name := range stages {
			stage, ok := res.Stages[name]
			if !ok || stage.Mean <= 0 {
				continue
			}
			to := from + float64(stage.Mean)
			say := fmt.Sprintf("%s %s", plain(name), duration(float64(stage.Mean)))
			c.rect(x.at(from), y+1.5, max(x.at(to)-x.at(from)-0.7, 0.3), lane-3, fmt.Sprintf("bar p%d", stagePlace(name)), say)
			says = append(says, say)
			from = to
		}
		words = append(words, plain(res.Target)+": "+strings.Join(says, ", "))
		c.text(width, y+lane/2+4, "e", duration(from))
		y += lane + 3
	}
	c.height = y + 2
	c.description = strings.Join(words, "; ")
	return c
}

func stageTotal(res *Result) float64 {
	sum := 0.0
	for _, s := range res.Stages {
		sum += float64(max(s.Mean, 0))
	}
	return sum
}
