package fuzz

import (
	"math/rand/v2"
	"reflect"
	"syscall"
	"testing"

	"github.com/scratchfs/memfs/inode"
)

// TestExplain has histories that nothing explains: those of the store with one
// result changed.
func TestExplain(t *testing.T) {
	const trace = `
		limits blocks=40 inodes=512 atime=0
		1 mknod root "a" mode=0100644
		2 write #1 size=100
		t1 3 read #1 size=100
		t1 4 lookup root "a"
		t2 5 readdir root
		t2 6 getattr #1
		t3 7 mknod root "b" mode=0100644`
	p, err := Parse(trace)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(h *history){
		"nothing":    nil,
		"contents":   func(h *history) { h.calls[0].data[99]++ },
		"count":      func(h *history) { h.calls[0].n-- },
		"errno":      func(h *history) { h.calls[1].errno = syscall.ENOENT },
		"inode":      func(h *history) { h.calls[1].entry.ID++ },
		"listing":    func(h *history) { h.calls[2].listed = h.calls[2].listed[1:] },
		"attributes": func(h *history) { h.calls[3].attr.Nlink++ },
		"mtime":      func(h *history) { h.calls[3].attr.MTime++ },
		"no space":   func(h *history) { h.calls[4].errno, h.calls[4].entry = syscall.ENOSPC, inode.Entry{} },
		"end":        func(h *history) { delete(h.end.attrs, h.calls[4].entry.ID) },
		"order": func(h *history) { // the file is listed before it is made
			made, listed := h.calls[4], h.calls[2]
			listed.listed = append(listed.listed, inode.Dirent{Name: "b", ID: made.entry.ID, Type: typeRegular, Next: 1 << 63})
			listed.began, listed.returned = made.began-2, made.began-1
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Runner{}
			defer r.Close()
			store, err := r.subject(p.Limits)
			if err != nil {
				t.Fatal(err)
			}
			x := &execution{Runner: r, store: store}
			if f := x.begin(p, 2); f != nil {
				t.Fatal(f)
			}
			h, f := x.runThreads(p, 2, 1)
			if f != nil {
				t.Fatal(f)
			}
			if change != nil {
				change(&h)
			}
			f = x.explain(h)
			if (f != nil) != (change != nil) || f != nil && f.Check != "linearizability" {
				t.Errorf("found: %v", f)
			}
		})
	}
}

// TestClone has a clone of a model equal it, and stay what it is when an
// operation changes the model.
func TestClone(t *testing.T) {
	if n := reflect.TypeFor[node]().NumField(); n != 22 {
		t.Errorf("a node has %d fields: see to it that clone and equal know them, and change this number", n)
	}
	random := rand.New(rand.NewPCG(1, 2))
	r := &Runner{}
	defer r.Close()
	for range 200 {
		p := Decode(randomBytes(random, 100))
		store, err := r.subject(p.Limits)
		if err != nil {
			t.Fatal(err)
		}
		x := &execution{Runner: r, store: store}
		if f := x.start(p.Limits); f != nil {
			t.Fatal(f)
		}
		for k := range p.Ops {
			o := &p.Ops[k]
			c := &call{op: o, id: x.id(o.Inode), dir: x.id(o.NewDir), entry: inode.Entry{Attr: inode.Attr{ID: 1}}}
			before := x.model
			x.model = before.clone(c)
			same := before.clone(c)
			if !before.equal(same) {
				t.Fatalf("a clone is another:\n%s", p)
			}
			if f := x.step(o); f != nil {
				t.Fatal(f)
			}
			if !before.equal(same) {
				t.Fatalf("operation %d on a clone changes the model:\n%s", k+1, p)
			}
		}
		if f := x.end(); f != nil {
			t.Fatal(f)
		}
	}
}
