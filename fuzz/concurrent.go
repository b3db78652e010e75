package fuzz

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/scratchfs/memfs/inode"
)

// threadsMax is how many threads a program may have.
const threadsMax = 4

// concurrent reports whether the program has threads.
func (p Program) concurrent() bool {
	return slices.ContainsFunc(p.Ops, func(o Op) bool { return o.Thread > 0 })
}

// RunConcurrent runs the operations of a program that have no thread, as Run
// does, and then the threads side by side. It finds out whether there is an order
// of the operations, each somewhere between its call and its return, in which the
// model gives all the results that the store gave (linearizability), and ends in
// the state in which the store is.
//
// With the build tag perturb the threads yield the processor at lock points that
// seed chooses.
func (r *Runner) RunConcurrent(p Program, seed uint64) *Finding {
	store, err := r.subject(p.Limits)
	if err != nil {
		return differ("limits", "%v", err)
	}
	x := &execution{Runner: r, store: store}
	defer r.watch(p)()
	f := x.runConcurrent(p, seed)
	if f != nil {
		r.discard(p.Limits, f)
	}
	return f
}

func (x *execution) runConcurrent(p Program, seed uint64) (f *Finding) {
	defer func() {
		if v := recover(); v != nil {
			f = panicked(v)
		}
	}()
	first := slices.IndexFunc(p.Ops, func(o Op) bool { return o.Thread > 0 })
	if f := x.begin(p, first); f != nil {
		return f
	}
	h, f := x.runThreads(p, first, seed)
	if f == nil {
		f = x.explain(h)
	}
	if f != nil {
		f.Remarks = h.remarks(len(p.Ops))
	}
	return f
}

// begin runs the first operations, which have no thread.
func (x *execution) begin(p Program, first int) *Finding {
	if f := x.learnCookies(p); f != nil {
		return f
	}
	if f := x.start(p.Limits); f != nil {
		return f
	}
	for k := range first {
		if f := x.step(&p.Ops[k]); f != nil {
			f.Op = k + 1
			return f
		}
	}
	x.tick() // what the threads change is later than what was there before
	return nil
}

// history is what the threads of a program did.
type history struct {
	calls []*call // of all threads
	// The attributes of all inodes, when the threads were done.
	end call
}

// runThreads runs the operations behind the first ones of a program.
func (x *execution) runThreads(p Program, first int, seed uint64) (history, *Finding) {
	var threads [threadsMax]*thread
	for k := first; k < len(p.Ops); k++ {
		at := &threads[max(p.Ops[k].Thread, 1)-1]
		if *at == nil {
			*at = x.newThread(len(p.Ops))
		}
		(*at).calls = append((*at).calls, call{op: &p.Ops[k], number: k + 1})
	}
	begin, done, running := make(chan struct{}), make(chan *Finding, threadsMax), 0
	for _, t := range threads {
		if t != nil {
			running++
			go func() {
				<-begin
				done <- t.run()
			}()
		}
	}
	// Nothing below may synchronize the threads, or races would be hidden.
	start := time.Now()
	for _, t := range threads {
		if t != nil {
			t.start = start
		}
	}
	perturb(seed)
	close(begin)
	var f *Finding
	for ; running > 0 && f == nil; running-- { // after a panic the others may hang
		f = <-done
	}
	perturb(0)
	if f != nil {
		return history{}, f
	}
	var h history
	for _, t := range threads {
		if t != nil {
			for k := range t.calls {
				h.calls = append(h.calls, &t.calls[k])
			}
		}
	}
	h.end = call{began: int64(time.Since(start)), returned: math.MaxInt64, attrs: x.attributes(h.calls)}
	return h, nil
}

// attributes returns the attributes of all inodes that there are.
func (x *execution) attributes(calls []*call) map[inode.ID]inode.Attr {
	all := map[inode.ID]inode.Attr{}
	look := func(id inode.ID) {
		if a, errno := x.store.GetAttr(id); errno == 0 {
			all[id] = a
		}
	}
	for id := range x.model.byID {
		look(inode.ID(id))
	}
	for _, c := range calls {
		for _, id := range c.given() {
			look(id)
		}
	}
	return all
}

// explain looks for an order that explains a history, and leaves the store
// empty.
func (x *execution) explain(h history) *Finding {
	if err := x.store.CheckInvariants(); err != nil {
		return differ("invariant", "%v", err)
	}
	h.contend()
	parts := x.divide(h)
	for _, part := range parts {
		s := specification{x: x, initial: part.model}
		operations := make([]porcupine.Operation, 0, len(part.calls)+1)
		for _, c := range append(part.calls, &part.end) {
			operations = append(operations, porcupine.Operation{Input: c, Call: c.began, Return: c.returned})
		}
		if !porcupine.CheckOperations(s.model(), operations) {
			return differ("linearizability", "no order of the operations explains what they returned, and what is there at the end%s", s.difference())
		}
		part.final = s.final
	}
	return x.clearConcurrent(parts)
}

// remarks has what each operation of a program returned, and when.
func (h history) remarks(ops int) []string {
	all := make([]string, ops)
	for _, c := range h.calls {
		all[c.number-1] = fmt.Sprintf("%5d to %5d ns: %s", c.began, c.returned, strings.TrimSpace(c.String()))
	}
	return all
}
