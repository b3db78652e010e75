//go:build linux

package fusedev

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A queue is one of the kernel's, to which the requests of a CPU go.
type queue struct {
	id   uint16
	free int // entries that no goroutine has
}

const anyCPU = -1

// A worker is a thread with an io_uring of its own, which serves one queue of the
// kernel or several.
//
// It runs a request as soon as it sees it, and replies to all that it has seen
// with the system call in which it looks for more. A request that takes long is
// given to a goroutine (Request.Go). Only the thread may use the ring: so the
// goroutine puts the entry in a list when it is done, and wakes the thread by an
// eventfd that the ring reads. For each entry that a goroutine gets another one is
// registered: a request that everything else waits for, the unlock of a lock, always
// finds one. Entries are never given up again, the kernel has no way to; memory that
// they have used once stays theirs.
//
// If its CPU is switched off, or a cpuset excludes it, the kernel lets the thread run on
// others. It goes on, and is pinned again when it must be there (kick).
type worker struct {
	c      *Conn
	u      *uring
	cpu    int
	queues []*queue
	todo   chan func(*worker) error // what the thread shall do next
	did    chan error

	ring    *ring
	event   int      // an eventfd
	memory  []byte   // what the ring reads from it
	entries []*entry // by index
	live    int      // entries that the kernel has not ended

	spin       spinner
	migrations migrationMeter

	// If requests are observed: how long reading took, and those whose replies
	// were not sent yet.
	read    time.Duration
	replied []stopwatch

	asleep  atomic.Bool
	waiting atomic.Bool // done is not empty
	mu      sync.Mutex
	done    []finished // by goroutines
	taken   []finished // the same, as the thread takes them
}

type finished struct {
	e     *entry
	errno syscall.Errno
}

// wake is the userData of the eventfd.
const wake = 1<<64 - 1

func newWorker(c *Conn, u *uring, cpu int, queues ...int) *worker {
	w := &worker{c: c, u: u, cpu: cpu, event: -1, todo: make(chan func(*worker) error), did: make(chan error)}
	for _, id := range queues {
		w.queues = append(w.queues, &queue{id: uint16(id)})
	}
	if cpu != anyCPU {
		w.spin.limit = c.opts.Spin
	}
	return w
}

// run is the thread: it does what it is told until there is nothing more.
func (w *worker) run() {
	runtime.LockOSThread() // for good: the thread ends with the goroutine
	for do := range w.todo {
		w.did <- do(w)
	}
	if w.ring != nil {
		w.ring.close()
	}
	if w.event >= 0 {
		unix.Close(w.event)
	}
	freeBuffer(w.memory)
	for _, e := range w.entries {
		e.free()
	}
}

// setup makes the ring and the first entries, and so all that can fail but the
// kernel, which else would wait for the queues for ever.
func (w *worker) setup() (err error) {
	if err := w.settle(); err != nil {
		return err
	}
	if w.ring, err = newRing(w.c.fd); err != nil {
		return err
	}
	// Not EFD_NONBLOCK: the ring would take that for a wish not to wait.
	if w.event, err = unix.Eventfd(0, unix.EFD_CLOEXEC); err != nil {
		return os.NewSyscallError("eventfd", err)
	}
	if w.memory, err = newBuffer(os.Getpagesize()); err != nil {
		return err
	}
	for _, q := range w.queues {
		for range w.c.opts.Depth {
			if _, err := w.grow(q); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle pins the thread. Who serves several queues looks whether it can go where it
// must for each of them (kick): if not, requests of that CPU might never be served. A CPU
// that is off makes none.
func (w *worker) settle() error {
	on, err := onlineCPUs()
	if err != nil {
		return err
	}
	if w.cpu == anyCPU {
		defer unpin(&w.u.own)
	}
	for _, q := range w.queues {
		if err := pin(int(q.id)); err != nil && on.IsSet(int(q.id)) {
			return fmt.Errorf("the requests of CPU %d could get stuck: %w", q.id, err)
		}
	}
	return nil
}

// grow makes another entry of a queue.
func (w *worker) grow(q *queue) (*entry, error) {
	e, err := newEntry(w, q, w.c.opts.Limits.maxData())
	if err != nil {
		return nil, err
	}
	e.index = uint64(len(w.entries))
	w.entries = append(w.entries, e)
	w.live++
	q.free++
	return e, nil
}

// register tells the kernel of the entries. It fails if the kernel does not take any
// of a queue: then it uses no queue at all.
func (w *worker) register() error {
	for _, e := range w.entries {
		if err := e.submit(cmdRegister); err != nil {
			return err
		}
	}
	if err := w.listen(); err != nil {
		return err
	}
	if err := w.ring.submit(); err != nil {
		return err
	}
	// There may be requests among the completions already. All are for the loop.
	refused := make(map[*queue]int)
	for n := uint32(0); ; n++ {
		c := w.ring.peek(n)
		if c == nil {
			return nil
		}
		if c.res >= 0 {
			continue
		}
		q := w.entries[c.userData].queue
		if refused[q]++; refused[q] == w.c.opts.Depth {
			return fmt.Errorf("the kernel refuses a queue of FUSE over io_uring: %w", syscall.Errno(-c.res))
		}
	}
}

// listen makes the ring read the eventfd.
func (w *worker) listen() error {
	s, err := w.ring.push()
	if err != nil {
		return err
	}
	s.opcode = opRead
	s.fd = int32(w.event)
	s.addr = uint64(uintptr(unsafe.Pointer(&w.memory[0])))
	s.len = 8
	s.userData = wake
	return nil
}

// loop serves requests until the kernel has ended all entries.
func (w *worker) loop() (err error) {
	defer func() {
		if err != nil { // said now: there may be no unmounting for long
			w.c.opts.Logger.Printf("fusedev: queue %d is no longer served: %v", w.queues[0].id, err)
		}
	}()
	for w.live > 0 {
		if err := w.look(); err != nil {
			return err
		}
		for c := w.ring.peek(0); c != nil; c = w.ring.peek(0) {
			data, res := c.userData, c.res
			w.ring.pop()
			if err := w.complete(data, res); err != nil {
				return err
			}
		}
		if err := w.takeBack(); err != nil {
			return err
		}
	}
	return nil
}

// look sends the replies and returns when there may be something to do.
func (w *worker) look() error {
	if w.spin.limit == 0 || !w.migrations.spin() {
		return w.sleep()
	}
	if err := w.submit(); err != nil {
		return err
	}
	for !w.ready() {
		if !w.spin.again() {
			return w.sleep()
		}
		if w.ring.mayHaveWork() {
			if err := w.submit(); err != nil {
				return err
			}
		}
	}
	w.spin.done()
	return nil
}

// ready reports whether there is something to do.
func (w *worker) ready() bool { return w.ring.peek(0) != nil || w.waiting.Load() }

// sleep sends the replies and waits for the ring. A goroutine that is done either sees
// that the thread sleeps, and wakes it, or was done early enough to be seen.
func (w *worker) sleep() error {
	w.asleep.Store(true)
	defer w.asleep.Store(false)
	if w.waiting.Load() {
		return w.submit()
	}
	if w.c.opts.Observe != nil { // who wants to know how long it takes to reply
		if err := w.submit(); err != nil || w.ready() {
			return err
		}
		w.read = 0
	}
	if w.cpu != anyCPU && mayHold {
		if err := w.ring.hold(); err != nil || w.ready() {
			return err
		}
	}
	return w.ring.wait()
}

// complete handles what the ring says about an entry, or about the eventfd.
func (w *worker) complete(data uint64, res int32) error {
	if data == wake {
		return w.listen()
	}
	e := w.entries[data]
	if res < 0 {
		w.live--
		e.queue.free--
		switch errno := syscall.Errno(-res); errno {
		case syscall.ENOTCONN, syscall.ECONNABORTED, syscall.ECANCELED: // gone
		default:
			w.c.opts.Logger.Printf("fusedev: the kernel ends an entry of queue %d: %v", e.queue.id, errno)
		}
		return nil
	}
	w.c.restart(&e.Request)
	errno := e.decode()
	w.c.decoded(&e.Request)
	w.migrations.request(w.u.clients.moved(e.PID, w.cpu))
	e.watch.took.Read = w.read
	if errno == 0 && e.Opcode == OpNotifyReply && e.Unique&kickTag != 0 {
		e.begin()
		return e.send(0) // nobody's request: it is not observed
	}
	errno = w.c.run(&e.Request, errno)
	if e.later == nil {
		return e.reply(errno)
	}
	e.queue.free--
	if err := w.makeRoom(e); err != nil { // no memory: then this thread does it
		w.c.opts.Logger.Printf("fusedev: no more entries for queue %d: %v", e.queue.id, err)
		e.queue.free++
		return e.reply(w.c.contain(e.later, &e.Request))
	}
	w.c.launch(&e.Request)
	return nil
}

// makeRoom registers another entry in place of one that a goroutine gets, so that
// as many as at the beginning are left.
//
// The kernel gives the next request to a new entry, but none that is queued: those
// wait until a reply is committed, whose entry takes the first of them (Linux 6.14
// to 6.18 at least). If goroutines have all other entries, and wait for each other,
// then there is no reply to come. So a request is provoked that the new entry gets,
// and the reply to that is committed: then it has taken a request from the queue,
// or there was none and, as long as it is free, will be none.
func (w *worker) makeRoom(e *entry) error {
	q := e.queue
	if q.free >= w.c.opts.Depth {
		return nil
	}
	fresh, err := w.grow(q)
	if err != nil {
		return err
	}
	if err := fresh.submit(cmdRegister); err != nil {
		return err
	}
	if err := w.ring.submit(); err != nil {
		return err
	}
	if err := w.kick(q, e.NodeID); err != nil {
		w.c.opts.Logger.Printf("fusedev: queue %d may be stuck until there is another request: %v", q.id, err)
	}
	return nil
}

// kick provokes a request in a queue, which it must do from the CPU of that. A pinned
// thread may have been moved since.
func (w *worker) kick(q *queue, id uint64) error {
	if w.cpu == anyCPU {
		defer unpin(&w.u.own) // Allowed to be there or not: it is for a moment.
	}
	if err := pin(int(q.id)); err != nil {
		return err
	}
	// EINVAL: no regular file, and then there is nothing to be done. What waits for other
	// requests is a lock, and the kernel keeps those of directories itself.
	switch err := w.c.kick(id); err {
	case nil, syscall.EINVAL, syscall.ENODEV, syscall.ENOENT:
		return nil
	default:
		return err
	}
}

// giveBack is called by goroutines.
func (w *worker) giveBack(e *entry, errno syscall.Errno) {
	w.mu.Lock()
	w.done = append(w.done, finished{e, errno})
	w.waiting.Store(true)
	w.mu.Unlock()
	if w.asleep.Load() {
		unix.Write(w.event, one[:])
	}
}

// one is what is written to an eventfd to wake who reads it.
var one = binary.NativeEndian.AppendUint64(nil, 1)

// takeBack replies to the requests that goroutines are done with.
func (w *worker) takeBack() error {
	if !w.waiting.Load() {
		return nil
	}
	w.mu.Lock()
	w.done, w.taken = w.taken[:0], w.done
	w.waiting.Store(false)
	w.mu.Unlock()
	for _, f := range w.taken {
		f.e.queue.free++
		if err := f.e.reply(f.errno); err != nil {
			return err
		}
	}
	return nil
}
