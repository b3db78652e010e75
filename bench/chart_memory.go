package bench

import (
	"fmt"
	"strings"
)

// residentChart shows the most memory that the server of each target had.
func (r *Report) residentChart(groups []group, width float64) *chart {
	largest := make([]float64, len(r.Targets))
	for _, g := range groups {
		for _, row := range g.rows {
			for i, res := range row.results {
				if res != nil {
					largest[i] = max(largest[i], float64(res.Resident))
				}
			}
		}
	}
	return r.bars("memory", "Most resident memory of each server", largest, width)
}

// grownChart shows by how much an operation made the server of each target
// grow.
func (r *Report) grownChart(w row, width float64) *chart {
	of, units := per(w.unit)
	grown := make([]float64, len(r.Targets))
	for i, res := range w.results {
		if res != nil {
			grown[i] = res.Grown * units
		}
	}
	return r.bars(slug("grown", w.label), fmt.Sprintf("%s: memory added for each %s", w.label, of), grown, width)
}

// bars compares sizes in bytes, those of them that are more than 0.
func (r *Report) bars(name, title string, sizes []float64, width float64) *chart {
	most := 0.0
	for _, n := range sizes {
		most = max(most, n)
	}
	if most <= 0 {
		return nil
	}
	c := &chart{name: name, width: width, title: title}
	names := r.laneName(width)
	x := axis{low: 0, high: most, from: names, to: width - laneEnd - 20}
	y := 2.0
	var words []string
	for i, n := range sizes {
		if n <= 0 {
			continue
		}
		size := byteSize(int64(n))
		says := fmt.Sprintf("%s: %s", plain(r.Targets[i].Name), size)
		words = append(words, says)
		c.fitted(0, y+lane/2+4, names-8, "t", plain(r.Targets[i].Name))
		c.rect(x.from, y+2.5, x.at(n)-x.from, lane-5, fmt.Sprintf("bar s%d", r.series(i).color()), says)
		c.text(width, y+lane/2+4, "e", size)
		y += lane + 2
	}
	c.height = y + 2
	c.description = strings.Join(words, "; ")
	return c
}
