package fuzz

import (
	"bytes"
	"fmt"
	"time"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// shrinkWire returns the smallest program that it comes to from p, within about
// the time given, for which check finds what f found, and the finding in it.
func shrinkWire(p wireProgram, f *Finding, check func(*wireProgram) *Finding, d time.Duration) (wireProgram, *Finding) {
	late := time.Now().Add(d)
	try := func(frames []wireFrame) bool {
		if time.Now().After(late) {
			return false
		}
		next := wireProgram{p.loop, frames}
		g := check(&next)
		if g == nil || g.Check != f.Check {
			return false
		}
		p, f = next, g
		return true
	}
	for again := true; again; {
		again = false
		for n := len(p.frames); n > 0; n /= 2 {
			for end := len(p.frames); end > 0; end -= n {
				end = min(end, len(p.frames))
				if try(p.remove(max(end-n, 0), end)) {
					again = true
				}
			}
		}
		for k := range p.frames {
			if f := p.frames[k]; f.plain() {
				frames := append([]wireFrame(nil), p.frames...)
				frames[k] = f
				again = try(frames) || again
			}
			if p.frames[k].joined {
				frames := append([]wireFrame(nil), p.frames...)
				frames[k].joined = false
				again = try(frames) || again
			}
		}
	}
	return p, f
}

// plain makes what is written one byte again and again, which is short in text
// form. It reports whether it was not.
func (f *wireFrame) plain() bool {
	at := f.op.Body()
	if at >= len(f.body) || f.op != fuseclient.Write && f.op != fuseclient.Setxattr {
		return false
	}
	if f.op == fuseclient.Setxattr {
		at += bytes.IndexByte(f.body[at:], 0) + 1
	}
	old := f.body
	f.body = append(old[:at:at], bytes.Repeat([]byte{'x'}, len(old)-at)...)
	return !bytes.Equal(f.body, old)
}

// remove returns the messages but those from first up to end, with references as
// in Program.remove.
func (p *wireProgram) remove(first, end int) []wireFrame {
	move := func(r Ref) Ref {
		switch {
		case int(r) <= first:
			return r
		case int(r) <= end:
			return Ref(first)
		}
		return r - Ref(end-first)
	}
	frames := make([]wireFrame, 0, len(p.frames)-(end-first))
	for k, f := range p.frames {
		if k >= first && k < end {
			continue
		}
		f.node = move(f.node)
		f.refs = append([]wireRef(nil), f.refs...)
		for k := range f.refs {
			f.refs[k].to = move(f.refs[k].to)
		}
		frames = append(frames, f)
	}
	return frames
}

// reportWire is what a test prints of a finding.
func reportWire(p *wireProgram, f *Finding, loop string) string {
	where := "after the last message"
	if f.Op > 0 {
		where = fmt.Sprintf("message %d", f.Op)
	}
	return fmt.Sprintf("loop %s: %s: %s: %s\n\n%v\nSave the messages as FILE and send them again: go test ./fuzz -v -run TestWireSeeds -wire FILE", loop, where, f.Check, f.Message, p)
}
