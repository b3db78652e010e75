//go:build linux

package fusedev

import (
	"os"
	"runtime"
	"strings"
	"sync"
)

// A goroutine in a system call may lose its P (of GOMAXPROCS there are), so that others
// can run. The runtime's monitor takes it after some 20 µs, and the thread must find
// another one when it returns: threads that wait a little for each request keep it busy
// enough to take a tenth of the time. So they wait with syscall.RawSyscall and keep their
// Ps. That would stop the world for ever, the world of the garbage collector, if the
// runtime did not send a signal (SIGURG) to who shall stop, which ends the wait. It does so
// after 10 ms as well: then there is nothing to do, and the thread waits without a P.

// mayHold reports whether a thread that waits may keep its P: not without the signal.
var mayHold = !strings.Contains(os.Getenv("GODEBUG"), "asyncpreemptoff=1")

var procs sync.Mutex

// addProcs adds n to GOMAXPROCS: for each thread that keeps its P one more, for who has
// work to do. On two CPUs, with four clients that let two threads of URing never rest, a
// request that was given to a goroutine took 2 ms in the median, and 20 ms one time in
// ten; with GOMAXPROCS=4 it was 0.11 and 0.13 ms.
func addProcs(n int) {
	procs.Lock()
	defer procs.Unlock()
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + n)
}
