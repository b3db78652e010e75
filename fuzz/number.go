package fuzz

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// number is a field that is neither a reference nor a string.
type number[T uint8 | uint32 | uint64 | int64] struct {
	key     string
	at      func(*Op) *T
	values  []T
	octal   bool
	bits    []string     // names of bits, from bit 0 on
	symbols map[T]string // names of values
}

func (f number[T]) format(b []byte, o *Op) []byte {
	v := *f.at(o)
	if v == 0 {
		return b
	}
	b = append(b, ' ')
	b = append(b, f.key...)
	b = append(b, '=')
	switch name, ok := f.symbols[v]; {
	case ok:
		return append(b, name...)
	case f.bits != nil && uint64(v)>>len(f.bits) == 0:
		var set []string
		for k, bit := range f.bits {
			if uint64(v)>>k&1 == 1 {
				set = append(set, bit)
			}
		}
		return append(b, strings.Join(set, "|")...)
	case f.octal:
		return fmt.Appendf(b, "0%o", v)
	}
	return fmt.Appendf(b, "%d", v)
}

func (f number[T]) parse(l *line, o *Op) error {
	l.space()
	after, ok := strings.CutPrefix(l.rest, f.key+"=")
	if !ok {
		return nil // 0
	}
	l.rest = after
	v, err := f.value(l.word())
	*f.at(o) = v
	return err
}

func (f number[T]) value(w string) (v T, err error) {
	for value, name := range f.symbols {
		if w == name {
			return value, nil
		}
	}
	if f.bits != nil && (w[:min(len(w), 1)] < "0" || w[:1] > "9") {
		for name := range strings.SplitSeq(w, "|") {
			k := slices.Index(f.bits, name)
			if k < 0 {
				return 0, fmt.Errorf("%s: %q is none of %s", f.key, name, strings.Join(f.bits, ", "))
			}
			v |= 1 << k
		}
		return v, nil
	}
	if i, err := strconv.ParseInt(w, 0, 64); err == nil {
		v = T(i)
		if (v < 0) == (i < 0) && int64(v) == i {
			return v, nil
		}
	} else if u, err := strconv.ParseUint(w, 0, 64); err == nil {
		v = T(u)
		if v > 0 && uint64(v) == u {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%s=%s: want a number", f.key, w)
}

func (f number[T]) simpler(o Op, yield func(Op) bool) {
	at := f.at(&o)
	old := *at
	simpler := []T{0}
	if f.bits != nil { // fewer bits
		for k := range f.bits {
			if v := old &^ (1 << k); v != old {
				simpler = append(simpler, v)
			}
		}
	} else if old > 0 && old < math.MaxUint8 {
		simpler = append(simpler, 1, old/2, old-1)
	} else {
		simpler = append(simpler, f.values...)
		simpler = append(simpler, old/2)
	}
	for _, v := range simpler {
		if plainer(v, old) {
			if *at = v; !yield(o) {
				return
			}
		}
	}
}

// plainer reports whether a is easier to read than b: closer to 0, and not
// negative.
func plainer[T uint8 | uint32 | uint64 | int64](a, b T) bool {
	return a != b && a >= 0 && (b < 0 || a < b)
}
