package memfs

import (
	"testing"
	"testing/fstest"
)

func TestMemoryLimit(t *testing.T) {
	const total = 1000
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no cgroups": {nil, total},
		"v2, no limit": {map[string]string{
			"proc/self/cgroup":                 "0::/user/me\n",
			"sys/fs/cgroup/user/memory.max":    "max\n",
			"sys/fs/cgroup/user/me/memory.max": "max\n",
		}, total},
		"v2, own limit": {map[string]string{
			"proc/self/cgroup":                 "0::/user/me\n",
			"sys/fs/cgroup/user/memory.max":    "max\n",
			"sys/fs/cgroup/user/me/memory.max": "300\n",
		}, 300},
		"v2, a lower limit above": {map[string]string{
			"proc/self/cgroup":                 "0::/user/me\n",
			"sys/fs/cgroup/user/memory.max":    "200\n",
			"sys/fs/cgroup/user/me/memory.max": "300\n",
		}, 200},
		"v2, a limit above memory": {map[string]string{
			"proc/self/cgroup":            "0::/me\n",
			"sys/fs/cgroup/me/memory.max": "3000\n",
		}, total},
		"v2, another group's limit": {map[string]string{
			"proc/self/cgroup":             "0::/me\n",
			"sys/fs/cgroup/you/memory.max": "3\n",
		}, total},
		"v2, in a container": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "400\n",
		}, 400},
		"v2, a path out of the namespace": {map[string]string{
			"proc/self/cgroup":         "0::/../../x\n",
			"sys/fs/cgroup/memory.max": "400\n",
		}, 400},
		"v1": {map[string]string{
			"proc/self/cgroup":                               "5:cpu,cpuacct:/a\n4:memory:/a/b\n1:name=systemd:/c\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":     "9223372036854771712\n",
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes":   "500\n",
			"sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "600\n",
		}, 500},
		"v1, with other controllers": {map[string]string{
			"proc/self/cgroup": "4:cpu,memory:/a\n",
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "500\n",
		}, 500},
		"v1, a container that sees the host's path": {map[string]string{
			"proc/self/cgroup":                           "4:memory:/docker/0123\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "700\n",
		}, 700},
		"both": {map[string]string{
			"proc/self/cgroup": "4:memory:/a\n0::/b\n",
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "800\n",
			"sys/fs/cgroup/b/memory.max":                   "900\n",
		}, 800},
		"nonsense": {map[string]string{
			"proc/self/cgroup":         "what\n0:\n\n0::/\n",
			"sys/fs/cgroup/memory.max": "lots\n",
		}, total},
	} {
		root := fstest.MapFS{}
		for path, text := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := memoryLimit(total, root); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestAvailableMemory(t *testing.T) {
	if n := availableMemory(); n <= 0 || n > totalMemory() {
		t.Errorf("%d bytes of %d", n, totalMemory())
	}
}
