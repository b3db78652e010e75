package memfs

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// availableMemory returns the bytes of memory that this process may use.
func availableMemory() int64 {
	return memoryLimit(totalMemory(), os.DirFS("/"))
}

// memoryLimit returns total, or the lowest limit of the control groups that this
// process is in if that is lower. root is the root of the file tree with /proc
// and /sys; a file that is missing or holds no number sets no limit.
//
// A limit on any group on the way up counts, so all are read. In a container
// whose cgroup mount shows its own group as the root, the path in
// /proc/self/cgroup does not exist below it, and the way up ends at the right
// file all the same.
func memoryLimit(total int64, root fs.FS) int64 {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return total
	}
	for line := range strings.Lines(string(groups)) {
		// hierarchy-ID:controllers:path, see cgroups(7).
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(f) != 3 {
			continue
		}
		var mount, name string
		switch {
		case f[0] == "0" && f[1] == "": // version 2
			mount, name = "sys/fs/cgroup", "memory.max"
		case hasWord(f[1], "memory"): // version 1
			mount, name = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		for group := path.Join("/", f[2]); ; group = path.Dir(group) {
			if n, ok := readLimit(root, path.Join(mount, group, name)); ok {
				total = min(total, n)
			}
			if group == "/" {
				break
			}
		}
	}
	return total
}

// readLimit reads a file of one number. Version 2 writes "max" for no limit.
func readLimit(root fs.FS, name string) (int64, bool) {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 64)
	return n, err == nil
}

func hasWord(list, word string) bool {
	for _, w := range strings.Split(list, ",") {
		if w == word {
			return true
		}
	}
	return false
}
