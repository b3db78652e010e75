package fuzz

import (
	"fmt"
	"strings"
	"time"
)

// Shrink returns the smallest program that it comes to from p, within about the
// time given, for which check still finds what f found. It also returns the
// finding in it.
func Shrink(p Program, f *Finding, check func(Program) *Finding, d time.Duration) (Program, *Finding) {
	s := shrinker{best: p, finding: f, check: check, deadline: time.Now().Add(d)}
	if f.Op > 0 {
		s.try(p.remove(f.Op, len(p.Ops)))
	}
	for s.round() {
	}
	return s.best, s.finding
}

type shrinker struct {
	best     Program
	finding  *Finding
	check    func(Program) *Finding
	deadline time.Time
}

func (s *shrinker) late() bool { return time.Now().After(s.deadline) }

// try takes the program for the best one if the finding is still there.
func (s *shrinker) try(p Program) bool {
	if s.late() {
		return false
	}
	f := s.check(p)
	if f == nil || f.Check != s.finding.Check {
		return false
	}
	s.best, s.finding = p, f
	return true
}

// round goes through all there is to try, and reports whether any of it helped.
func (s *shrinker) round() (smaller bool) {
	// Operations, many at once first, from the last on: what nothing refers to
	// goes before what it refers to.
	for n := len(s.best.Ops); n > 0; n /= 2 {
		for end := len(s.best.Ops); end > 0; end -= n {
			end = min(end, len(s.best.Ops))
			if first := max(end-n, 0); s.try(s.best.remove(first, end)) {
				smaller = true
			}
		}
	}
	for k := range s.best.Ops {
		for _, f := range syntax[s.best.Ops[k].Kind].fields {
			f.simpler(s.best.Ops[k], func(o Op) bool {
				ops := append([]Op(nil), s.best.Ops...)
				ops[k] = o
				if !s.try(Program{s.best.Limits, ops}) {
					return true
				}
				smaller = true
				return false
			})
		}
	}
	for _, l := range limitsTable { // the first that does
		if l == s.best.Limits {
			break
		}
		if s.try(Program{l, s.best.Ops}) {
			return true
		}
	}
	return smaller && !s.late()
}

// Report is what a test prints of a finding: the trace, what is wrong at its
// end, and how to run it again.
func Report(p Program, f *Finding) string {
	return annotate(p, f) + "\nSave the trace as FILE and run it again: go test ./fuzz -v -run TestReplay -replay FILE"
}

// annotate returns what is wrong, and the trace up to there.
func annotate(p Program, f *Finding) string {
	if n := f.Op; n > 0 { // and the operations behind it did not run
		p.Ops = p.Ops[:min(n, len(p.Ops))]
		if n > len(f.Remarks) {
			f.Remarks = append(f.Remarks, make([]string, n-len(f.Remarks))...)
		}
		f.Remarks[n-1] = f.Check + ": " + strings.SplitN(f.Message, "\n", 2)[0]
	}
	return fmt.Sprintf("%v\n\n%s", f, p.annotated(f.Remarks))
}
