//go:build linux

package fusedev

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// cpuLists is where the kernel says which CPUs there are. Tests have another.
var cpuLists = "/sys/devices/system/cpu/"

// possibleCPUs returns how many CPUs the kernel is prepared for, which may be more
// than there are: so many queues it wants.
func possibleCPUs() (int, error) {
	list, err := listCPUs("possible")
	return len(list), err
}

// onlineCPUs returns the CPUs that are switched on, whoever may run there.
func onlineCPUs() (set unix.CPUSet, err error) {
	list, err := listCPUs("online")
	for _, cpu := range list {
		set.Set(cpu)
	}
	return set, err
}

func listCPUs(name string) ([]int, error) {
	b, err := os.ReadFile(cpuLists + name)
	if err != nil {
		return nil, err
	}
	list, err := parseCPUs(strings.TrimSpace(string(b)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cpuLists+name, err)
	}
	return list, nil
}

// parseCPUs returns the numbers in a list like 0-3,5.
func parseCPUs(list string) ([]int, error) {
	var cpus []int
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		a, err := strconv.ParseUint(first, 10, 16)
		if err != nil {
			return nil, err
		}
		b := a
		if isRange {
			if b, err = strconv.ParseUint(last, 10, 16); err != nil {
				return nil, err
			}
		}
		if b < a {
			return nil, fmt.Errorf("%q is no range", part)
		}
		for cpu := a; cpu <= b; cpu++ {
			cpus = append(cpus, int(cpu))
		}
	}
	return cpus, nil
}

// ownCPUs returns the CPUs that are there and that the calling thread may run on. It
// is not one that was pinned here: those are locked to their goroutines until they end.
// The first thread of the process may be one of them, and keeps its mask when it is done.
func ownCPUs() (set unix.CPUSet, err error) {
	err = os.NewSyscallError("sched_getaffinity", unix.SchedGetaffinity(0, &set))
	return set, err
}

// pin keeps the calling thread, which must be locked to its goroutine, on one CPU. It
// fails if that is not there, or if a cpuset (cpuset(7)) keeps the thread from it.
func pin(cpu int) error {
	var set unix.CPUSet
	set.Set(cpu)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("cannot run on CPU %d: %w", cpu, os.NewSyscallError("sched_setaffinity", err))
	}
	if now := thisCPU(); now != cpu {
		return fmt.Errorf("runs on CPU %d, not on %d", now, cpu)
	}
	return nil
}

// thisCPU returns on which CPU the calling thread runs, -1 if the kernel does not say.
func thisCPU() int {
	var cpu uint32
	if _, _, e := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); e != 0 {
		return -1
	}
	return int(cpu)
}

// unpin lets the calling thread run on these CPUs.
func unpin(own *unix.CPUSet) { unix.SchedSetaffinity(0, own) }
