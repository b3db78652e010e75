package fuzz

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// dataMix are the operations of FuzzData, by weight.
var dataMix = []Op{
	{Kind: Write}, {Kind: Write}, {Kind: Write}, {Kind: Write}, {Kind: Write},
	{Kind: Read}, {Kind: Read},
	{Kind: CopyRange}, {Kind: CopyRange},
	{Kind: Seek, Flags: seekData}, {Kind: Seek, Flags: seekHole},
	{Kind: SetAttr, Set: SetSize}, {Kind: SetAttr, Set: SetSize},
	{Kind: Fallocate, Flags: punchHole | keepSize}, {Kind: Fallocate, Flags: punchHole | keepSize},
	{Kind: Fallocate}, {Kind: Fallocate, Flags: keepSize},
	{Kind: Fallocate, Flags: zeroRange}, {Kind: Fallocate, Flags: zeroRange | keepSize},
}

// DecodeData makes a program on one file of any bytes. The first chooses the
// limits, and whether the second leaf comes in; then each operation takes mostly
// five: one for its kind, and two each for the offset and the size.
func DecodeData(data []byte) Program {
	d := decoder{newScope(), data}
	first := d.byte()
	p := Program{
		Limits: limitsTable[int(first)%len(limitsTable)],
		Ops:    []Op{dataFile},
	}
	leaf := first >= 0xc0
	for len(d.data) > 0 && len(p.Ops) < opsMax {
		o := dataMix[int(d.byte())%len(dataMix)]
		o.Inode = 1
		if o.Kind == CopyRange {
			o.NewDir, o.NewOffset = 1, d.position(leaf)
		}
		if o.Kind != SetAttr {
			o.Offset = d.position(leaf)
		}
		if o.Kind != Seek {
			o.Size = d.position(leaf && o.Kind == SetAttr)
		}
		if o.Kind == Write {
			o.Fill = uint8(len(p.Ops))
		}
		p.Ops = append(p.Ops, o)
	}
	return p
}

// dataFile makes the file.
var dataFile = Op{Kind: Mknod, Name: "a", Mode: typeRegular | 0o644}

// EncodeData is the inverse of DecodeData; what a program says of Fill is lost.
func EncodeData(p Program) ([]byte, error) {
	limits := slices.Index(limitsTable, p.Limits)
	if limits < 0 || !onOneFile(p) || len(p.Ops) > opsMax {
		return nil, errors.New("fuzz: no bytes for FuzzData stand for the program")
	}
	e := encoder{nil, []byte{byte(limits)}}
	for _, o := range p.Ops[1:] {
		kind := slices.IndexFunc(dataMix, func(m Op) bool { return m.Kind == o.Kind && m.Flags == o.Flags })
		if kind < 0 {
			return nil, fmt.Errorf("fuzz: no bytes for FuzzData stand for %v", o)
		}
		e.put(byte(kind))
		if o.Kind == CopyRange {
			e.position(o.NewOffset)
		}
		if o.Kind != SetAttr {
			e.position(o.Offset)
		}
		if o.Kind != Seek {
			e.position(o.Size)
		}
	}
	return e.data, nil
}

// position draws an offset or a size: anywhere in 16 KiB, close to the start of
// a block or, with leaf, of one around the end of the first leaf, small, from the
// table, or escaped.
func (d *decoder) position(leaf bool) int64 {
	b := d.byte()
	if b >= escape {
		var raw [8]byte
		copy(raw[:], d.bytes(len(raw)))
		return int64(binary.LittleEndian.Uint64(raw[:]))
	}
	c := int64(d.byte())
	switch {
	case b < 0x40:
		return int64(b)<<8 | c
	case b < 0x90 || b < 0xd0 && !leaf:
		return int64(b%8)*blockSize + c - 128
	case b < 0xd0:
		return leafSize + (int64(b%8)-4)*blockSize + c - 128
	case b < 0xe8 || !leaf:
		return c
	}
	return positions[int(c)%len(positions)]
}

func (e *encoder) position(v int64) {
	if v >= 0 && v < 0x40<<8 {
		e.put(byte(v>>8), byte(v))
		return
	}
	e.put(escape)
	e.put(binary.LittleEndian.AppendUint64(nil, uint64(v))...)
}

// onOneFile reports whether the slice model can run a program.
func onOneFile(p Program) bool {
	if len(p.Ops) == 0 || p.Ops[0].Kind != Mknod || p.Ops[0].Inode != Root || checkName(p.Ops[0].Name) != 0 || p.Ops[0].Mode&typeMask != typeRegular {
		return false
	}
	for _, o := range p.Ops[1:] {
		switch {
		case o.Inode < 1:
			return false
		case o.Kind == SetAttr && o.Set == SetSize:
		case o.Kind == Seek && o.Flags != seekData && o.Flags != seekHole:
			return false
		case o.Kind == CopyRange && o.NewDir < 1:
			return false
		case o.Kind == Read, o.Kind == Write, o.Kind == CopyRange, o.Kind == Seek, o.Kind == Fallocate:
		default:
			return false
		}
	}
	return true
}
