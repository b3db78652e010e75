package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/memfs"
)

// A mounter mounts what a target is on dir, in a process of its own, and
// returns how to unmount it. observe is nil but for a target that can be
// observed.
type mounter func(dir string, observe func(memfs.Observation)) (unmount func() error, err error)

// serve mounts the target of that name on dir, and serves it until standard
// input ends.
func serve(name, dir string, observed bool) error {
	t := findTarget(name)
	if t == nil {
		return fmt.Errorf("no target %q", name)
	}
	enc, dec := json.NewEncoder(os.Stdout), json.NewDecoder(os.Stdin)
	var o observer
	var observe func(memfs.Observation)
	if observed {
		observe = o.observe
		inode.ObserveLockWaits(o.waited)
	}
	unmount, err := t.mount(dir, observe)
	if err != nil {
		return err
	}
	if err := enc.Encode(status{}); err != nil {
		return errors.Join(err, unmount())
	}
	for {
		var do order
		if err := dec.Decode(&do); err != nil { // mostly io.EOF
			break
		}
		if do.Observe {
			o.begin()
		} else if enc.Encode(o.end()) != nil {
			break
		}
	}
	return unmount()
}

// An observer gathers what a server tells of the requests that it answers.
type observer struct {
	mu     sync.Mutex
	on     bool
	counts map[string]int64
	stages map[string]*hdrhistogram.Histogram

	// How long threads have waited for locks in the requests that they run.
	// Mostly a goroutine stays on a thread for the length of a request. With
	// LoopURing a thread is told of requests that it has run together, and one of
	// them gets what all have waited.
	waits map[int]time.Duration
}

// The stages of a request, as a report calls them. Each begins where the one
// before ends. On the loops of jacobsa/fuse reading includes decoding.
const (
	stageRead      = "read"
	stageDecode    = "decode"
	stageLock      = "lock"
	stageOperation = "operation"
	stageReply     = "reply"
)

func (o *observer) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.on, o.waits = true, map[int]time.Duration{}
	o.counts = map[string]int64{}
	o.stages = map[string]*hdrhistogram.Histogram{
		stageRead: newHistogram(), stageDecode: newHistogram(), stageLock: newHistogram(), stageOperation: newHistogram(), stageReply: newHistogram(),
	}
}

// end returns what there was since begin.
func (o *observer) end() status {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.on = false
	s := status{Counts: o.counts, Stages: map[string]buckets{}}
	for name, h := range o.stages {
		s.Stages[name] = bucketsOf(h)
	}
	return s
}

func (o *observer) observe(r memfs.Observation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.on {
		return
	}
	thread := unix.Gettid()
	waited := min(o.waits[thread], r.Operation)
	delete(o.waits, thread)
	o.counts[r.Request]++
	record(o.stages[stageRead], r.Read)
	if r.Decode > 0 { // else it is part of reading
		record(o.stages[stageDecode], r.Decode)
	}
	record(o.stages[stageLock], waited)
	record(o.stages[stageOperation], r.Operation-waited)
	record(o.stages[stageReply], r.Reply)
}

func (o *observer) waited(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.on {
		o.waits[unix.Gettid()] += d
	}
}

// mountMemfs returns how to mount memfs with options.
func mountMemfs(options memfs.Options) mounter {
	return func(dir string, observe func(memfs.Observation)) (func() error, error) {
		options.Observe = observe
		m, err := memfs.Mount(dir, options)
		if err != nil {
			return nil, err
		}
		return func() error {
			if err := m.Unmount(); err != nil {
				return errors.Join(err, m.Detach())
			}
			return m.Wait()
		}, nil
	}
}

// mountTmpfs mounts tmpfs, which the kernel serves.
func mountTmpfs(dir string, _ func(memfs.Observation)) (func() error, error) {
	if err := unix.Mount("memfs-bench", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777"); err != nil {
		return nil, fmt.Errorf("tmpfs on %s: %w", dir, err)
	}
	return func() error {
		err := unix.Unmount(dir, 0)
		if err != nil {
			err = errors.Join(err, unix.Unmount(dir, unix.MNT_DETACH))
		}
		return err
	}, nil
}
