//go:build linux

package fusedev

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// possibleCPUs returns how many CPUs the kernel is prepared for, which may be more
// than there are: so many queues it wants.
func possibleCPUs() (int, error) {
	const file = "/sys/devices/system/cpu/possible"
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	n, err := countCPUs(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", file, err)
	}
	return n, nil
}

// countCPUs counts the numbers in a list like 0-3,5.
func countCPUs(list string) (int, error) {
	n := 0
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		a, err := strconv.ParseUint(first, 10, 16)
		if err != nil {
			return 0, err
		}
		b := a
		if isRange {
			if b, err = strconv.ParseUint(last, 10, 16); err != nil {
				return 0, err
			}
		}
		if b < a {
			return 0, fmt.Errorf("%q is no range", part)
		}
		n += int(b - a + 1)
	}
	return n, nil
}

// ownCPUs returns the CPUs that are there and that this process may run on.
func ownCPUs() (set unix.CPUSet) {
	// The mask of the first thread: no loop pins that one.
	unix.SchedGetaffinity(os.Getpid(), &set)
	return set
}

// pin keeps the calling thread, which must be locked to its goroutine, on one CPU.
// If that is not possible, because the CPU has just gone, it runs anywhere.
func pin(cpu int) {
	var set unix.CPUSet
	set.Set(cpu)
	unix.SchedSetaffinity(0, &set)
}

// unpin lets the calling thread run wherever the process may.
func unpin() {
	own := ownCPUs()
	unix.SchedSetaffinity(0, &own)
}
