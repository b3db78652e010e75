package fuzz

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// opsMax is the number of operations in the longest program.
const opsMax = 100

// mix has each Kind as often as its weight says.
var mix = func() (m []Kind) {
	for k, v := range syntax {
		m = append(m, slices.Repeat([]Kind{Kind(k)}, v.weight)...)
	}
	return m
}()

// decoder draws a program from bytes. Behind their end there are zeros.
type decoder struct {
	*scope
	data []byte
}

func (d *decoder) byte() byte {
	if len(d.data) == 0 {
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *decoder) bytes(n int) []byte {
	b := d.data[:min(n, len(d.data))]
	d.data = d.data[len(b):]
	return b
}

// Decode makes a program of any bytes: the first chooses the limits, the second
// the first few operations, so that the others find something; and then each
// operation takes one for its kind and mostly one for each of its fields.
func Decode(data []byte) Program {
	d := decoder{newScope(), data}
	p := Program{Limits: limitsTable[int(d.byte())%len(limitsTable)]}
	p.Ops = make([]Op, 0, min(opsMax, len(data)/5+8))
	p.Ops = append(p.Ops, beginnings[int(d.byte())%len(beginnings)]...)
	for k := range p.Ops {
		d.add(&p.Ops[k])
	}
	for len(d.data) > 0 && len(p.Ops) < opsMax {
		p.Ops = append(p.Ops, Op{Kind: mix[int(d.byte())%len(mix)]})
		o := &p.Ops[len(p.Ops)-1]
		for _, f := range syntax[o.Kind].fields {
			f.decode(&d, o)
		}
		d.add(o)
	}
	return p
}

// encoder is the inverse of decoder.
type encoder struct {
	*scope
	data []byte
}

func (e *encoder) put(b ...byte) { e.data = append(e.data, b...) }

// Encode returns bytes that Decode makes the program of. It fails if the limits
// are none that can be decoded, or if there are too many operations.
func Encode(p Program) ([]byte, error) {
	limits := slices.Index(limitsTable, p.Limits)
	switch {
	case limits < 0:
		return nil, fmt.Errorf("fuzz: no bytes stand for the limits %+v", p.Limits)
	case len(p.Ops) > opsMax:
		return nil, fmt.Errorf("fuzz: %d operations: %d can be encoded", len(p.Ops), opsMax)
	}
	e := encoder{newScope(), []byte{byte(limits), 0}}
	for k := range p.Ops {
		o := &p.Ops[k]
		e.put(byte(slices.Index(mix, o.Kind)))
		for _, f := range syntax[o.Kind].fields {
			f.encode(&e, o)
		}
		e.add(o)
	}
	return e.data, nil
}

// The first byte of a reference: back in the list of inodes that fit, the root,
// back in the list of all operations, or escaped.
const (
	refRoot    = 0x80
	refAny     = 0xd0
	refNowhere = escape
	refRaw     = escape + 8
)

func (f ref) decode(d *decoder, o *Op) {
	made, b, r := d.made[f.want], int(d.byte()), f.at(o)
	switch {
	case b < refRoot && len(made) > 0:
		*r = made[len(made)-1-b%len(made)]
	case b < refAny && f.want <= directories:
		*r = Root
	case b < refNowhere && d.ops > 0:
		*r = Ref(d.ops - b%d.ops)
	case b < refNowhere:
		*r = Root
	case b < refRaw:
		*r = Nowhere
	default:
		*r = Ref(int(d.byte()) % (d.ops + 1))
	}
}

func (f ref) encode(e *encoder, o *Op) {
	made, r := e.made[f.want], *f.at(o)
	if r == Nowhere {
		e.put(refNowhere)
	} else if at := slices.Index(made, r); at >= 0 && len(made)-1-at < refRoot {
		e.put(byte(len(made) - 1 - at))
	} else {
		e.put(refRaw, byte(r))
	}
}

func (f entry) decode(d *decoder, o *Op) {
	b := int(d.byte())
	if b < escape && len(d.names) > 0 {
		at := d.names[len(d.names)-1-b%len(d.names)]
		*f.dir.at(o), *f.name.at(o) = at.dir, at.name
		return
	}
	f.dir.decode(d, o)
	f.name.decode(d, o)
}

func (f entry) encode(e *encoder, o *Op) {
	at := slices.Index(e.names, place{*f.dir.at(o), *f.name.at(o)})
	if at >= 0 {
		e.put(byte(len(e.names) - 1 - at))
		return
	}
	e.put(escape)
	f.dir.encode(e, o)
	f.name.encode(e, o)
}

func (f text) decode(d *decoder, o *Op) {
	b := d.byte()
	if b < escape {
		*f.at(o) = f.values[int(b)%len(f.values)]
		return
	}
	// A byte a bit longer than it need be, so that no length is out of bounds.
	n := int(d.byte()) | int(d.byte()&0x1f)<<8
	*f.at(o) = string(d.bytes(n))
}

func (f text) encode(e *encoder, o *Op) {
	s := *f.at(o)
	if at := slices.Index(f.values, s); at >= 0 {
		e.put(byte(at))
		return
	}
	e.put(escape, byte(len(s)), byte(len(s)>>8))
	e.put([]byte(s)...)
}

func (f number[T]) decode(d *decoder, o *Op) {
	b := d.byte()
	if b < escape {
		*f.at(o) = f.values[int(b)%len(f.values)]
		return
	}
	var raw [8]byte
	copy(raw[:], d.bytes(f.size()))
	*f.at(o) = T(binary.LittleEndian.Uint64(raw[:]))
}

func (f number[T]) encode(e *encoder, o *Op) {
	v := *f.at(o)
	if at := slices.Index(f.values, v); at >= 0 {
		e.put(byte(at))
		return
	}
	e.put(escape)
	e.put(binary.LittleEndian.AppendUint64(nil, uint64(v))[:f.size()]...)
}

// size returns the size of a value in bytes.
func (f number[T]) size() int { return binary.Size(T(0)) }
