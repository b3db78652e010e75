package fuzz

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// The text form of messages, a message a line:
//
//	1 MKNOD root u32=0100644 u32=0 u32=0 u32=0 "a\x00"
//	2 & LOOKUP root uid=1000 "a\x00"
//	3 FORGET #1 len=+8 u64=1
//	4 BATCH_FORGET 0 u32=0xffffffff u32=0
//	5 raw hex=2800
//
// The number, & if it is sent before the replies to those ahead have come, the
// opcode by name or as OP_99, the node: root, the one that an earlier message
// gave out, or a number. Then uid=, gid=, again (the unique of the message
// ahead) and len= (the header says that much more), and the body: numbers in the
// order of the machine, bytes in hexadecimal, strings. u64=#1 is a node id,
// u64=@#1 where the last listing of that directory stopped. "x"*100 is a string
// of 100 bytes.

// repeatMax is how long a string in text form may be.
const repeatMax = 1<<16 - 1

// String returns the messages in text form. parseFrames is the inverse.
func (p *wireProgram) String() string {
	var b []byte
	for k := range p.frames {
		b = fmt.Appendf(b, "%d %s\n", k+1, p.frames[k].String())
	}
	return string(b)
}

func (f wireFrame) String() string {
	var b []byte
	if f.joined {
		b = append(b, "& "...)
	}
	if f.raw != nil {
		return string(append(b, "raw hex="+hex.EncodeToString(f.raw)...))
	}
	b = append(b, f.op.String()...)
	if f.node == Nowhere {
		b = fmt.Appendf(b, " %#x", f.wild)
	} else {
		b = anyInode.format(b, &Op{Inode: f.node})
	}
	if f.uid != 0 {
		b = fmt.Appendf(b, " uid=%d", f.uid)
	}
	if f.gid != 0 {
		b = fmt.Appendf(b, " gid=%d", f.gid)
	}
	if f.again {
		b = append(b, " again"...)
	}
	if f.excess != 0 {
		b = fmt.Appendf(b, " len=%+d", f.excess)
	}
	at := 0
	for at < len(f.body) && (at < f.op.Body() || f.refAt(at) != nil) {
		switch r := f.refAt(at); {
		case r != nil:
			mark := ""
			if r.cookie {
				mark = "@"
			}
			b = fmt.Appendf(b, " u64=%s%s", mark, anyInode.format(nil, &Op{Inode: r.to})[1:])
			at += 8
		case at+4 <= len(f.body):
			b = fmt.Appendf(b, " u32=%#x", binary.NativeEndian.Uint32(f.body[at:]))
			at += 4
		default:
			b = append(append(b, " hex="...), hex.EncodeToString(f.body[at:])...)
			at = len(f.body)
		}
	}
	for at < len(f.body) {
		part := f.body[at:min(at+repeatMax, len(f.body))]
		at += len(part)
		if s := name.format(nil, &Op{Name: string(part)}); len(s) < 2*len(part)+16 {
			b = append(b, s...)
		} else {
			b = append(append(b, " hex="...), hex.EncodeToString(part)...)
		}
	}
	return string(b)
}

func (f *wireFrame) refAt(at int) *wireRef {
	for k := range f.refs {
		if f.refs[k].at == at {
			return &f.refs[k]
		}
	}
	return nil
}

// parseFrames reads messages in text form. Lines that begin with // or #, and
// empty ones, are for the reader.
func parseFrames(text string) (frames []wireFrame, err error) {
	n := 0
	for s := range strings.SplitSeq(text, "\n") {
		n++
		l := line{rest: s, ops: len(frames)}
		if l.end() == nil {
			continue
		}
		f, err := l.frame()
		if err == nil {
			err = l.end()
		}
		if err != nil {
			return nil, fmt.Errorf("fuzz: line %d: %w", n, err)
		}
		frames = append(frames, f)
	}
	return frames, nil
}

func (l *line) frame() (f wireFrame, err error) {
	if w := l.word(); w != strconv.Itoa(l.ops+1) {
		return f, fmt.Errorf("%q: want the number of the message, %d", w, l.ops+1)
	}
	w := l.word()
	if w == "&" {
		f.joined = true
		w = l.word()
	}
	if w == "raw" {
		f.raw = []byte{}
	} else if f.op, err = parseOpcode(w); err != nil {
		return f, err
	} else if err := l.node(&f); err != nil {
		return f, err
	}
	for {
		if l.end() == nil {
			break
		}
		if strings.HasPrefix(l.rest, `"`) {
			var o Op
			if err := name.parse(l, &o); err != nil {
				return f, err
			}
			f.body = append(f.body, o.Name...)
			continue
		}
		if err := f.token(l); err != nil {
			return f, err
		}
	}
	if f.raw != nil {
		f.raw, f.body = append(f.raw, f.body...), nil
	}
	return f, nil
}

func parseOpcode(w string) (fuseclient.Opcode, error) {
	if op, ok := fuseclient.ByName(w); ok {
		return op, nil
	}
	number, ok := strings.CutPrefix(w, "OP_")
	n, err := strconv.ParseUint(number, 10, 32)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q is no opcode", w)
	}
	return fuseclient.Opcode(n), nil
}

func (l *line) node(f *wireFrame) error {
	before := *l
	if n, err := strconv.ParseUint(l.word(), 0, 64); err == nil {
		f.node, f.wild = Nowhere, n
		return nil
	}
	*l = before
	var o Op
	err := anyInode.parse(l, &o)
	f.node, f.wild = o.Inode, 1<<62
	return err
}

// token reads a word that is no string.
func (f *wireFrame) token(l *line) error {
	key, value, _ := strings.Cut(l.token(), "=")
	if key == "again" {
		f.again = true
		return nil
	}
	if key == "hex" {
		b, err := hex.DecodeString(value)
		f.body = append(f.body, b...)
		return err
	}
	if to, ok := strings.CutPrefix(value, "@"); key == "u64" && (ok || strings.HasPrefix(to, "#") || to == "root" || to == "nowhere") {
		inner := line{rest: to, ops: l.ops}
		var o Op
		if err := anyInode.parse(&inner, &o); err != nil {
			return err
		}
		f.ref(len(f.body), o.Inode, ok)
		f.body = append(f.body, make([]byte, 8)...)
		return nil
	}
	if key == "len" {
		n, err := strconv.ParseInt(value, 10, 32)
		f.excess = int32(n)
		return err
	}
	n, err := strconv.ParseUint(value, 0, 64)
	if err != nil {
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	switch key {
	case "uid":
		f.uid = uint32(n)
	case "gid":
		f.gid = uint32(n)
	case "u32":
		f.body = binary.NativeEndian.AppendUint32(f.body, uint32(n))
	case "u64":
		f.body = binary.NativeEndian.AppendUint64(f.body, n)
	default:
		return fmt.Errorf("%q is not known", key)
	}
	return nil
}

// token takes what goes up to the next space.
func (l *line) token() string {
	l.space()
	w, rest, _ := strings.Cut(l.rest, " ")
	l.rest = rest
	return w
}
