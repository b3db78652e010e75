package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scratchfs/memfs/memfs"
)

// The peers can be built, and do what they are measured with.
func TestPeers(t *testing.T) {
	requireFUSE(t)
	for _, p := range peers {
		if _, err := exec.LookPath("go"); err != nil {
			t.Skip("no go in PATH")
		}
		if _, err := buildPeer(t.Context(), p.peer); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is needed in CI: %v", p.name, err)
			}
			t.Skipf("%s: %v", p.name, err)
		}
	}
	r := runBench(t, t.Context(), Config{
		Targets: []string{"jacobsa", "go-fuse"}, Only: []string{"round-trips", "write-random", "write-mmap", "tree", "sqlite"},
		Rounds: 1, Duration: 2 * time.Millisecond,
	})
	for _, l := range r.LeftOut {
		if !strings.HasPrefix(l.Why, "there is no ") && !strings.HasPrefix(l.Why, "only root") && !strings.HasPrefix(l.Why, "tracefs") {
			t.Errorf("left out: %s: %s", l.What, l.Why)
		}
	}
	for _, target := range r.Targets {
		if !strings.Contains(target.What, " v") {
			t.Errorf("%s does not tell its version: %s", target.Name, target.What)
		}
	}
}

// A run that names no targets has each loop once at most, and says which memfs is on.
func TestDefaultTargets(t *testing.T) {
	best, why := memfs.BestLoop()
	for _, quick := range []bool{true, false} {
		p, err := newPlan(Config{Quick: quick})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, target := range p.targets {
			names = append(names, target.name)
			switch target.name {
			case "memfs":
				if want := "loop=auto, here " + string(best); target.options != want {
					t.Errorf("memfs: %s, want %s", target.options, want)
				}
			case "memfs-uring":
				if (target.missing == "") != (why == nil) {
					t.Errorf("memfs-uring is missing: %q; loop=auto is not it because: %v", target.missing, why)
				}
			}
		}
		want := []string{"tmpfs", "memfs", "memfs-workers", "memfs-uring", "memfs-clone", "null", "wire", "store", "jacobsa", "go-fuse"}
		want = slices.DeleteFunc(want, func(name string) bool {
			more := slices.Contains([]string{"memfs-uring", "memfs-clone", "go-fuse"}, name)
			return quick && more || name == "memfs-"+string(best)
		})
		if !slices.Equal(names, want) {
			t.Errorf("quick: %t: %q, want %q", quick, names, want)
		}
	}
}

// Server and client run where they are told to.
func TestPinning(t *testing.T) {
	requireFUSE(t)
	for pin, want := range map[Pinning]int{PinSame: 1, PinOther: 2} {
		cfg := Config{Targets: []string{"memfs", "wire"}, Only: []string{"statfs"}, Rounds: 1, Duration: 2 * time.Millisecond, Pin: pin}
		if _, err := newPlan(cfg); err != nil {
			t.Skip(err) // one processor
		}
		looked := false
		cfg.Progress = func(p Progress) {
			if looked || p.Target == "" {
				return
			}
			looked = true
			var cpus []string
			children := childrenOf("self")
			for _, c := range children { // the client of wire has started its server
				children = append(children, childrenOf(c)...)
			}
			if len(children) != 4 {
				t.Errorf("%d processes, want 4", len(children))
			}
			for _, c := range children {
				b, _ := os.ReadFile("/proc/" + c + "/status")
				_, list, _ := strings.Cut(string(b), "Cpus_allowed_list:")
				list, _, _ = strings.Cut(list, "\n")
				cpus = append(cpus, strings.TrimSpace(list))
			}
			slices.Sort(cpus)
			if cpus = slices.Compact(cpus); len(cpus) != want || strings.ContainsAny(strings.Join(cpus, ""), "-,") {
				t.Errorf("%s: processes run on %q, want %d processors", pin, cpus, want)
			}
		}
		runBench(t, t.Context(), cfg)
		if !looked {
			t.Error("nothing was measured")
		}
	}
}

func childrenOf(pid string) (list []string) {
	files, _ := filepath.Glob("/proc/" + pid + "/task/*/children")
	for _, f := range files {
		b, _ := os.ReadFile(f)
		list = append(list, strings.Fields(string(b))...)
	}
	return list
}
