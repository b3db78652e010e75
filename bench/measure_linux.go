package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A meter measures what is done between begin and end.
type meter struct {
	server  int     // process that serves the target; 0: none, or not known
	counter counter // nil: not to count

	// told, if not nil, is called with eventBegin and eventEnd.
	told func(event string) error

	at    time.Time
	start reading
}

// A counter counts requests, by opcode.
type counter interface {
	start() error
	stop() (map[string]int64, error)
}

// A reading is the state of what is measured, at a moment.
type reading struct {
	server            int64 // CPU time, ns; negative: not known
	client            int64 // CPU time of this process and of those it started, ns
	switches          int64 // of context, of both
	resident, largest int64 // memory of the server, bytes; negative: not known
}

func (m *meter) begin() error {
	if m.told != nil {
		if err := m.told(eventBegin); err != nil {
			return err
		}
	}
	if m.counter != nil {
		if err := m.counter.start(); err != nil {
			return err
		}
	}
	m.start = read(m.server)
	m.at = time.Now()
	return nil
}

// end returns what was measured since begin, for so many operations.
func (m *meter) end(ops int64) (Round, error) {
	elapsed := time.Since(m.at)
	end := read(m.server)
	round := Round{
		Ops:       ops,
		Elapsed:   max(int64(elapsed), 1),
		ServerCPU: -1,
		ClientCPU: end.client - m.start.client,
		Switches:  end.switches - m.start.switches,
		Resident:  end.largest,
	}
	if m.start.server >= 0 && end.server >= 0 {
		round.ServerCPU = end.server - m.start.server
	}
	if m.start.resident >= 0 && end.resident >= 0 {
		round.Grown = end.resident - m.start.resident
	}
	var err error
	if m.counter != nil {
		if round.Requests, err = m.counter.stop(); err != nil {
			return round, err
		}
	}
	if m.told != nil {
		err = m.told(eventEnd)
	}
	return round, err
}

func read(server int) (r reading) {
	r.server, r.resident, r.largest = -1, -1, -1
	if server > 0 {
		r.server = processCPU(server)
		r.resident, r.largest = resident(server)
		r.switches = switches(server)
	}
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if unix.Getrusage(who, &u) == nil {
			r.client += u.Utime.Nano() + u.Stime.Nano()
			r.switches += u.Nvcsw + u.Nivcsw
		}
	}
	return r
}

// processCPU returns the CPU time of a process in nanoseconds, negative if that
// cannot be told. The clock of a process has a number of its own (the macro
// CPUCLOCK_SCHED of the kernel; see clock_getcpuclockid(3)).
func processCPU(pid int) int64 {
	const sched = 2
	var ts unix.Timespec
	if unix.ClockGettime(int32(^pid<<3|sched), &ts) != nil {
		return -1
	}
	return ts.Nano()
}

// switches counts how often the threads of a process were put to sleep or
// interrupted, so far as they live.
func switches(pid int) (n int64) {
	list, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	for _, path := range list {
		n += statusField(path, "voluntary_ctxt_switches:") + statusField(path, "nonvoluntary_ctxt_switches:")
	}
	return n
}

// resident returns the resident memory of a process and the largest that it
// was, in bytes, negative if that cannot be told.
func resident(pid int) (now, largest int64) {
	path := fmt.Sprintf("/proc/%d/status", pid)
	const kib = 1 << 10
	now, largest = statusField(path, "VmRSS:"), statusField(path, "VmHWM:")
	if now == 0 {
		return -1, -1
	}
	return now * kib, largest * kib
}

// statusField returns the number that follows name in a file of proc(5); 0 if
// there is none.
func statusField(path, name string) int64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}
