package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What counts as noise.
const (
	muchStolen = 0.01 // of the time of the processors, taken by the hypervisor
	muchOther  = 0.05 // likewise, by programs that are not of the run
	muchLoad   = 0.25 // of each processor, before the run
	muchSpread = 0.20 // of the median, between the rounds of a result
)

// A noiseMeter finds out what else happened on the machine during a run.
type noiseMeter struct {
	at    time.Time
	load  float64
	start processorTimes
	ours  time.Duration
}

func newNoiseMeter() *noiseMeter {
	load, _ := strconv.ParseFloat(strings.Split(firstLine("/proc/loadavg"), " ")[0], 64)
	return &noiseMeter{at: time.Now(), load: load, start: readProcessorTimes(), ours: ownTime()}
}

// say tells what disturbed the run, a sentence each.
func (n *noiseMeter) say(r *run) []string {
	var said []string
	cpus := float64(onlineCPUs())
	all := time.Since(n.at).Seconds() * cpus
	end := readProcessorTimes()
	if share := (end.stolen - n.start.stolen).Seconds() / all; share > muchStolen {
		said = append(said, fmt.Sprintf("The hypervisor took %.0f %% of the time of the processors for other machines.", 100*share))
	}
	ours := ownTime() - n.ours
	if share := (end.busy - n.start.busy - ours).Seconds() / all; share > muchOther {
		said = append(said, fmt.Sprintf("Other programs took %.0f %% of the time of the processors.", 100*share))
	}
	if n.load > muchLoad*cpus {
		said = append(said, fmt.Sprintf("The load average was %.2f before the run began.", n.load))
	}
	if governor := r.report.Environment.Governor; governor != "" && governor != "performance" {
		said = append(said, fmt.Sprintf("The frequency of the processors may change: their governor is %s.", governor))
	}
	if s := r.spread(); s != "" {
		said = append(said, s)
	}
	return said
}

// spread tells of results whose rounds differ much from each other. Half of the
// rounds lie within the range between the quartiles.
func (r *run) spread() string {
	results, wide, worst, which := 0, 0, 0.0, ""
	for _, c := range r.cells {
		for _, res := range c.results {
			if len(res.rounds) < 4 {
				continue
			}
			v := slices.Sorted(slices.Values(rates(res.rounds)))
			spread := (v[len(v)*3/4] - v[len(v)/4]) / v[len(v)/2]
			results++
			if spread > muchSpread {
				wide++
			}
			if spread > worst {
				worst, which = spread, fmt.Sprintf("%v on %s", c.variant, r.targets[c.target].name)
			}
		}
	}
	if wide == 0 {
		return ""
	}
	return fmt.Sprintf("Of %d results %d differ by more than %.0f %% between rounds, most of all %s: by %.0f %%.",
		results, wide, 100*muchSpread, which, 100*worst)
}

// processorTimes are from /proc/stat, of all processors together.
type processorTimes struct {
	busy   time.Duration // in programs and in the kernel
	stolen time.Duration // by the hypervisor
}

func readProcessorTimes() (p processorTimes) {
	f := strings.Fields(firstLine("/proc/stat")) // cpu user nice system idle iowait irq softirq steal …
	for i, s := range f {
		ticks, err := strconv.ParseInt(s, 10, 64)
		switch {
		case err != nil:
		case i == 1, i == 2, i == 3, i == 6, i == 7:
			p.busy += tick * time.Duration(ticks)
		case i == 8:
			p.stolen += tick * time.Duration(ticks)
		}
	}
	return p
}

// onlineCPUs counts the processors, those included that this process may not use.
func onlineCPUs() int {
	b, _ := os.ReadFile("/proc/stat")
	n := 0
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "cpu"); ok && rest[0] != ' ' {
			n++
		}
	}
	return max(n, 1)
}

// tick is the unit of proc(5): USER_HZ is 100 wherever Go runs.
const tick = 10 * time.Millisecond

// ownTime is the CPU time of this process, of those that it has started, and of
// those that these have started.
func ownTime() time.Duration {
	parents := map[int]int{}
	times := map[int]time.Duration{}
	list, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// pid (name) state ppid …; a name may have anything in it.
		text := string(b)
		f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		if len(f) < 15 {
			continue
		}
		pid, _ := strconv.Atoi(text[:strings.IndexByte(text, ' ')])
		parents[pid], _ = strconv.Atoi(f[1])
		for _, field := range f[11:15] { // utime stime cutime cstime
			n, _ := strconv.ParseInt(field, 10, 64)
			times[pid] += tick * time.Duration(n)
		}
	}
	sum := time.Duration(0)
	for pid, t := range times {
		for p := pid; p > 1; p = parents[p] {
			if p == os.Getpid() {
				sum += t
				break
			}
		}
	}
	return sum
}
