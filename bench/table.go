package bench

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// WriteTable writes a report for a terminal: rates with their ratios to the
// baseline, latencies, what an operation costs, and what to know about the run.
// It is as wide as w, if w is a terminal, and 80 columns otherwise; the targets
// that do not fit side by side follow one another.
func WriteTable(w io.Writer, r *Report) error {
	width := 80
	if f, ok := w.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 {
			width = max(int(size.Col), 40)
		}
	}
	var b strings.Builder
	t := tableWriter{&b, width, r, r.groups()}
	t.head()
	t.rates()
	t.latencies()
	t.costs()
	t.requests()
	t.memory()
	t.foot()
	_, err := io.WriteString(w, b.String())
	return err
}

type tableWriter struct {
	*strings.Builder
	width  int
	report *Report
	groups []group
}

func (t tableWriter) paragraph(format string, args ...any) {
	for _, line := range wrap(plain(fmt.Sprintf(format, args...)), t.width) {
		t.WriteString(line + "\n")
	}
}

func (t tableWriter) head() {
	t.paragraph("memfs bench, %s: %s", t.report.Started.Format("2 January 2006 15:04"), t.report.machine())
	if t.report.Note != "" {
		t.paragraph("Note: %s", t.report.Note)
	}
	if t.report.Partial != "" {
		t.paragraph("PARTIAL: %s", t.report.Partial)
	}
}

// table writes a grid of all rows, with cell giving the lines of a cell; nil if
// nothing was measured. Without any cell there is no table.
func (t tableWriter) table(title string, cell func(*Result) []string) {
	g := grid{}
	for _, target := range t.report.Targets {
		g.head = append(g.head, plain(target.Name))
	}
	any := false
	for _, group := range t.groups {
		lines := []gridRow{{label: sentence(plain(group.name))}}
		for _, row := range group.rows {
			line := gridRow{label: "  " + row.label, cells: make([][]string, len(row.results))}
			found := false
			for i, res := range row.results {
				line.cells[i] = []string{none}
				if res == nil {
					continue
				}
				if c := cell(res); c != nil {
					line.cells[i], found = c, true
				}
			}
			if found {
				lines = append(lines, line)
			}
		}
		if len(lines) > 1 {
			g.rows = append(g.rows, lines...)
			any = true
		}
	}
	if !any {
		return
	}
	t.WriteString("\n")
	t.paragraph("%s", title)
	t.WriteString("\n")
	g.write(t.Builder, t.width)
}

func (t tableWriter) rates() {
	title := "RATES"
	compared, _ := t.report.comparisons()
	if compared > 0 {
		title += fmt.Sprintf(", and below them the ratio to %s with its 95 %% confidence interval; more is better. ~ not significant", t.report.Baseline)
	}
	t.table(title, func(res *Result) []string {
		lines := []string{rate(res.Rate.Median, res.Unit)}
		switch {
		case compared == 0:
		case res.Target == t.report.Baseline:
			lines = append(lines, "1")
		case res.rated():
			ratio := three(res.Ratio.Median) + res.Ratio.spread()
			if !res.significant() {
				ratio = "~ " + ratio
			}
			lines = append(lines, ratio)
		}
		return lines
	})
}

func (t tableWriter) latencies() {
	t.table("LATENCY: the median, and below it the 99th percentile", func(res *Result) []string {
		if res.Latency == nil || res.Latency.Count == 0 {
			return nil
		}
		l := res.Latency
		return []string{duration(float64(l.P50)), duration(float64(l.P99))}
	})
}

func (t tableWriter) costs() {
	t.table("CPU TIME of server and client, for each operation (of data: for each MiB)", func(res *Result) []string {
		if res.ServerCPU < 0 && res.ClientCPU < 0 {
			return nil
		}
		return []string{cost(res.ServerCPU, res.Unit) + ", " + cost(res.ClientCPU, res.Unit)}
	})
}

func (t tableWriter) requests() {
	t.table("REQUESTS for each operation (of data: for each MiB)", func(res *Result) []string {
		if n := res.requests(); n >= 0 {
			return []string{many(n, res.Unit)}
		}
		return nil
	})
}

func (t tableWriter) memory() {
	t.table("MEMORY that the server grew by, for each operation (of data: for each MiB)", func(res *Result) []string {
		if res.Grown > 0 {
			return []string{grown(res)}
		}
		return nil
	})
}

func (t tableWriter) foot() {
	r := t.report
	t.WriteString("\n")
	for _, target := range r.Targets {
		t.paragraph("%s: %s", target.Name, strings.Join(nonempty(target.What, target.Options), ", "))
	}
	for _, l := range r.LeftOut {
		t.paragraph("Left out: %s: %s", l.What, l.Why)
	}
	for _, n := range r.Noise {
		t.paragraph("Noise: %s", n)
	}
	t.paragraph("%s", r.doubts())
}

// comparisons counts the results that are compared with the baseline, and those
// that differ from it significantly.
func (r *Report) comparisons() (compared, different int) {
	for i := range r.Results {
		if res := &r.Results[i]; res.rated() && res.Target != r.Baseline {
			compared++
			if res.significant() {
				different++
			}
		}
	}
	return compared, different
}

// doubts says what the ratios of a report do not tell.
func (r *Report) doubts() string {
	compared, different := r.comparisons()
	switch n := r.rounds(); {
	case compared == 0:
		return "Nothing was compared: there is no other target with the workloads of the baseline."
	case n < 4:
		return fmt.Sprintf("With %s no difference can be significant; 4 are the least for that, 6 for an interval.", counted(int64(n), "round"))
	default:
		s := fmt.Sprintf("%d of %s with the baseline differ significantly (Mann-Whitney U test, p < %g, %s). If nothing differed, about %.0f would by chance.",
			different, counted(int64(compared), "comparison"), alpha, counted(int64(n), "round"), math.Ceil(alpha*float64(compared)))
		if n < 6 {
			s += " An interval takes 6 rounds."
		}
		return s
	}
}

func nonempty(words ...string) []string {
	var list []string
	for _, w := range words {
		if w != "" {
			list = append(list, w)
		}
	}
	return list
}
