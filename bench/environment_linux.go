package bench

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"
)

// environment describes this machine.
func environment(pin Pinning) Environment {
	var name unix.Utsname
	var info unix.Sysinfo_t
	var set unix.CPUSet
	// What cannot be told stays empty.
	_ = unix.Uname(&name)
	_ = unix.Sysinfo(&info)
	_ = unix.SchedGetaffinity(0, &set)
	return Environment{
		Kernel:   unix.ByteSliceToString(name.Release[:]),
		CPU:      cpuField("model name"),
		CPUs:     set.Count(),
		Governor: firstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
		Memory:   int64(info.Totalram) * int64(info.Unit),
		Virtual:  hypervisor(),
		Fuse:     fuseParameters(),
		Go:       runtime.Version(),
		Commit:   commit(),
		Pinning:  string(pin),
		Root:     os.Geteuid() == 0,
	}
}

// firstLine returns the first line of a file, nothing if it cannot be read.
func firstLine(path string) string {
	b, _ := os.ReadFile(path)
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(line)
}

// cpuField returns a field of the first processor.
func cpuField(name string) string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// hypervisor names what this machine is virtual on, if it is.
func hypervisor() string {
	if !strings.Contains(" "+cpuField("flags")+" ", " hypervisor ") {
		return ""
	}
	if v := firstLine("/sys/class/dmi/id/sys_vendor"); v != "" {
		return v
	}
	if v := firstLine("/sys/hypervisor/type"); v != "" {
		return v
	}
	return "unknown"
}

func fuseParameters() map[string]string {
	parameters := map[string]string{}
	list, _ := filepath.Glob("/sys/module/fuse/parameters/*")
	for _, path := range list {
		parameters[filepath.Base(path)] = firstLine(path)
	}
	return parameters
}

// commit is what the program was built from.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changed = ", changed"
			}
		}
	}
	if revision == "" {
		return info.Main.Version
	}
	return revision + changed
}
