package fuzz

import (
	"fmt"
	"math"
	"runtime/debug"
	"time"

	"github.com/scratchfs/memfs/inode"
)

// rootMode holds the permissions of the root directory.
const rootMode = 0o1777

// Finding is a difference between the store and what it should be.
type Finding struct {
	Op      int    // number of the operation, counted from 1; 0 for the end
	Check   string // what differs: findings that differ in it are others
	Message string
	Remarks []string // the result of each operation before
}

func (f *Finding) Error() string {
	if f.Op == 0 {
		return fmt.Sprintf("at the end: %s: %s", f.Check, f.Message)
	}
	return fmt.Sprintf("operation %d: %s: %s", f.Op, f.Check, f.Message)
}

// differ returns a Finding whose operation is not known yet.
func differ(check, format string, args ...any) *Finding {
	return &Finding{Check: check, Message: fmt.Sprintf(format, args...)}
}

// Runner runs programs on stores that it keeps from one program to the next. A
// store takes long to make, and one with a past finds more: the memory of a new
// one is zero.
//
// A Runner must not be used concurrently.
type Runner struct {
	// Invariants has the invariants of the store checked after each operation,
	// and not only at the end.
	Invariants bool
	// Remarks has the result of each operation noted in a Finding.
	Remarks bool
	// Timeout is how long a program may take: then the process ends with a panic
	// that has the trace. 0 for no limit.
	Timeout time.Duration

	subjects map[Limits]subject

	// Buffers that are used again.
	src, dst, want []byte
	listed         []inode.Dirent
	entries        []inode.Entry
	ids            []inode.ID
	flat           flatFile
}

// Close gives back the stores.
func (r *Runner) Close() {
	for l, t := range r.subjects {
		t.Close()
		delete(r.subjects, l)
	}
}

// Run runs a program on the store and on the model, and compares.
func (r *Runner) Run(p Program) *Finding {
	f, _ := r.run(p)
	return f
}

// run is Run. It also returns the result of each operation, if r.Remarks is set.
func (r *Runner) run(p Program) (*Finding, []string) {
	store, err := r.subject(p.Limits)
	if err != nil {
		return differ("limits", "%v", err), nil
	}
	x := execution{Runner: r, store: store}
	defer r.watch(p)()
	f := x.run(p)
	if f != nil {
		r.discard(p.Limits, f)
	}
	return f, x.remarks
}

// watch begins to watch the time that a program takes, until stop is called.
func (r *Runner) watch(p Program) (stop func() bool) {
	if r.Timeout == 0 {
		return func() bool { return true }
	}
	return time.AfterFunc(r.Timeout, func() { panic("fuzz: hung:\n" + p.String()) }).Stop
}

// execution is one run of a program.
type execution struct {
	*Runner
	store   subject
	model   *model
	remarks []string
	ended   bool // the operations are done
}

func (x *execution) run(p Program) (f *Finding) {
	number := 0
	defer func() {
		if v := recover(); v != nil {
			f = panicked(v)
		}
		if f != nil {
			f.Op, f.Remarks = number, x.remarks
		}
	}()
	if f := x.start(p.Limits); f != nil {
		return f
	}
	for k := range p.Ops {
		number = k + 1
		if f := x.step(&p.Ops[k]); f != nil {
			return f
		}
		if x.Invariants {
			if err := x.store.CheckInvariants(); err != nil {
				return differ("invariant", "%v", err)
			}
		}
	}
	number, x.ended = 0, true
	return x.end()
}

// panicCheck is the Check of a Finding that is a panic.
const panicCheck = "panic"

func panicked(v any) *Finding { return differ(panicCheck, "%v\n%s", v, debug.Stack()) }

// start makes a model of the store, which is empty.
func (x *execution) start(l Limits) *Finding {
	x.ids = x.ids[:0]
	x.model = newModel(l)
	root := x.model.root
	root.atime, root.mtime = exactly(1), exactly(1)
	past := stamp{math.MinInt64, math.MaxInt64}
	root.ctime, root.btime = past, past
	f := x.checkAttr(root)
	x.model.clock = root.ctime.from // nothing has happened since
	return f
}

// nameOf returns what a trace calls an inode.
func (x *execution) nameOf(n *node) string {
	for k, id := range x.ids {
		if uint64(id) == n.id {
			return fmt.Sprintf("#%d", k+1)
		}
	}
	if n == x.model.root {
		return "root"
	}
	return fmt.Sprintf("inode %d", n.id)
}

// id returns the number of the inode that a reference is to.
func (x *execution) id(r Ref) inode.ID {
	if r == Nowhere {
		return 1 << 62
	}
	for k := min(int(r), len(x.ids)); k > 0; k-- {
		if id := x.ids[k-1]; id != 0 {
			return id
		}
	}
	return inode.RootID
}
