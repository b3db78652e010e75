package bench

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// wire is a server at the other end of a socket, through the messages that the
// kernel would send for memfs. A node is the number of an inode; a file that is
// open has been looked up. One request is under way at a time.
type wire struct {
	mu    sync.Mutex
	conn  *fuseclient.Conn
	frame []byte

	// Requests by opcode, since start.
	counts map[fuseclient.Opcode]int64
}

func newWire(conn *fuseclient.Conn) *wire {
	return &wire{conn: conn, frame: make([]byte, 0, fuseclient.MaxMessage), counts: map[fuseclient.Opcode]int64{}}
}

// call sends a request and returns what follows the header of its reply, which
// read gets before another request is sent. body adds what follows the header of
// the request; size is how many bytes it asks for or writes.
func (w *wire) call(op fuseclient.Opcode, n node, size int, body func([]byte) []byte, read func(payload []byte)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	unique := w.conn.Unique()
	w.frame = fuseclient.Begin(w.frame[:0], op, unique, uint64(n))
	if body != nil {
		w.frame = body(w.frame)
	}
	w.counts[op]++
	if err := w.conn.Send(fuseclient.End(w.frame)); err != nil {
		return fmt.Errorf("%v: %w", op, err)
	}
	if !op.WantsReply() {
		return nil
	}
	r, err := w.conn.Receive()
	if err == nil {
		err = r.Check(op, uint32(size))
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%v: no answer", op)
	case err != nil:
		return fmt.Errorf("%v: %w", op, err)
	case r.Unique != unique:
		return fmt.Errorf("%v: request %d was answered as %d", op, unique, r.Unique)
	case r.Error != 0:
		return syscall.Errno(-r.Error)
	}
	if read != nil {
		read(r.Payload)
	}
	return nil
}

// start and stop count requests, as a requestCounter does.
func (w *wire) start() error {
	clear(w.counts)
	return nil
}

func (w *wire) stop() (map[string]int64, error) {
	counts := map[string]int64{}
	for op, n := range w.counts {
		counts[op.String()] = n
	}
	return counts, nil
}

func (w *wire) Root() node { return fuseclient.RootID }

// named is the body of a request that has a name and nothing else.
func named(s string) func([]byte) []byte {
	return func(b []byte) []byte { return fuseclient.AppendString(b, s) }
}

// entry makes a request that is answered with an entry, whose node has been
// looked up then.
func (w *wire) entry(op fuseclient.Opcode, dir node, body func([]byte) []byte) (n node, err error) {
	err = w.call(op, dir, 0, body, func(p []byte) { n = node(fuseclient.Decode[fuseclient.EntryOut](p).NodeID) })
	if err == nil && n == 0 {
		err = syscall.ENOENT
	}
	return n, err
}

// forget takes back a lookup, as the kernel does sooner or later.
func (w *wire) forget(n node, err error) error {
	if err != nil {
		return err
	}
	return w.call(fuseclient.Forget, n, 0, func(b []byte) []byte {
		return fuseclient.Append(b, &fuseclient.ForgetIn{Lookups: 1})
	}, nil)
}

func (w *wire) Open(dir node, file string, _ openMode) (node, error) {
	return w.entry(fuseclient.Lookup, dir, named(file))
}

func (w *wire) Create(dir node, file string) (node, error) {
	return w.entry(fuseclient.Mknod, dir, func(b []byte) []byte {
		return fuseclient.AppendString(fuseclient.Append(b, &fuseclient.MknodIn{Mode: syscall.S_IFREG | 0o644}), file)
	})
}

func (w *wire) Close(n node) error { return w.forget(n, nil) }

func (w *wire) Mkdir(dir node, file string) error {
	return w.forget(w.entry(fuseclient.Mkdir, dir, func(b []byte) []byte {
		return fuseclient.AppendString(fuseclient.Append(b, &fuseclient.MkdirIn{Mode: 0o755}), file)
	}))
}

func (w *wire) Unlink(dir node, file string) error {
	return w.call(fuseclient.Unlink, dir, 0, named(file), nil)
}

func (w *wire) Rmdir(dir node, file string) error {
	return w.call(fuseclient.Rmdir, dir, 0, named(file), nil)
}

func (w *wire) Rename(dir node, from, to string) error {
	return w.call(fuseclient.Rename, dir, 0, func(b []byte) []byte {
		b = fuseclient.Append(b, &fuseclient.RenameIn{NewDir: uint64(dir)})
		return fuseclient.AppendString(fuseclient.AppendString(b, from), to)
	}, nil)
}

func (w *wire) Link(n, dir node, _, to string) error {
	return w.forget(w.entry(fuseclient.Link, dir, func(b []byte) []byte {
		return fuseclient.AppendString(fuseclient.Append(b, &fuseclient.LinkIn{OldNodeID: uint64(n)}), to)
	}))
}

func (w *wire) Symlink(target string, dir node, file string) error {
	return w.forget(w.entry(fuseclient.Symlink, dir, func(b []byte) []byte {
		return fuseclient.AppendString(fuseclient.AppendString(b, file), target)
	}))
}

func (w *wire) Readlink(dir node, file string) (target string, err error) {
	n, err := w.entry(fuseclient.Lookup, dir, named(file))
	if err != nil {
		return "", err
	}
	err = w.call(fuseclient.Readlink, n, 0, nil, func(p []byte) { target = string(p) })
	return target, errors.Join(err, w.forget(n, nil))
}

func (w *wire) Lookup(dir node, file string) error {
	n, err := w.entry(fuseclient.Lookup, dir, named(file))
	return w.forget(n, err)
}

func (w *wire) GetAttr(n node) (size int64, err error) {
	err = w.call(fuseclient.Getattr, n, 0, func(b []byte) []byte { return fuseclient.Append(b, &fuseclient.GetattrIn{}) },
		func(p []byte) { size = int64(fuseclient.Decode[fuseclient.AttrOut](p).Attr.Size) })
	return size, err
}

func (w *wire) StatFS() error { return w.call(fuseclient.Statfs, fuseclient.RootID, 0, nil, nil) }

func (w *wire) SetXattr(n node, attr string, value []byte) error {
	return w.call(fuseclient.Setxattr, n, 0, func(b []byte) []byte {
		b = fuseclient.Append(b, &fuseclient.SetxattrIn{Size: uint32(len(value))})
		return append(fuseclient.AppendString(b, attr), value...)
	}, nil)
}

func (w *wire) GetXattr(n node, attr string, value []byte) (got int, err error) {
	err = w.call(fuseclient.Getxattr, n, len(value), func(b []byte) []byte {
		return fuseclient.AppendString(fuseclient.Append(b, &fuseclient.GetxattrIn{Size: uint32(len(value))}), attr)
	}, func(p []byte) { got = copy(value, p) })
	return got, err
}

func (w *wire) ReadDir(dir node, each func(name string, isDir bool)) error {
	const size = 32 << 10
	for offset, done := uint64(0), false; !done; {
		var bad error
		err := w.call(fuseclient.Readdir, dir, size, func(b []byte) []byte {
			return fuseclient.Append(b, &fuseclient.ReadIn{Offset: offset, Size: size})
		}, func(p []byte) {
			done = len(p) == 0
			for len(p) > 0 && bad == nil {
				var e fuseclient.Entry
				e, p, bad = fuseclient.NextEntry(p, false)
				offset = e.Offset
				if s := string(e.Name); bad == nil && s != "." && s != ".." {
					each(s, e.Type == syscall.DT_DIR)
				}
			}
		})
		if err := errors.Join(err, bad); err != nil {
			return err
		}
	}
	return nil
}

func (w *wire) Read(n node, data []byte, offset int64) (got int, err error) {
	err = w.call(fuseclient.Read, n, len(data), func(b []byte) []byte {
		return fuseclient.Append(b, &fuseclient.ReadIn{Offset: uint64(offset), Size: uint32(len(data))})
	}, func(p []byte) { got = copy(data, p) })
	return got, err
}

func (w *wire) Write(n node, data []byte, offset int64) (put int, err error) {
	err = w.call(fuseclient.Write, n, len(data), func(b []byte) []byte {
		return append(fuseclient.Append(b, &fuseclient.WriteIn{Offset: uint64(offset), Size: uint32(len(data))}), data...)
	}, func(p []byte) { put = int(fuseclient.Decode[fuseclient.WriteOut](p).Size) })
	return put, err
}
