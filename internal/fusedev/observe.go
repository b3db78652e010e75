//go:build linux

package fusedev

import "time"

// An Observation is how long the stages of a request took. Each begins where the
// one before ends.
type Observation struct {
	Opcode Opcode

	// Read is the system call that brought the request, which does not wait. On
	// URing it is 0 if that call sent replies as well, whose time it is then, or has
	// waited.
	Read time.Duration

	// Decode is the time to find the parts of the request and to check them.
	Decode time.Duration

	// Operation is the time to run it, and with Request.Go for a goroutine to begin.
	Operation time.Duration

	// Reply is the time until the kernel has the reply; 0 if there is none. On URing
	// that is with those to all requests that were seen at the same time, and after
	// them.
	Reply time.Duration
}

// stopwatch takes the times of a request, if requests are observed.
type stopwatch struct {
	took Observation
	last time.Duration // when the last stage has ended, since started
}

// lap adds the time since the last stage to stage.
func (s *stopwatch) lap(stage *time.Duration) {
	now := time.Since(started)
	*stage += now - s.last
	s.last = now
}

// lap adds the time since the last stage to stage, one of r.watch.took.
func (c *Conn) lap(r *Request, stage *time.Duration) {
	if c.opts.Observe != nil {
		r.watch.lap(stage)
	}
}

// restart begins to read a request.
func (c *Conn) restart(r *Request) {
	if c.opts.Observe != nil {
		r.watch = stopwatch{last: time.Since(started)}
	}
}

// decoded ends the stage in which it becomes known what the request is. That is kept:
// where it was read from may have the reply later.
func (c *Conn) decoded(r *Request) {
	if c.opts.Observe != nil {
		r.watch.took.Opcode = r.Opcode
		r.watch.lap(&r.watch.took.Decode)
	}
}

// submit sends the replies and takes in what the kernel has, without waiting.
func (w *worker) submit() error {
	if w.c.opts.Observe == nil {
		return w.ring.submit()
	}
	start := time.Since(started)
	err := w.ring.submit()
	w.read = time.Since(started) - start
	for i := range w.replied {
		s := &w.replied[i]
		s.lap(&s.took.Reply)
		w.read = 0
		w.c.opts.Observe(s.took)
	}
	w.replied = w.replied[:0]
	return err
}

// replies notes that the next call of submit sends the reply to a request.
func (w *worker) replies(r *Request) {
	if w.c.opts.Observe != nil {
		w.replied = append(w.replied, r.watch)
	}
}
