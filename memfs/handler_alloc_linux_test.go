//go:build !lockrank && !perturb

package memfs

import (
	"runtime"
	"testing"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// TestNoAllocations makes requests that are answered often, none of which may
// allocate.
func TestNoAllocations(t *testing.T) {
	w := newWire(t, Options{})
	data := make([]byte, 4096)
	id := w.makeFile("file", data)
	read := bytesOf(&fusedev.ReadIn{Size: 4096})
	write := bytesOf(&fusedev.WriteIn{Size: 4096})
	getattr := bytesOf(&fusedev.GetattrIn{})
	statx := bytesOf(&fusedev.StatxIn{})
	getxattr := bytesOf(&fusedev.GetxattrIn{Size: 100})
	forget := bytesOf(&fusedev.ForgetIn{Nlookup: 1})
	for name, request := range map[string]func(){
		"LOOKUP": func() { w.ask(fusedev.OpLookup, uint64(inode.RootID), nil, "file") },
		"LOOKUP and FORGET": func() {
			w.ask(fusedev.OpLookup, uint64(inode.RootID), nil, "file")
			w.send(fusedev.OpForget, id, forget, "")
		},
		"LOOKUP of no name":  func() { w.ask(fusedev.OpLookup, uint64(inode.RootID), nil, "nothing") },
		"GETATTR":            func() { w.ask(fusedev.OpGetattr, id, getattr, "") },
		"STATX":              func() { w.ask(fusedev.OpStatx, id, statx, "") },
		"READ":               func() { w.ask(fusedev.OpRead, id, read, "") },
		"WRITE":              func() { w.ask(fusedev.OpWrite, id, write, "", data...) },
		"STATFS":             func() { w.ask(fusedev.OpStatfs, uint64(inode.RootID), nil, "") },
		"READDIRPLUS":        func() { w.ask(fusedev.OpReaddirplus, uint64(inode.RootID), read, "") },
		"GETXATTR of nobody": func() { w.send(fusedev.OpGetxattr, id, getxattr, "user.no"); w.receive() },
	} {
		const n = 1000
		for range 10 {
			request()
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range n {
			request()
		}
		runtime.ReadMemStats(&after)
		// Others allocate, too: the runtime itself, now and then.
		if got := after.Mallocs - before.Mallocs; got > n/10 {
			t.Errorf("%s: %.2f allocations", name, float64(got)/n)
		}
	}
}
