package bench

import (
	"slices"
	"strings"
)

// A Description tells of a target or of a workload that has a name.
type Description struct {
	Name, Group, What string
}

// Targets lists the targets that have names.
func Targets() []Description {
	var list []Description
	for _, t := range targets {
		t.describe()
		list = append(list, Description{Name: t.name, What: describeTarget(t)})
	}
	return list
}

func describeTarget(t target) string {
	what := strings.Join(nonempty(t.what, t.options), ", ")
	if t.missing != "" {
		what += " (not here: " + t.missing + ")"
	}
	return what
}

// TargetNames lists the names of targets.
func TargetNames() (names []string) {
	for _, t := range targets {
		names = append(names, t.name)
	}
	return names
}

// Workloads lists the workloads.
func Workloads() []Description {
	var list []Description
	for _, w := range workloads {
		list = append(list, Description{w.name, groupName(w.group), w.what})
	}
	return list
}

// WorkloadNames lists the names of workloads and of groups of them.
func WorkloadNames() []string {
	var groups, names []string
	for _, w := range Workloads() {
		if !slices.Contains(groups, w.Group) {
			groups = append(groups, w.Group)
		}
		names = append(names, w.Name)
	}
	return append(groups, names...)
}
