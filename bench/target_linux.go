package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/nearest"
	"github.com/scratchfs/memfs/memfs"
)

// A target is something to measure. One of mount, dir, in, peer and store is set.
// With wire, mount is given a socket in place of a directory.
type target struct {
	name    string
	what    string
	options string

	mount  mounter
	dir    string // that the user has mounted
	in     string // a directory of its own is made here, and nothing mounted
	store  bool
	wire   bool
	kernel bool // the kernel serves it: there is no server to be measured

	noData   bool // files do not keep their contents
	observed bool // the server can tell of its requests
	more     bool // not in a quick run, unless asked for
	asked    bool // not at all, unless asked for

	loop memfs.Loop // of memfs on one

	// Of a peer: its folder in the module of peers, the module that it is made
	// of, and its program once that is built.
	peer, module, program string

	missing string // why it is not to be had on this machine
}

// targets are those that have names.
var targets = append([]target{
	{name: "tmpfs", what: "tmpfs of this kernel", mount: mountTmpfs, kernel: true},
	loopTarget("memfs", memfs.LoopAuto),
	loopTarget("memfs-workers", memfs.LoopWorkers),
	more(loopTarget("memfs-uring", memfs.LoopURing)),
	more(loopTarget("memfs-clone", memfs.LoopClone)),
	asked(loopTarget("memfs-dev", memfs.LoopDev)),
	asked(loopTarget("memfs-serial", memfs.LoopSerial)),
	asked(loopTarget("memfs-goroutine", memfs.LoopGoroutine)),
	{name: "null", what: "memfs that does not touch data: the cost of the path alone", loop: memfs.LoopAuto, noData: true, observed: true,
		mount: mountMemfs(memfs.Options{NoData: true})},
	{name: "wire", what: "memfs at the other end of a socket: no kernel, one request at a time", loop: memfs.LoopDev, wire: true,
		mount: mountMemfs(memfs.Options{Loop: memfs.LoopDev})},
	{name: "store", what: "the store of memfs in the process of the client: no kernel, no requests", store: true},
}, peers...)

// loopTarget is memfs on a loop; a further loop is one entry more.
func loopTarget(name string, loop memfs.Loop) target {
	return target{
		name: name, what: "memfs", loop: loop, observed: true,
		mount: mountMemfs(memfs.Options{Loop: loop}),
	}
}

func more(t target) target {
	t.more = true
	return t
}

func asked(t target) target {
	t.asked = true
	return t
}

// defaultTargets are those of a run that names none. The loop that memfs has
// anyway is not measured twice.
func defaultTargets(quick bool) (list []target) {
	best, _ := memfs.BestLoop()
	for _, t := range targets {
		again := t.loop == best && !t.wire
		if !t.asked && !again && !(quick && t.more) {
			list = append(list, t)
		}
	}
	return list
}

func findTarget(name string) *target {
	for i := range targets {
		if targets[i].name == name {
			return &targets[i]
		}
	}
	return nil
}

// parseTarget returns the target that a word of Config.Targets names.
func parseTarget(word string) (target, error) {
	name, dir, isDir := strings.Cut(word, "=")
	switch {
	case !isDir:
		if t := findTarget(word); t != nil {
			return *t, nil
		}
		return target{}, unknown("target", word, TargetNames())
	case name == "" || dir == "" || strings.ContainsAny(name, " \t\n/:"):
		return target{}, configError("target %q: want NAME=DIR", word)
	case findTarget(name) != nil:
		return target{}, configError("target %q: %s is a target already, take another name", word, name)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return target{}, err
	}
	return target{name: name, what: "the directory " + abs, dir: abs}, nil
}

// unknown is the error for a word that is not among those known.
func unknown(what, word string, known []string) error {
	if near := nearest.Word(word, known); near != "" {
		return configError("unknown %s %q, did you mean %s?", what, word, near)
	}
	return configError("unknown %s %q", what, word)
}

// describe adds to a target what can be known of it only here.
func (t *target) describe() {
	var fs unix.Statfs_t
	switch {
	case t.loop != "":
		t.options = "loop=" + string(t.loop)
		best, why := memfs.BestLoop()
		switch {
		case t.loop == memfs.LoopAuto:
			t.options += ", here " + string(best)
		case t.loop == memfs.LoopURing && why != nil:
			t.missing = why.Error()
		}
	case t.name == "tmpfs":
		if os.Geteuid() == 0 {
			return
		}
		t.mount, t.in, t.what = nil, shm, "tmpfs of this kernel, in "+shm
		if unix.Statfs(shm, &fs) != nil || fs.Type != unix.TMPFS_MAGIC {
			t.missing = "only root can mount it, and there is none in " + shm
		}
	case t.dir != "":
		table, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil {
			return
		}
		longest := ""
		for line := range strings.Lines(string(table)) {
			mount, super, _ := strings.Cut(strings.TrimSpace(line), " - ")
			f, s := strings.Fields(mount), strings.Fields(super)
			if len(f) < 6 || len(s) < 3 {
				continue
			}
			at := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(f[4])
			if len(at) >= len(longest) && (t.dir == at || at == "/" || strings.HasPrefix(t.dir, at+"/")) {
				longest = at
				t.what = fmt.Sprintf("%s, mounted on %s", s[0], at)
				t.options = f[5] + " " + s[2]
			}
		}
	}
}

// shm is where an ordinary user finds a tmpfs.
const shm = "/dev/shm"
