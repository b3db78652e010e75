package bench

import (
	"os/exec"
	"slices"
	"strings"
)

// The groups of workloads.
const (
	groupTrips        = "round trips"
	groupData         = "data"
	groupApplications = "applications"
	groupScale        = "scale"
)

// A workload is something to do on a target, in one of two ways.
type workload struct {
	name  string
	group string
	what  string // for the reader
	unit  string // of what it does; see Result.Unit

	// What it is run with; each combination is a variant of its own.
	sizes, names []int64
	scales       bool // it is run with several numbers of threads
	shared       bool // and also with all of them in one directory

	// Where it can run.
	mount    bool     // only where there are system calls
	contents bool     // only where files keep their contents
	fresh    bool     // each time on a new, empty mount
	programs []string // that have to be installed

	quick bool  // part of a quick run
	most  int64 // of names; more take so long that they are run when asked for by name

	// loop prepares what a thread does again and again.
	loop func(*worker) (operation, error)
	// run does something once, and returns what it measured.
	run func(*task) ([]sample, error)
}

// workloads are all there are, in the order of a report.
var workloads = slices.Concat(
	inGroup(groupTrips, tripWorkloads, func(w *workload) { w.unit = "op" }),
	inGroup(groupData, dataWorkloads, func(w *workload) { w.unit = "byte" }),
	inGroup(groupApplications, applicationWorkloads, func(w *workload) { w.mount, w.contents = true, true }),
	inGroup(groupScale, scaleWorkloads, func(*workload) {}),
)

// inGroup sets what the workloads of a group have in common.
func inGroup(name string, list []workload, common func(*workload)) []workload {
	for i := range list {
		list[i].group = name
		common(&list[i])
	}
	return list
}

func findWorkload(name string) *workload {
	for i := range workloads {
		if workloads[i].name == name {
			return &workloads[i]
		}
	}
	return nil
}

// groupName is a group as it is given on a command line.
func groupName(group string) string { return strings.ReplaceAll(group, " ", "-") }

// missingProgram returns the first program of the workload that is not installed.
func (w *workload) missingProgram() string {
	for _, p := range w.programs {
		if _, err := exec.LookPath(p); err != nil {
			return p
		}
	}
	return ""
}
