package fuzz

import (
	"fmt"
	"slices"
)

// concurrentMax is the number of operations of threads in the longest program:
// with a few more it takes much longer to explain what they did.
const concurrentMax = 16

// concurrentSetup is the number of operations before the threads in the longest
// program that is drawn.
const concurrentSetup = 12

// concurrentLimits are the configurations of programs with threads.
var concurrentLimits = []Limits{
	{Blocks: 40, Inodes: 512},
	{Blocks: 40, Inodes: 512},
	{Blocks: 40, Inodes: 512, ATime: 2},
	{Blocks: 8, Inodes: 10, ATime: 1},
	{Blocks: 3, Inodes: 5},
	{Blocks: 32, Inodes: 4*16*64 + 20},
}

// concurrentBeginnings are what programs with threads begin with: something to
// meet on.
var concurrentBeginnings = [][]Op{
	{
		{Kind: Mkdir, Name: "a", Mode: 0o755},
		{Kind: Mknod, Inode: 1, Name: "b", Mode: typeRegular | 0o644},
	},
	{
		{Kind: Mknod, Name: "a", Mode: typeRegular | 0o644},
		{Kind: Write, Inode: 1, Size: 3 * blockSize},
	},
	{
		{Kind: Mkdir, Name: "a", Mode: 0o755},
		{Kind: Mkdir, Name: "b", Mode: 0o2755, GID: 100},
		{Kind: Mkdir, Inode: 1, Name: "c", Mode: 0o755},
		{Kind: Mknod, Inode: 2, Name: "a", Mode: typeRegular | 0o644},
	},
	{ // one that only its name keeps
		{Kind: Mknod, Name: "a", Mode: typeRegular | 0o644},
		{Kind: Write, Inode: 1, Size: 100},
		{Kind: SetXattr, Inode: 1, Name: "user.a", Size: 10},
		{Kind: Forget, Inode: 1, Count: 1},
	},
	{
		{Kind: Mknod, Name: "a", Mode: typeRegular | 0o644},
		{Kind: Mknod, Name: "b", Mode: typeRegular | 0o644},
		{Kind: Mkdir, Name: "c", Mode: 0o755},
		{Kind: Link, Inode: 2, NewDir: 3, NewName: "b"},
		{Kind: Symlink, Inode: 3, Name: "a", Target: "a"},
	},
}

// themes are the operations that threads draw from. Threads that do everything
// seldom do two things that meet.
var themes = [][]Kind{
	// First all that there are, as often as in other programs.
	slices.DeleteFunc(slices.Clone(mix), func(k Kind) bool { return !slices.Contains(inThreads, k) }),
	{Lookup, Mknod, Mkdir, Unlink, Rmdir, Rename, Link, ReadDir, ReadDirPlus},
	{Mkdir, Rmdir, Rename, Rename, Mknod, Lookup},
	{Lookup, Forget, LookupID, Lookup, Forget, Unlink, GetAttr, Link},
	{Mknod, Unlink, Lookup, Forget, Rename, Link},
	{Write, Read, SetAttr, Fallocate, GetAttr},
	{Write, Write, SetAttr, Symlink, Mknod, Unlink, Link, Fallocate},
	{SetXattr, GetXattr, ListXattr, RemoveXattr, Unlink, GetAttr},
}

// DecodeConcurrent makes a program with threads of any bytes, as Decode does one
// without.
func DecodeConcurrent(data []byte) Program {
	d := decoder{newScope(), data}
	p := Program{Limits: concurrentLimits[int(d.byte())%len(concurrentLimits)]}
	if b := d.byte(); b < escape {
		p.Ops = slices.Clone(concurrentBeginnings[int(b)%len(concurrentBeginnings)])
	}
	for k := range p.Ops {
		d.add(&p.Ops[k])
	}
	threads := 2 + int(d.byte())%(threadsMax-1)
	end := 0
	if b := d.byte(); b < 0x80 { // else only the beginning
		end = int(b) % concurrentSetup
	}
	for len(d.data) > 0 && len(p.Ops) < end {
		p.Ops = append(p.Ops, d.op(0, themes[0]))
	}
	theme := themes[int(d.byte())%len(themes)]
	for end := len(p.Ops) + concurrentMax; len(d.data) > 0 && len(p.Ops) < end; {
		p.Ops = append(p.Ops, d.op(1+int(d.byte())%threads, theme))
	}
	return p
}

// op draws an operation of a thread.
func (d *decoder) op(thread int, theme []Kind) Op {
	o := Op{Thread: uint8(thread), Kind: theme[int(d.byte())%len(theme)]}
	for _, f := range syntax[o.Kind].fields {
		f.decode(d, &o)
	}
	o.meet()
	d.add(&o)
	return o
}

// meet gives an operation names that threads meet on.
func (o *Op) meet() {
	switch o.Kind {
	case SetXattr, GetXattr, RemoveXattr:
	default:
		o.Name = meeting(o.Name)
	}
	o.NewName = meeting(o.NewName)
}

// meeting returns one of fewer names.
func meeting(name string) string {
	if len(name) == 1 && name[0] >= 'd' && name[0] <= 'k' {
		return string('a' + (name[0]-'a')%3)
	}
	return name
}

// EncodeConcurrent returns bytes that DecodeConcurrent makes the program of.
func EncodeConcurrent(p Program) ([]byte, error) {
	limits := slices.Index(concurrentLimits, p.Limits)
	setup := slices.IndexFunc(p.Ops, func(o Op) bool { return o.Thread > 0 })
	switch {
	case limits < 0:
		return nil, fmt.Errorf("fuzz: no bytes stand for the limits %+v", p.Limits)
	case setup < 0:
		return nil, fmt.Errorf("fuzz: no operation has a thread")
	case setup >= concurrentSetup || len(p.Ops)-setup > concurrentMax:
		return nil, fmt.Errorf("fuzz: %d operations and %d in threads: %d and %d can be encoded", setup, len(p.Ops)-setup, concurrentSetup-1, concurrentMax)
	}
	e := encoder{newScope(), []byte{byte(limits), escape, threadsMax - 2, byte(setup)}}
	for k := range p.Ops {
		o := &p.Ops[k]
		meets := *o
		if meets.meet(); meets.Name != o.Name || meets.NewName != o.NewName {
			return nil, fmt.Errorf("fuzz: operation %d: no bytes stand for the names d to k", k+1)
		}
		if k == setup {
			e.put(0) // the theme
		}
		if k >= setup {
			e.put(o.Thread - 1)
		}
		e.put(byte(slices.Index(themes[0], o.Kind)))
		for _, f := range syntax[o.Kind].fields {
			f.encode(&e, o)
		}
		e.add(o)
	}
	return e.data, nil
}
