//go:build linux

package fusedev

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// observeVariable has the server observe its requests.
const observeVariable = "FUSEDEV_TEST_OBSERVE"

// observations are those that there were, by opcode.
type observations struct {
	mu   sync.Mutex
	list map[Opcode][]Observation
}

func (o *observations) add(one Observation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.list == nil {
		o.list = make(map[Opcode][]Observation)
	}
	o.list[one.Opcode] = append(o.list[one.Opcode], one)
}

// lookups says how many LOOKUPs there were, and in how many of them each stage has
// taken time.
func (o *observations) lookups() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var read, decode, operation, reply int
	for _, l := range o.list[OpLookup] {
		for n, took := range map[*int]bool{
			&read: l.Read > 0, &decode: l.Decode > 0, &operation: l.Operation > 0, &reply: l.Reply > 0,
		} {
			if took {
				*n++
			}
		}
	}
	return fmt.Sprintf("%d: decode %d, operation %d, reply %d, read %d", len(o.list[OpLookup]), decode, operation, reply, read)
}

// TestMountObserve has requests that run on the thread that reads, on a goroutine, and
// that panic. Each is observed once.
func TestMountObserve(t *testing.T) {
	t.Setenv(observeVariable, "1")
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		const n = 20
		for i := range n {
			m.expect(t, fmt.Sprintf("nothing.%d", i), syscall.ENOENT)
		}
		m.expect(t, "panic", syscall.EIO)
		m.expect(t, "later panic", syscall.EIO)
		m.expect(t, "open", syscall.ENOENT)
		m.expect(t, "slow", syscall.ENOTEMPTY)
		// What is observed last may be so after its reply, but before the next
		// request of its CPU is read; so it is asked for until it is there.
		want := fmt.Sprintf("%d: decode %[1]d, operation %[1]d, reply %[1]d, read ", n+4)
		if l != URing { // there each may have been waited for
			want += strconv.Itoa(n + 4)
		}
		got := ""
		for range 1000 {
			if got = m.getxattr(t, "user.observed"); strings.HasPrefix(got, want) {
				return
			}
		}
		t.Errorf("%s; want %s", got, want)
	})
}

// TestObserveSilent has a request without a reply, and messages that are no requests.
func TestObserveSilent(t *testing.T) {
	var o observations
	p := dial(t, newTestFS(), Options{Loop: Dev, Threads: 1, Observe: o.add})
	p.send(&parts{header: InHeader{Opcode: OpForget, Unique: 2, NodeID: fileID}, arg: structure(ForgetIn{1})})
	p.send(&parts{header: InHeader{Opcode: OpForget, NodeID: fileID}})
	p.send(&parts{header: InHeader{Opcode: OpGetattr, Unique: 3, NodeID: fileID}})
	p.expect(3, syscall.EINVAL)
	p.send(&parts{header: InHeader{Opcode: 4095, Unique: 4}})
	p.expect(4, syscall.ENOSYS)
	p.send(lookup(6, "nothing")) // and then the one before was observed
	p.expect(6, syscall.ENOENT)
	o.mu.Lock()
	defer o.mu.Unlock()
	if f := o.list[OpForget]; len(f) != 1 || f[0].Decode <= 0 || f[0].Operation <= 0 || f[0].Reply != 0 {
		t.Errorf("FORGET: %+v", f)
	}
	if f := o.list[OpGetattr]; len(f) != 0 {
		t.Errorf("a GETATTR that is cut off: %+v", f)
	}
	if f := o.list[4095]; len(f) != 1 || f[0].Operation != 0 || f[0].Reply <= 0 {
		t.Errorf("an unknown opcode: %+v", f)
	}
}
