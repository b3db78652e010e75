//go:build linux

package fusedev

import (
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// testFS is a root with a file in it, and names that make things happen.
type testFS struct {
	conn    *Conn
	gate    chan struct{} // closed by looking up "open"
	once    sync.Once
	waiting atomic.Int32 // for the gate

	retrieved chan string // what NOTIFY_REPLY brings

	observed observations

	threads sync.Map // that have looked up "thread"
}

const (
	fileID  = 2
	content = "The quick brown fox jumps over the lazy dog.\n"
)

func newTestFS() *testFS {
	fs := &testFS{gate: make(chan struct{}), retrieved: make(chan string, 1)}
	return fs
}

func (fs *testFS) attr(a *Attr, id uint64) {
	*a = Attr{Ino: id, Mode: unix.S_IFREG | 0o644, Nlink: 1, Size: uint64(len(content)), BlkSize: 4096}
	if id == 1 {
		a.Mode, a.Nlink, a.Size = unix.S_IFDIR|0o755, 2, 0
	}
}

func (fs *testFS) Serve(r *Request) syscall.Errno {
	switch r.Opcode {
	case OpLookup:
		return fs.lookup(r)
	case OpGetattr, OpSetattr:
		fs.attr(&r.AttrOut().Attr, r.NodeID)
	case OpOpen:
		r.OpenOut().OpenFlags = FopenKeepCache
	case OpOpendir:
		r.OpenOut()
	case OpRead:
		in := r.ReadIn()
		b := r.Buffer(int(in.Size))
		n := 0
		if in.Offset < uint64(len(content)) {
			n = copy(b, content[in.Offset:])
		}
		r.BytesOut(b[:n])
	case OpWrite:
		for _, c := range r.Bytes() {
			if c != 'w' {
				return syscall.EILSEQ
			}
		}
		r.WriteOut().Size = r.WriteIn().Size
	case OpReaddir:
		if r.ReadIn().Offset == 0 {
			r.AddDirent(".", 1, 1, unix.DT_DIR)
			r.AddDirent("..", 1, 2, unix.DT_DIR)
			r.AddDirent("file", fileID, 3, unix.DT_REG)
		}
	case OpStatfs:
		*r.StatfsOut() = StatfsOut{Bsize: 4096, Frsize: 4096, Blocks: 7, Namelen: 255}
	case OpGetxattr:
		return fs.getxattr(r)
	case OpNotifyReply:
		select {
		case fs.retrieved <- string(r.Bytes()):
		default: // not asked for
		}
	case OpRelease, OpReleasedir, OpFlush, OpForget, OpBatchForget, OpDestroy, OpAccess:
	default:
		return syscall.ENOSYS
	}
	return 0
}

func (fs *testFS) lookup(r *Request) syscall.Errno {
	name, _, _ := strings.Cut(r.Name(), ".") // so that there are many of each
	switch name {
	case "file":
		out := r.EntryOut()
		out.NodeID, out.EntryValid, out.AttrValid = fileID, 3600, 3600
		fs.attr(&out.Attr, fileID)
		return 0
	case "panic":
		panic("as asked for")
	case "later panic":
		return r.Go(func(*Request) syscall.Errno { panic("as asked for") })
	case "collect": // garbage, which stops all threads for a moment
		return r.Go(func(*Request) syscall.Errno { runtime.GC(); return syscall.ENOENT })
	case "slow":
		return r.Go(fs.wait)
	case "hold": // holds up the thread
		<-fs.gate
	case "thread":
		fs.threads.Store(unix.Gettid(), true)
	case "open":
		fs.once.Do(func() { close(fs.gate) })
	}
	return syscall.ENOENT
}

// wait waits until "open" is looked up. The errno is to be told from all others.
func (fs *testFS) wait(r *Request) syscall.Errno {
	interrupted := r.Interrupted()
	fs.waiting.Add(1)
	defer fs.waiting.Add(-1)
	select {
	case <-fs.gate:
		return syscall.ENOTEMPTY
	case <-interrupted:
		return syscall.EINTR
	}
}

func (fs *testFS) getxattr(r *Request) syscall.Errno {
	switch r.Name() {
	case "user.waiting":
		r.BytesOut(strconv.AppendInt(nil, int64(fs.waiting.Load()), 10))
	case "user.observed":
		r.BytesOut([]byte(fs.observed.lookups()))
	case "user.mallocs":
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		r.BytesOut(strconv.AppendUint(nil, m.Mallocs, 10))
	case "user.name": // in place, while the name is still needed
		b := r.Buffer(int(r.GetxattrIn().Size))
		clear(b)
		r.BytesOut(b[:copy(b, r.Name())])
	case "user.slow":
		return r.Go(fs.wait)
	case "user.store":
		return r.Go(func(r *Request) syscall.Errno {
			return errnoOf(fs.conn.Store(fileID, 0, []byte(strings.ToUpper(content))))
		})
	case "user.retrieve":
		return r.Go(func(r *Request) syscall.Errno {
			if _, err := fs.conn.Retrieve(fileID, 4, 5); err != nil {
				return errnoOf(err)
			}
			r.BytesOut([]byte(<-fs.retrieved))
			return 0
		})
	case "user.inval":
		return r.Go(func(r *Request) syscall.Errno { return errnoOf(fs.conn.InvalInode(fileID, 0, 0)) })
	case "user.delete":
		return r.Go(func(r *Request) syscall.Errno { return errnoOf(fs.conn.Delete(1, fileID, "file")) })
	case "user.entry":
		return r.Go(func(r *Request) syscall.Errno { return errnoOf(fs.conn.InvalEntry(1, "nothing", 0)) })
	default:
		return syscall.ENODATA
	}
	return 0
}

func errnoOf(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	return err.(syscall.Errno)
}
