package bench

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"swatch": swatch, "three": three, "plain": plain, "sentence": sentence,
	"css": func() template.CSS { return template.CSS(chartCSS + pageCSS) },
}).Parse(pageHTML))

// WriteHTML writes a report as one page, which needs nothing else: no script,
// no font, no network.
func WriteHTML(w io.Writer, r *Report) error {
	return pageTemplate.Execute(w, newPage(r, narrow))
}

// A page is what the template shows.
type page struct {
	*Report
	Date, Elapsed, Machine, Doubts string
	Rounds                         int
	Keys                           []pageKey
	GroupNames                     []string
	Findings                       []pageFinding
	Groups                         []pageGroup
	StageNames                     []string
	Stages                         []pageStages
	Memory                         []*chart
	Facts                          [][2]string

	broad  float64 // width of the charts that may be broad
	charts []*chart
}

type pageKey struct {
	Series     series
	Name, What string
	Base       bool
}

type pageFinding struct {
	Key      pageKey
	Sentence string
	finding
	Mean   string
	Groups []string
}

type pageGroup struct {
	Name, Anchor string
	Ratio        *chart
	Curves       []*chart
	Cards        []pageCard
	Latent       bool // it has latencies
	Rows         int  // of cards, beside the chart of ratios
}

// A pageCard is one workload.
type pageCard struct {
	Label   string
	Latency *chart
	Lines   []pageLine
	Grows   bool // it measures the memory that is added
}

// A pageLine is one workload on one target.
type pageLine struct {
	Key                                pageKey
	Rate, Each, Ratio, Bounds, P       string
	Same                               bool // not significantly different
	P50, P90, P99, P999, Max           string
	Server, Client, Switches, Requests string
	Opcodes, Resident, Grown           string
}

type pageStages struct {
	Label string
	Chart *chart
	Lines []pageStageLine
}

type pageStageLine struct {
	Key   pageKey
	Cells []string // mean, median and 99 % of each stage
}

// StageColumns is the number of columns of the table of stages.
func (p *page) StageColumns() int { return 1 + 3*len(p.StageNames) }

// newPage draws and writes all there is to show of a report.
func newPage(r *Report, broad float64) *page {
	groups := r.groups()
	p := &page{
		broad:  broad,
		Report: r, Date: r.Started.Format("2 January 2006, 15:04 MST"),
		Elapsed: time.Duration(r.Elapsed).Round(time.Second).String(),
		Machine: r.machine(), Doubts: r.doubts(), Rounds: r.rounds(), Facts: r.facts(),
	}
	for i, t := range r.Targets {
		p.Keys = append(p.Keys, pageKey{r.series(i), plain(t.Name), plain(strings.Join(nonempty(t.What, t.Options), ", ")), i == r.baseline()})
	}
	p.StageNames = stageNames(groups)
	for _, g := range groups {
		p.GroupNames = append(p.GroupNames, sentence(plain(g.name)))
		p.Groups = append(p.Groups, p.group(g))
		for _, row := range g.rows {
			if c := p.add(r.stageChart(row, p.StageNames, broad)); c != nil {
				p.Stages = append(p.Stages, p.stages(row, c))
			}
		}
	}
	for _, f := range r.findings(groups) {
		pf := pageFinding{Key: p.Keys[f.target], Sentence: plain(f.sentence(r)), finding: f, Mean: three(f.mean)}
		for _, mean := range f.groups {
			pf.Groups = append(pf.Groups, ratio(mean))
		}
		p.Findings = append(p.Findings, pf)
	}
	p.memory(groups)
	return p
}

// add takes a chart in, under a name that no other has; there may be none.
func (p *page) add(c *chart) *chart {
	if c == nil {
		return nil
	}
	name := c.name
	for n := 2; slices.ContainsFunc(p.charts, func(o *chart) bool { return o.name == c.name }); n++ {
		c.name = fmt.Sprintf("%s-%d", name, n)
	}
	p.charts = append(p.charts, c)
	return c
}

func (p *page) memory(groups []group) {
	if c := p.add(p.residentChart(groups, narrow)); c != nil {
		p.Memory = append(p.Memory, c)
	}
	for _, g := range groups {
		for _, f := range g.families() {
			if f.title != namesTitle {
				continue
			}
			if c := p.add(p.memoryChart(f, narrow)); c != nil {
				p.Memory = append(p.Memory, c)
			}
		}
		for _, row := range g.rows {
			if c := p.add(p.grownChart(row, narrow)); c != nil {
				p.Memory = append(p.Memory, c)
			}
		}
	}
}

func (p *page) group(g group) pageGroup {
	r := p.Report
	pg := pageGroup{Name: sentence(plain(g.name)), Anchor: fmt.Sprintf("group-%d", len(p.Groups)+1), Ratio: p.add(r.ratioChart(g, p.broad))}
	if pg.Ratio != nil {
		card := 260 + 25*len(r.Targets)
		pg.Rows = 1 + int(pg.Ratio.height)/card
	}
	for _, f := range g.families() {
		if c := p.add(r.curveChart(f, narrow)); c != nil {
			pg.Curves = append(pg.Curves, c)
		}
	}
	for _, row := range g.rows {
		card := pageCard{Label: row.label, Latency: p.add(r.latencyChart(row, narrow))}
		pg.Latent = pg.Latent || card.Latency != nil
		for i, res := range row.results {
			if res != nil {
				card.Grows = card.Grows || res.Grown > 0
				card.Lines = append(card.Lines, r.line(res, p.Keys[i]))
			}
		}
		pg.Cards = append(pg.Cards, card)
	}
	return pg
}

func (p *page) stages(w row, c *chart) pageStages {
	s := pageStages{Label: w.label, Chart: c}
	for i, res := range w.results {
		if res == nil || len(res.Stages) == 0 {
			continue
		}
		line := pageStageLine{Key: p.Keys[i]}
		for _, name := range p.StageNames {
			cells := []string{none, none, none}
			if l, ok := res.Stages[name]; ok {
				cells = []string{duration(float64(l.Mean)), duration(float64(l.P50)), duration(float64(l.P99))}
			}
			line.Cells = append(line.Cells, cells...)
		}
		s.Lines = append(s.Lines, line)
	}
	return s
}
