package bench

import (
	"fmt"
	"strings"
)

// residentChart shows the most memory that the server of each target had.
func (r *Report) residentChart(width float64) *chart {
	largest := make([]int64, len(r.Targets))
	most := int64(0)
	for _, g := range r.groups() {
		for _, row := range g.rows {
			for i, res := range row.results {
				if res != nil {
					largest[i] = max(largest[i], res.Resident)
					most = max(most, largest[i])
				}
			}
		}
	}
	if most == 0 {
		return nil
	}
	c := &chart{name: "memory", width: width, title: "Most resident memory of each server"}
	names := r.laneName(width)
	x := axis{low: 0, high: float64(most), from: names, to: width - laneEnd - 20}
	y := 2.0
	var words []string
	for i, n := range largest {
		if n <= 0 {
			continue
		}
		says := fmt.Sprintf("%s: %s", plain(r.Targets[i].Name), byteSize(n))
		words = append(words, says)
		c.fitted(0, y+lane/2+4, names-8, "t", plain(r.Targets[i].Name))
		c.rect(x.from, y+2.5, x.at(float64(n))-x.from, lane-5, fmt.Sprintf("bar s%d", r.series(i)), says)
		c.text(width, y+lane/2+4, "e", byteSize(n))
		y += lane + 2
	}
	c.height = y + 2
	c.description = strings.Join(words, "; ")
	return c
}
