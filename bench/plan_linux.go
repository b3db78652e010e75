package bench

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// A plan is what a Config asks for.
type plan struct {
	Config
	targets  []target
	variants []variantOf
	leftOut  []LeftOut
	budget   time.Duration
	limit    time.Duration // 0: none

	roundsAsked bool // the number of rounds was asked for

	// The processors that servers and clients run on; negative: any.
	serverCPU, clientCPU int
}

// A variantOf is a workload with what it is run with.
type variantOf struct {
	*workload
	threads     int
	shared      bool
	size, count int64
}

// String returns what a reader knows the variant by.
func (v variantOf) String() string {
	s := v.name
	if v.scales {
		s += fmt.Sprintf(", %d threads", v.threads)
	}
	if v.shared {
		s += " in one directory"
	}
	if v.size > 0 && len(v.sizes) > 1 {
		s += fmt.Sprintf(", %d KiB", v.size/kib)
	}
	if v.count > 0 && len(v.names) > 1 {
		s += fmt.Sprintf(", %d names", v.count)
	}
	return s
}

// newPlan checks a Config and fills in its defaults.
func newPlan(cfg Config) (*plan, error) {
	p := &plan{Config: cfg, roundsAsked: cfg.Rounds != 0, budget: defaultBudget, limit: defaultLimit, serverCPU: -1, clientCPU: -1}
	if cfg.Quick {
		p.budget, p.limit = quickBudget, quickLimit
	}
	if cfg.Rounds != 0 || cfg.Duration != 0 { // as long as it takes
		p.limit = 0
	}
	switch {
	case cfg.Rounds < 0:
		return nil, configError("%d rounds: want at least one", cfg.Rounds)
	case cfg.Rounds == 0:
		p.Rounds = defaultRounds
	}
	if cfg.Duration < 0 || cfg.Duration > 0 && cfg.Duration < time.Millisecond {
		return nil, configError("a duration of %v: want at least 1ms", cfg.Duration)
	}
	if err := p.resolveTargets(); err != nil {
		return nil, err
	}
	if err := p.resolvePinning(); err != nil {
		return nil, err
	}
	return p, p.resolveWorkloads()
}

func (p *plan) resolveTargets() error {
	for _, word := range p.Targets {
		t, err := parseTarget(word)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(p.targets, func(o target) bool { return o.name == t.name }) {
			return configError("target %s is given twice", t.name)
		}
		p.targets = append(p.targets, t)
	}
	if len(p.targets) == 0 {
		p.targets = defaultTargets(p.Quick)
	}
	for i := range p.targets {
		p.targets[i].describe()
	}
	var names []string
	for _, t := range p.targets {
		names = append(names, t.name)
	}
	switch {
	case p.Baseline == "":
		p.Baseline = names[0]
	case !slices.Contains(names, p.Baseline):
		return fmt.Errorf("baseline: %w", unknown("target", p.Baseline, names))
	}
	return nil
}

func (p *plan) resolvePinning() error {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return err
	}
	var cpus []int
	for cpu := range possibleCPUs() {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	switch p.Pin {
	case "", PinFree:
		p.Pin = PinFree
	case PinSame:
		p.serverCPU, p.clientCPU = cpus[0], cpus[0]
	case PinOther:
		if len(cpus) < 2 {
			return configError("pinning %s: there is one processor", PinOther)
		}
		p.serverCPU, p.clientCPU = cpus[0], cpus[1]
	default:
		return configError("unknown pinning %q, want free, same or other", p.Pin)
	}
	if len(p.Threads) == 0 {
		for n := 1; n <= 2*runtime.NumCPU(); n *= 2 {
			p.Threads = append(p.Threads, n)
		}
	}
	for _, n := range p.Threads {
		if n < 1 || n > 1024 {
			return configError("%d threads: want 1 to 1024", n)
		}
	}
	return nil
}

func (p *plan) resolveWorkloads() error {
	known := WorkloadNames()
	for _, word := range p.Only {
		if !slices.Contains(known, word) {
			return unknown("workload", word, known)
		}
	}
	for i := range workloads {
		w := &workloads[i]
		named := slices.Contains(p.Only, w.name)
		switch {
		case len(p.Only) > 0 && !named && !slices.Contains(p.Only, groupName(w.group)):
			continue
		case len(p.Only) == 0 && p.Quick && !w.quick:
			continue
		}
		if missing := w.missingProgram(); missing != "" {
			if named {
				return fmt.Errorf("%s: there is no %s in PATH", w.name, missing)
			}
			p.leave(w.name, "there is no "+missing+" in PATH")
			continue
		}
		p.addVariants(w, named)
	}
	return nil
}

func (p *plan) addVariants(w *workload, named bool) {
	threads, shared, sizes, names := []int{1}, []bool{false}, w.sizes, w.names
	if w.scales {
		threads = p.Threads
	}
	if w.run != nil {
		threads = []int{0}
	}
	if w.shared {
		shared = append(shared, true)
	}
	if len(sizes) == 0 {
		sizes = []int64{0}
	}
	if len(names) == 0 {
		names = []int64{0}
	}
	for _, n := range names {
		if w.most > 0 && n > w.most && !named {
			p.leave(fmt.Sprintf("%s, %d names", w.name, n), "it takes long; ask for it: --only "+w.name)
			continue
		}
		for _, size := range sizes {
			for _, s := range shared {
				for _, t := range threads {
					p.variants = append(p.variants, variantOf{w, t, s, size, n})
				}
			}
		}
	}
}

func (p *plan) leave(what, why string) {
	if l := (LeftOut{what, why}); !slices.Contains(p.leftOut, l) {
		p.leftOut = append(p.leftOut, l)
	}
}

// suits reports whether a workload can run on a target; if not, why.
func (v variantOf) suits(t *target) (bool, string) {
	switch {
	case v.mount && (t.store || t.wire):
		return false, "it has no system calls"
	case t.wire && v.threads > 1:
		return false, "it has one request under way at a time"
	case v.contents && t.noData:
		return false, "files do not keep their contents"
	case v.fresh && (t.store || t.wire || t.kernel || t.dir != ""):
		return false, "its memory cannot be told from that of others"
	}
	return true, ""
}

// source is the directory, in that of the run, that applications work with.
func (p *plan) source(base string) string { return filepath.Join(base, "source") }

func (p *plan) needsSource() bool {
	return slices.ContainsFunc(p.variants, func(v variantOf) bool { return v.group == groupApplications })
}
