package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/bench"
)

// newBenchDir returns a directory for everything that a run makes, which has to
// be empty afterwards.
func newBenchDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", dir, left, err)
		}
		if table, err := os.ReadFile("/proc/self/mountinfo"); err != nil || strings.Contains(string(table), dir) {
			t.Errorf("left mounted in %s", dir)
		}
	})
	return dir
}

func TestBenchUsage(t *testing.T) {
	newBenchDir(t)
	for args, want := range map[string]string{
		"bench x":                             `bench: unexpected argument "x"; see: memfs help bench`,
		"bench --frob":                        "unknown flag: --frob; see: memfs help bench",
		"bench --targets memf":                `unknown target "memf", did you mean memfs?; see: memfs help bench`,
		"bench --targets ext4":                `unknown target "ext4"; see`,
		"bench --targets mine=":               `target "mine=": want NAME=DIR`,
		"bench --targets store,store":         "target store is given twice",
		"bench --only statsf":                 `unknown workload "statsf", did you mean statfs?; see: memfs help bench`,
		"bench --only round-trip":             `unknown workload "round-trip", did you mean round-trips?`,
		"bench --targets store --baseline x":  `baseline: unknown target "x"`,
		"bench --threads 0":                   "0 threads: want 1 to 1024",
		"bench --rounds 0":                    "--rounds 0: want at least 1",
		"bench --duration 0s":                 "--duration 0s: want more than nothing",
		"bench --duration 1us":                "a duration of 1µs: want at least 1ms",
		"bench --duration soon":               `invalid argument "soon" for "--duration" flag`,
		"bench --pin here":                    `unknown pinning "here", want free, same or other`,
		"bench --quick=maybe --only nonsense": `invalid argument "maybe"`,
	} {
		runMemfs(t, strings.Fields(args)...).fails(t, exitUsage, want)
	}
}

func TestBenchFailures(t *testing.T) {
	base := newBenchDir(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"--targets mine=/nowhere":                   "/nowhere: no such directory; create it, or mount what is to be measured",
		"--targets store,mine=" + file:              file + ": not a directory",
		"--targets store,mine=" + dir:               dir + `: not empty, it has "file"; give a directory with nothing in it`,
		"--targets store --json /nowhere/r.json":    "/nowhere/r.json: cannot be written: no such file or directory",
		"--targets store --html " + dir:             dir + ": is a directory",
		"--targets store --markdown /nowhere":       "/nowhere: no such directory; create it: mkdir -p /nowhere",
		"--targets store --text /proc/version/text": "/proc/version/text: cannot be written: not a directory",
	} {
		r := runMemfs(t, append([]string{"bench"}, strings.Fields(args)...)...)
		r.stderr = strings.TrimPrefix(r.stderr, "memfs: starting\n")
		r.fails(t, exitFailure, want)
	}
	if left, err := os.ReadDir(base); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestBenchWithoutFUSE(t *testing.T) {
	newBenchDir(t)
	r := inNamespace(t, emptyDev, "bench", "--targets", "store,memfs")
	r.stderr = strings.TrimPrefix(r.stderr, "memfs: starting\n")
	r.fails(t, exitFailure, "memfs: no /dev/fuse; load FUSE: modprobe fuse")
}

// A peer that was asked for has to build; one that was not is left out.
func TestBenchPeerDoesNotBuild(t *testing.T) {
	requireFUSE(t)
	newBenchDir(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-modcacherw")
	r := runMemfs(t, "bench", "--targets", "jacobsa")
	r.stderr = strings.TrimPrefix(r.stderr, "memfs: starting\n")
	r.fails(t, exitFailure, "jacobsa: it does not build: ")
	t.Setenv("PATH", "/nonexistent")
	r = runMemfs(t, "bench", "--targets", "jacobsa")
	r.stderr = strings.TrimPrefix(r.stderr, "memfs: starting\n")
	r.fails(t, exitFailure, "jacobsa: to build it Go is needed, and there is no go in PATH")
}

func TestBenchReports(t *testing.T) {
	newBenchDir(t)
	out := t.TempDir()
	r := runMemfs(t, "bench", "--targets", "store", "--only", "statfs", "--rounds", "2", "--duration", "2ms",
		"--json", out+"/r.json", "--html", out+"/r.html", "--text", out+"/r.txt", "--markdown", out)
	if r.status != 0 || !strings.Contains(r.stdout, "statfs") {
		t.Fatalf("%+v", r)
	}
	for _, name := range []string{"r.json", "r.html", "r.txt", "benchmarks.md"} {
		if b, err := os.ReadFile(filepath.Join(out, name)); err != nil || !strings.Contains(strings.ToLower(string(b)), "statfs") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if hidden, _ := filepath.Glob(out + "/.*"); len(hidden) > 0 {
		t.Errorf("left: %v", hidden)
	}
}

// Ctrl-C ends a run in good order.
func TestBenchInterrupted(t *testing.T) {
	requireFUSE(t)
	newBenchDir(t)
	report := filepath.Join(t.TempDir(), "r.json")
	cmd := newCommand(t, "memfs", "bench", "--targets", "memfs,store", "--only", "statfs", "--rounds", "100000", "--duration", "1ms", "--json", report)
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	f := &foreground{t, cmd, bufio.NewReader(stderr)}
	f.says("memfs: starting")
	f.says("memfs: first pass")
	f.says("memfs: round 1 of 100000")
	f.says("memfs: round 2 of 100000")
	f.signal(unix.SIGINT)
	for {
		line, err := f.out.ReadString('\n')
		if err != nil {
			t.Fatalf("it ends with %v", err)
		}
		if line == "memfs: interrupted; the report is partial\n" {
			break
		}
		if !strings.HasPrefix(line, "memfs: round ") {
			t.Errorf("it says %q", line)
		}
	}
	f.ends(128 + int(syscall.SIGINT))
	b, err := os.ReadFile(report)
	var r bench.Report
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil || r.Partial != "interrupted" || len(r.Results) == 0 {
		t.Errorf("%v, partial %q, %d results", err, r.Partial, len(r.Results))
	}
}

// Without root the rest is measured, and what needs root is named.
func TestBenchRootless(t *testing.T) {
	memfs, dir := rootless(t)
	if err := os.Chmod(filepath.Dir(dir), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
	r := memfs("bench", "--targets", "tmpfs,memfs,store", "--only", "statfs", "--rounds", "1", "--duration", "2ms")
	if r.status != 0 || !strings.Contains(r.stdout, "/dev/shm") || !strings.Contains(r.stdout, "REQUESTS") {
		t.Errorf("%+v", r)
	}
	if os.Geteuid() == 0 && !strings.Contains(r.stdout, "only root may use tracefs") {
		t.Errorf("it does not say what needs root: %s", r.stdout)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
