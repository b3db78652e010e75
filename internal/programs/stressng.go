//go:build linux

package programs

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// stressors are the file stressors of stress-ng, in groups that run at the same
// time. The sizes are small because the point is the operations, not the bytes.
//
// Left out because tmpfs, too, has nothing to stress: fiemap and verity (no such
// ioctl), inode-flags (none it can set), chattr (ignores every failure). handle
// needs root. getdent lists the directories of the system, and not those of
// --temp-path: mounts of other tests in /tmp among them, whose access times move.
var stressors = map[string][]string{
	"Names":      {"dentry", "dir", "dirdeep", "dirmany", "filename", "mknod", "open", "rename", "touch"},
	"Holes":      {"fallocate", "fpunch"},
	"Links":      {"link", "symlink"},
	"Attributes": {"access", "chmod", "chown", "fstat", "utime", "xattr"},
	"Contents":   {"copy-file", "fsize", "hdd", "io", "iomix", "revio", "seek", "sendfile", "sync-file"},
	"Locks":      {"fcntl", "flock", "lease", "locka", "lockf", "lockofd"},
	"Mappings":   {"mmap", "mmapmany", "msync", "fault", "readahead"},
	"Watches":    {"dnotify", "inotify", "chdir", "dup"},
}

// stressSizes keeps the stressors with large defaults small.
var stressSizes = map[string][]string{
	"dirdeep":   {"--dirdeep-inodes", "500"},
	"fallocate": {"--fallocate-bytes", "8m"},
	"hdd":       {"--hdd-bytes", "4m", "--hdd-opts", "rd-rnd,wr-rnd"},
	"iomix":     {"--iomix-bytes", "8m"},
	"mmap":      {"--mmap-file", "--mmap-bytes", "4m"},
	"readahead": {"--readahead-bytes", "8m"},
	"revio":     {"--revio-bytes", "8m"},
	"seek":      {"--seek-size", "8m"},
	"sendfile":  {"--sendfile-size", "256k"},
	"sync-file": {"--sync-file-bytes", "2m"},
}

// StressNG runs two of each file stressor with verification.
func StressNG(t *testing.T, dir string, effort Effort) {
	need(t, "stress-ng")
	c := in(t, dir)
	timeout := []string{Smoke: "1s", Some: "1s", Much: "3s"}[effort]
	for _, name := range slices.Sorted(maps.Keys(stressors)) {
		t.Run(name, func(t *testing.T) { stressGroup(c.as(t), stressors[name], timeout) })
	}
}

// stressGroup runs stressors at the same time, and then each that this left no
// time for on its own until it has done one operation.
func stressGroup(c *command, group []string, timeout string) {
	c.t.Helper()
	argv := []string{"--timeout", timeout}
	for _, stressor := range group {
		argv = append(argv, "--"+stressor, "2")
		argv = append(argv, stressSizes[stressor]...)
	}
	operations := stress(c, group, argv)
	for _, stressor := range group {
		if operations[stressor] == 0 {
			argv := []string{"--timeout", "60s", "--" + stressor, "1", "--" + stressor + "-ops", "1"}
			operations[stressor] = stress(c, []string{stressor}, append(argv, stressSizes[stressor]...))[stressor]
		}
		if operations[stressor] == 0 {
			c.t.Errorf("%s did nothing", stressor)
		}
	}
	c.t.Log("operations: ", operations)
}

// stress runs stressors and returns how many operations each has done. The report
// leaves out those whose time was over before they began.
func stress(c *command, stressors, argv []string) map[string]int {
	c.t.Helper()
	// The report is among the errors.
	out := c.run(slices.Concat([]string{"sh", "-c", `exec stress-ng "$@" 2>&1`, "sh",
		"--verify", "--metrics-brief", "--no-rand-seed", "--temp-path", c.dir}, argv)...)
	operations := map[string]int{}
	for _, stressor := range stressors {
		line := regexp.MustCompile(`(?m)^stress-ng: metrc: \[\d+\] ` + stressor + ` +(\d+) +[\d.]+ +[\d.]+ +[\d.]+ `).FindStringSubmatch(out)
		if line != nil {
			operations[stressor], _ = strconv.Atoi(line[1])
		}
	}
	if strings.Contains(out, "fail:") || strings.Contains(out, "skipping") {
		c.t.Errorf("stress-ng:\n%s", tail(out))
	}
	return operations
}
