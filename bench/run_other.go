//go:build !linux

package bench

import (
	"context"
	"errors"
)

// Child has to come first in a program that calls Run.
func Child() {}

// Run fails: what is measured is the kernel of Linux.
func Run(context.Context, Config) (*Report, error) {
	return nil, errors.New("the benchmark needs Linux")
}

// Description tells of a target or of a workload.
type Description struct {
	Name, Group, What string
}

// Targets lists the targets that have names: none.
func Targets() []Description { return nil }

// Workloads lists the workloads: none.
func Workloads() []Description { return nil }

// TargetNames lists the names of targets: none.
func TargetNames() []string { return nil }

// WorkloadNames lists the names of workloads and of groups of them: none.
func WorkloadNames() []string { return nil }
