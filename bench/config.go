package bench

import (
	"fmt"
	"time"
)

// Config says what a run measures. The zero value gives the defaults.
type Config struct {
	// Targets are names of TargetNames, or NAME=DIR for an empty directory on
	// any filesystem. None means DefaultTargets.
	Targets []string

	// Only are names of workloads or of groups of them; none means all but
	// those that take very long.
	Only []string

	// Baseline is the target that ratios are to. Empty means the first.
	Baseline string

	// Quick measures a selection of workloads, in under two minutes.
	Quick bool

	// Threads are the numbers of threads of the workloads that are run with
	// several. None means 1, 2, 4 … up to twice the number of processors.
	Threads []int

	// Duration is how long a workload runs in a round, of those that can run
	// for any time. Zero means as long as fits in the time that a run may take.
	Duration time.Duration

	// Rounds is how often everything is measured. Zero means seven, or fewer
	// where that would take too long. With fewer than six there are no confidence
	// intervals.
	Rounds int

	// Pin says on which processors client and server run. Empty means PinFree.
	Pin Pinning

	// Stages splits requests into stages, where the server can tell.
	Stages bool

	// Note is for the reader of the report: what the targets of the user are, and their
	// versions.
	Note string

	// Command is the command line, for the report.
	Command []string

	// Progress, if not nil, is called before each measurement.
	Progress func(Progress)
}

// Pinning says on which processors the client and the server of a target run.
type Pinning string

// The ways of pinning. Threads of a client share its processor.
const (
	PinFree  Pinning = "free"  // wherever the kernel puts them
	PinSame  Pinning = "same"  // both on one processor
	PinOther Pinning = "other" // on two different ones
)

// Pinnings lists the ways of pinning.
func Pinnings() []Pinning { return []Pinning{PinFree, PinSame, PinOther} }

// Progress is how far a run has come.
type Progress struct {
	Step     string // "starting", "counting", "round 3 of 7"
	Workload string
	Target   string
	Done     float64       // of the run, between 0 and 1
	Left     time.Duration // until its end, as far as that can be told; else 0
}

// A ConfigError reports something in a Config that cannot be used.
type ConfigError struct {
	Problem string
}

func (e *ConfigError) Error() string { return e.Problem }

func configError(format string, args ...any) error {
	return &ConfigError{fmt.Sprintf(format, args...)}
}

// Defaults.
const (
	defaultRounds = 7

	// How long a run may take in all. What is fixed, the workloads that do a
	// certain amount of work, is measured in a first pass; the rest is shared
	// among the others.
	defaultBudget = 13 * time.Minute
	quickBudget   = 85 * time.Second

	// No round begins that would not end within this, on a machine that turns
	// out to be slower than it seemed.
	defaultLimit = 14*time.Minute + 30*time.Second
	quickLimit   = 115 * time.Second

	minDuration = 100 * time.Millisecond
	maxDuration = time.Second
)
