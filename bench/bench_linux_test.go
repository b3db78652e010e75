package bench

import (
	"fmt"
	"testing"

	"github.com/scratchfs/memfs/internal/fuseclient"
	"github.com/scratchfs/memfs/memfs"
)

// An implementation is something that workloads without a kernel run on.
type implementation struct {
	name string
	make func(*testing.B) fileSystem
}

// implementations are the store, and each loop at the other end of a socket, in
// this process so that its allocations count.
func implementations(b *testing.B) []implementation {
	list := []implementation{{"store", func(b *testing.B) fileSystem {
		s, err := newStore()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.Store.Close() })
		return s
	}}}
	for _, loop := range memfs.Loops() {
		// Some serve a mount alone, and another one in their place serves a socket.
		_, m, stop := serveLoop(b, loop)
		stop()
		if m.Loop() != loop {
			continue
		}
		list = append(list, implementation{string(loop), func(b *testing.B) fileSystem {
			fs, _, stop := serveLoop(b, loop)
			b.Cleanup(stop)
			return fs
		}})
	}
	return list
}

// serveLoop serves memfs over a socket until stop is called.
func serveLoop(b *testing.B, loop memfs.Loop) (fs *wire, m *memfs.MountPoint, stop func()) {
	conn, fd, err := fuseclient.Pair()
	if err != nil {
		b.Fatal(err)
	}
	mounted := make(chan error)
	go func() {
		var err error
		m, err = memfs.Mount(fmt.Sprintf("/dev/fd/%d", fd), memfs.Options{Loop: loop})
		mounted <- err
	}()
	_, err = conn.Init()
	if e := <-mounted; e != nil {
		b.Fatal(e)
	}
	stop = func() {
		if err := m.Unmount(); err != nil {
			b.Error(err)
		}
		if err := m.Wait(); err != nil {
			b.Error(err)
		}
		conn.Close()
	}
	if err != nil {
		stop()
		b.Fatal(err)
	}
	return newWire(conn), m, stop
}

// BenchmarkWorkload runs the workloads that need no kernel, on everything that
// can run them: BenchmarkWorkload/lookup/workers.
func BenchmarkWorkload(b *testing.B) {
	list := implementations(b)
	for _, w := range workloads {
		if w.loop == nil || w.mount || w.scales {
			continue
		}
		sizes, names := w.sizes, int64(0)
		if sizes == nil {
			sizes = []int64{0}
		}
		if w.names != nil {
			names = w.names[0]
		}
		for _, size := range sizes {
			name := w.name
			if len(sizes) > 1 {
				name += fmt.Sprintf("/%dK", size/kib)
			}
			for _, i := range list {
				b.Run(name+"/"+i.name, func(b *testing.B) {
					fs := i.make(b)
					t := &task{fs: fs, job: job{Size: size, Names: names}}
					op, err := w.loop(&worker{t, 0, fs.Root()})
					if err != nil {
						b.Fatal(err)
					}
					b.SetBytes(op.size)
					b.ReportAllocs()
					for b.Loop() {
						if err := op.do(); err != nil {
							b.Fatal(err)
						}
					}
					if op.done != nil {
						if err := op.done(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// BenchmarkMessage writes a request as the kernel would and reads a reply to it:
// what the other end of the socket adds to BenchmarkWorkload.
func BenchmarkMessage(b *testing.B) {
	frame := make([]byte, 0, fuseclient.MaxMessage)
	reply := fuseclient.Append(nil, &fuseclient.EntryOut{NodeID: 7})
	b.ReportAllocs()
	for b.Loop() {
		frame = fuseclient.Begin(frame[:0], fuseclient.Lookup, 2, fuseclient.RootID)
		frame = fuseclient.End(fuseclient.AppendString(frame, "name"))
		if out := fuseclient.Decode[fuseclient.EntryOut](reply); out.NodeID != 7 {
			b.Fatal(out)
		}
	}
}
