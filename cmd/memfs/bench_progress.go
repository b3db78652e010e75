package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/scratchfs/memfs/bench"
)

// A progressLine shows how far a run is: on a terminal a line that changes,
// elsewhere a line for each step.
type progressLine struct {
	out      *os.File
	terminal bool
	step     string
	shown    time.Time
}

func newProgressLine(out *os.File) *progressLine {
	st, err := out.Stat()
	return &progressLine{out: out, terminal: err == nil && st.Mode()&os.ModeCharDevice != 0}
}

const (
	lineWidth   = 79
	eraseLine   = "\r\x1b[K"
	changeEvery = 100 * time.Millisecond
)

func (l *progressLine) show(p bench.Progress) {
	said := p.Step
	if p.Left > 0 {
		said += ", " + p.Left.Round(time.Second).String() + " left"
	}
	if !l.terminal {
		if p.Step != l.step {
			fmt.Fprintln(l.out, "memfs:", said)
		}
		l.step = p.Step
		return
	}
	if p.Step == l.step && time.Since(l.shown) < changeEvery {
		return
	}
	l.step, l.shown = p.Step, time.Now()
	if p.Done > 0 {
		said = fmt.Sprintf("%3.0f %%  %s", 100*p.Done, said)
	}
	if p.Target != "" {
		said += ": " + p.Workload + " on " + p.Target
	}
	said = strings.ToValidUTF8(said[:min(len(said), lineWidth)], "")
	fmt.Fprint(l.out, eraseLine, said)
}

// clear makes room for what comes after.
func (l *progressLine) clear() {
	if l.terminal {
		fmt.Fprint(l.out, eraseLine)
	}
}
