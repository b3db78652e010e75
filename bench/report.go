package bench

import "time"

// ReportVersion is the version of the form of a report. It grows when a field
// changes its meaning or goes; new fields do not change it.
const ReportVersion = 1

// Report is what a run measured: the contents of report.json. Times are in
// nanoseconds, sizes in bytes.
type Report struct {
	Version     int         `json:"version"`
	Started     time.Time   `json:"started"`
	Elapsed     int64       `json:"elapsed_ns"`
	Command     []string    `json:"command"`           // the command line
	Note        string      `json:"note,omitempty"`    // of who ran it
	Partial     string      `json:"partial,omitempty"` // why the run ended early, if it did
	Environment Environment `json:"environment"`
	Noise       []string    `json:"noise,omitempty"` // what disturbed the run, a sentence each
	Baseline    string      `json:"baseline"`        // name of the target that ratios are to
	Targets     []Target    `json:"targets"`
	Results     []Result    `json:"results"`
	LeftOut     []LeftOut   `json:"left_out,omitempty"`
}

// Environment is the machine and its state.
type Environment struct {
	Kernel   string            `json:"kernel"` // uname -r
	CPU      string            `json:"cpu"`    // model name
	CPUs     int               `json:"cpus"`   // that the run may use
	Governor string            `json:"governor,omitempty"`
	Memory   int64             `json:"memory_bytes"`
	Virtual  string            `json:"virtual,omitempty"` // hypervisor, if any
	Fuse     map[string]string `json:"fuse"`              // /sys/module/fuse/parameters
	Go       string            `json:"go"`
	Commit   string            `json:"commit"` // of memfs
	Pinning  string            `json:"pinning"`
	Root     bool              `json:"root"`
}

// Target is what was measured.
type Target struct {
	Name    string `json:"name"`
	What    string `json:"what"` // kind, version and options, for the reader
	Options string `json:"options,omitempty"`
}

// Result is one workload on one target.
type Result struct {
	Workload string `json:"workload"` // a name of Workloads
	Group    string `json:"group"`    // round trips, data, applications, scale
	Target   string `json:"target"`

	// What the workload was run with; 0 where it has no such thing.
	Threads int   `json:"threads,omitempty"`
	Shared  bool  `json:"shared,omitempty"`     // all threads in one directory
	Size    int64 `json:"size_bytes,omitempty"` // of a read or a write
	Names   int64 `json:"names,omitempty"`      // in the directory

	// Unit says what an operation is: "op", "byte", "file", "transaction", or
	// "run" of a program.
	Unit   string  `json:"unit"`
	Rounds []Round `json:"rounds"`

	// Rate is the median of the rounds' operations a second. Ratio is to the
	// baseline: of rates, so that more is better; its median is 0 if the
	// baseline has no such result.
	Rate  Interval `json:"rate"`
	Ratio Interval `json:"ratio"`
	// P is that of the Mann-Whitney U test of the rounds against the
	// baseline's: how often chance alone would make them differ so much. The
	// baseline itself has 1.
	P float64 `json:"p"`

	Latency *Latency           `json:"latency,omitempty"`
	Stages  map[string]Latency `json:"stages,omitempty"` // read, decode, lock, operation, reply

	// Medians of the rounds, for each operation; negative: not measured.
	ServerCPU float64            `json:"server_cpu_ns"`
	ClientCPU float64            `json:"client_cpu_ns"`
	Switches  float64            `json:"context_switches"`
	Requests  map[string]float64 `json:"requests,omitzero"` // by opcode; nil: not counted
	Resident  int64              `json:"resident_bytes"`    // of the server, largest

	// Grown is what an operation added to the resident memory of the server,
	// the median of the rounds, of the workloads that measure it; else 0.
	Grown float64 `json:"grown_bytes,omitempty"`
}

// Round is one measurement.
type Round struct {
	Ops       int64            `json:"ops"`
	Elapsed   int64            `json:"elapsed_ns"`
	ServerCPU int64            `json:"server_cpu_ns"`
	ClientCPU int64            `json:"client_cpu_ns"`
	Switches  int64            `json:"context_switches"`
	Requests  map[string]int64 `json:"requests,omitzero"`
	Resident  int64            `json:"resident_bytes"`
	Grown     int64            `json:"grown_bytes,omitempty"`
}

// Interval is a median and its 95 % confidence interval. The bounds are
// infinite if there are too few rounds for one (less than six), and null in
// JSON, which has no infinity.
type Interval struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// Latency is the distribution of the time that an operation takes, over all
// rounds.
type Latency struct {
	Count int64 `json:"count"`
	Mean  int64 `json:"mean_ns"`
	P50   int64 `json:"p50_ns"`
	P90   int64 `json:"p90_ns"`
	P99   int64 `json:"p99_ns"`
	P999  int64 `json:"p999_ns"`
	Max   int64 `json:"max_ns"`
	// Buckets are of an HdrHistogram, those that are not empty: the largest
	// time that falls in each, and how many did.
	Buckets [][2]int64 `json:"buckets"`
}

// LeftOut is a workload or a target that was not measured, and why.
type LeftOut struct {
	What string `json:"what"`
	Why  string `json:"why"`
}
