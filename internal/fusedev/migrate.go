//go:build linux

package fusedev

import "sync/atomic"

// The reply to a request wakes its client while this thread still has the CPU, so if
// another CPU is idle the kernel puts the client there (select_idle_sibling). The next
// request wakes the thread of that CPU, and its reply moves the client again, and so on:
// each time another CPU is woken, which costs more than the rest of the request. If
// nothing gets it started there is no end to it. It ends when the other CPU is not idle,
// as while its thread spins. Spinning for nothing costs as much as the request, though.
// So a thread spins only when clients come to it from other CPUs.
const (
	// Of so many requests...
	migrationWindow = 64
	// ...more than so many are of clients that have just come...
	manyMigrations = 4
	// ...then a thread spins in so many of its next waits.
	spinWaits = 1024
)

// A whereabouts knows on which CPUs clients have made their last requests: some 64 of
// them, which are threads.
type whereabouts [64]atomic.Uint64

// moved takes note of a request, and reports whether its client has come from another
// CPU.
func (w *whereabouts) moved(client uint32, cpu int) bool {
	last, now := &w[client%uint32(len(w))], uint64(client)<<32|uint64(cpu)
	before := last.Load()
	if before == now {
		return false
	}
	last.Store(now)
	return uint32(before>>32) == client
}

// A migrationMeter tells a thread whether to spin.
type migrationMeter struct {
	requests, moved int // in this window
	spins           int // waits left
}

// request takes note of a request.
func (m *migrationMeter) request(moved bool) {
	if moved {
		m.moved++
	}
	if m.requests++; m.requests < migrationWindow {
		return
	}
	if m.moved > manyMigrations {
		m.spins = spinWaits
	}
	m.requests, m.moved = 0, 0
}

// spin reports whether to spin in this wait.
func (m *migrationMeter) spin() bool {
	if m.spins == 0 {
		return false
	}
	m.spins--
	return true
}
