package fuzz

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// Each message begins with a byte that says how it is made of what follows:
//
//	0..127    an operation of a Program
//	128..159  a request that no operation stands for
//	160..199  an operation or such a request, changed in a way that no kernel would
//	200..239  any opcode, node and body
//	240..255  any bytes
//
// An odd one need not wait for the replies to those ahead.
const (
	wireOp      = 0
	wireOther   = 128
	wireMutated = 160
	wireAny     = 200
	wireRaw     = 240
)

// wireFramesMax is the number of messages in the longest program, and
// wireBodyMax the length of a body that is not an operation's.
const (
	wireFramesMax = 60
	wireBodyMax   = 1 << 12
)

// decodeWire makes a program for one of the loops of any bytes. The first chooses
// the loop, the second the first few operations.
func decodeWire(data []byte, loops int) wireProgram {
	d := decoder{newScope(), data}
	p := wireProgram{loop: int(d.byte()) % loops}
	p.frames = make([]wireFrame, 0, len(data)/6+8)
	first := beginnings[int(d.byte())%len(beginnings)]
	for k := range first {
		p.frames = append(p.frames, wireOf(&first[k]))
		d.add(&first[k])
	}
	for len(d.data) > 0 && len(p.frames) < wireFramesMax {
		b := d.byte()
		var f wireFrame
		switch {
		case b < wireOther:
			f = d.wireOp()
		case b < wireMutated:
			f = d.wireOther()
		case b < wireAny:
			if b%8 < 6 {
				f = d.wireOp()
			} else {
				f = d.wireOther()
			}
			d.mutate(&f)
		case b < wireRaw:
			f = d.wireAny()
		default:
			f = wireFrame{raw: append([]byte{}, d.wireBody()...)}
			d.add(&Op{Kind: StatFS})
		}
		f.joined = b%2 == 1
		p.frames = append(p.frames, f)
	}
	return p
}

func (d *decoder) wireOp() wireFrame {
	o := Op{Kind: mix[int(d.byte())%len(mix)]}
	for _, f := range syntax[o.Kind].fields {
		f.decode(d, &o)
	}
	d.add(&o)
	return wireOf(&o)
}

// wireAny is a message with a header of the right length.
func (d *decoder) wireAny() wireFrame {
	var o Op
	b := d.byte()
	anyInode.decode(d, &o)
	f := wireFrame{op: fuseclient.Opcode(b), node: o.Inode}
	f.body = append(f.body, d.wireBody()...)
	if n := int(b) % 4; len(f.body) < f.op.Body() && n > 0 {
		f.body = append(f.body, make([]byte, f.op.Body()-len(f.body))...)
	}
	d.add(&Op{Kind: StatFS})
	return f
}

// wireBody is a few bytes mostly.
func (d *decoder) wireBody() []byte {
	b := int(d.byte())
	if b < escape {
		return d.bytes(b % 64)
	}
	return d.bytes((int(d.byte()) | int(d.byte())<<8) % wireBodyMax)
}

// mutate changes a message.
func (d *decoder) mutate(f *wireFrame) {
	how, b := d.byte(), int(d.byte())
	body := f.op.Body()
	switch how % 12 {
	case 0: // the length in the header
		f.excess = int32(int8(b))
	case 1:
		f.excess = wildNumbers32[b%len(wildNumbers32)]
	case 2: // cut off
		f.body = f.body[:b%(len(f.body)+1)]
	case 3: // without the NUL at the end
		f.body = f.body[:max(len(f.body)-1, 0)]
	case 4: // too long
		f.body = append(f.body, make([]byte, 1+b*b/8)...)
	case 5: // a NUL in the names, or without one
		for k := body; k < len(f.body); k++ {
			f.body[k] = 'x' * (byte(b) & 1)
		}
	case 6: // a byte
		if len(f.body) > 0 {
			f.body[int(d.byte())%len(f.body)] ^= byte(b) | 1
		}
	case 7: // a count, a size, a mask
		if n := body / 4; n > 0 {
			at := 4 * (b % n)
			if len(f.body) >= at+4 {
				binary.NativeEndian.PutUint32(f.body[at:], uint32(wildNumbers32[int(d.byte())%len(wildNumbers32)]))
			}
		}
	case 8: // an offset
		if n := body / 8; n > 0 {
			at := 8 * (b % n)
			if len(f.body) >= at+8 {
				binary.NativeEndian.PutUint64(f.body[at:], wildNumbers64[int(d.byte())%len(wildNumbers64)])
				f.refs = slices.DeleteFunc(f.refs, func(r wireRef) bool { return r.at == at })
			}
		}
	case 9: // the node
		f.node, f.wild = Nowhere, wildNumbers64[b%len(wildNumbers64)]
	case 10: // the unique
		f.again = true
	case 11: // another opcode for the same body
		f.op = fuseclient.Opcode(b % 64)
	}
	f.refs = slices.DeleteFunc(f.refs, func(r wireRef) bool { return r.at+8 > len(f.body) })
}

var wildNumbers32 = []int32{-1, 1 << 30, -1 << 31, 1<<31 - 1, 1, 0, 2, 1 << 20, 1<<20 + 1, 1 << 16, 1 << 24, 4096, 17, 100}

var wildNumbers64 = []uint64{1<<64 - 1, 0, 1, 2, 3, 1 << 63, 1<<63 - 1, 1 << 62, 1 << 32, 1<<32 - 1, 1 << 48, 1 << 40, 4096, 17}

// encodeWire returns bytes that decodeWire makes a program of with the operations
// of p.
func encodeWire(p Program, loop int) ([]byte, error) {
	if len(p.Ops) > wireFramesMax {
		return nil, fmt.Errorf("fuzz: %d operations: %d can be encoded", len(p.Ops), wireFramesMax)
	}
	e := encoder{newScope(), []byte{byte(loop), 0}}
	for k := range p.Ops {
		o := &p.Ops[k]
		e.put(wireOp, byte(slices.Index(mix, o.Kind)))
		for _, f := range syntax[o.Kind].fields {
			f.encode(&e, o)
		}
		e.add(o)
	}
	return e.data, nil
}

// encodeFrames is the same for messages, as far as bytes can say them: with the
// root in place of references.
func encodeFrames(frames []wireFrame, loop int) []byte {
	e := encoder{newScope(), []byte{byte(loop), 0}}
	for k := range frames {
		f := &frames[k]
		b, kind := f.raw, byte(wireRaw)
		if f.raw == nil && f.op < 256 && f.excess == 0 && f.node == Root {
			b, kind = f.body, wireAny
		} else if f.raw == nil {
			b = f.bytes(nil, uint64(2*k), func(wireRef) uint64 { return fuseclient.RootID })
		}
		if len(b) >= wireBodyMax {
			continue
		}
		if f.joined {
			kind++
		}
		e.put(kind)
		if kind < wireRaw {
			e.put(byte(f.op), refRoot)
		}
		e.put(escape, byte(len(b)), byte(len(b)>>8))
		e.put(b...)
	}
	return e.data
}

// bytes appends the message to b. resolve fills in what it refers to.
func (f *wireFrame) bytes(b []byte, unique uint64, resolve func(wireRef) uint64) []byte {
	if f.raw != nil {
		return append(b, f.raw...)
	}
	node := f.wild
	if f.node != Nowhere {
		node = resolve(wireRef{to: f.node})
	}
	b = fuseclient.Begin(b, f.op, unique, node)
	h := fuseclient.Header(b)
	h.UID, h.GID, h.PID = f.uid, f.gid, 1
	b = fuseclient.End(append(b, f.body...))
	fuseclient.Header(b).Len += uint32(f.excess)
	for _, r := range f.refs {
		binary.NativeEndian.PutUint64(b[fuseclient.InHeaderSize+r.at:], resolve(r))
	}
	return b
}
