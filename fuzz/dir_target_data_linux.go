package fuzz

import "errors"

// CheckData is Check for a program on one file (see [DecodeData]), which it
// compares with a slice of bytes: it needs no tmpfs. ways chooses how each
// operation reads and writes: 0 for read(2) and write(2) only, any other number
// for a mix of them, of a shared mapping, O_DIRECT and copy_file_range(2).
//
// The filesystem must have room for 8 MiB.
func (t *Target) CheckData(p Program, ways uint8) error {
	return t.check(p, func(p Program) (*Finding, error) { return t.compareData(p, ways) })
}

func (t *Target) compareData(p Program, ways uint8) (*Finding, error) {
	if !onOneFile(p) {
		return nil, nil
	}
	in, _, err := t.place(p)
	if err != nil {
		return nil, err
	}
	o := runOptions{OneFile: true, Access: uint64(ways) * 0x9e3779b97f4a7c15, Alone: t.limits}
	for k := range p.Ops {
		op := &p.Ops[k]
		// Where the kernel answers by itself.
		tooFar := max(op.Offset, op.NewOffset, op.Size) > 1<<62 || op.Kind == CopyRange && min(op.Offset, op.NewOffset, op.Size) < 0
		o.Skip = append(o.Skip, tooFar || !op.fits() || t.leftOut(op, p.Ops[:k]))
	}
	want := t.flatAnswers(p, o.Skip)
	last := len(p.Ops)
	p.Ops = append(p.Ops[:last:last], t.flat.reads()...)
	for k := range p.Ops[last:] {
		want.Ops = append(want.Ops, t.flat.answer(&p.Ops[last+k]))
	}
	got, err := t.runIn(&t.got, in, p, o)
	if errors.Is(err, errHung) {
		return differ("hang", "%v", err), nil
	}
	if err != nil {
		return nil, err
	}
	for k, a := range got.Ops[1:last] {
		if t.learns(&p.Ops[k+1], a, want.Ops[k+1]) {
			p.Ops = p.Ops[:last]
			return t.compareData(p, ways)
		}
		if t.meetsLimit(a) {
			return nil, nil
		}
	}
	f := Compare(p, got, want, t.notOfData)
	if f != nil {
		for _, a := range got.Ops {
			f.Remarks = append(f.Remarks, a.String())
		}
		if f.Op > last {
			f.Op, f.Remarks = 0, f.Remarks[:last]
		}
	}
	return f, nil
}

// notOfData reports whether a difference is in what a slice of bytes has not.
func (t *Target) notOfData(d *Difference) bool {
	if !t.limits && OwnChoice(d) {
		return true
	}
	switch d.Key {
	case keyErrno, "count", keyData, keySize, keyOffset, keyBehind:
		return d.Number <= 1
	case keyHoles, keyLeft:
		return false
	}
	return true
}

// flatAnswers returns what a file that is a slice of bytes would answer.
func (t *Target) flatAnswers(p Program, skip []bool) *Results {
	t.flat.reset(1 << 20)
	want := &Results{Ops: []Answer{nil}}
	for k := range p.Ops[1:] {
		var a Answer
		if skip[k+1] {
			a = Answer{{keySkipped, "left out"}}
		} else {
			a = t.flat.answer(&p.Ops[k+1])
		}
		want.Ops = append(want.Ops, a)
	}
	return want
}
