//go:build linux

package fusedev

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// uringSwitch is the parameter of the kernel's module. The default is N. Tests
// have another.
var uringSwitch = "/sys/module/fuse/parameters/enable_uring"

// URingAvailable returns nil if a connection made now could use FUSE over
// io_uring, and else an error that says why not, and what to do.
func URingAvailable() error {
	if err := uringEnabled(); err != nil {
		return err
	}
	r, err := newRing(-1) // no file
	if err != nil {
		return err
	}
	r.close()
	return nil
}

func uringEnabled() error {
	b, err := os.ReadFile(uringSwitch)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("this kernel has no FUSE over io_uring: it needs Linux 6.14 with CONFIG_FUSE_IO_URING")
	case err != nil:
		return err
	case strings.TrimSpace(string(b)) != "Y":
		return fmt.Errorf("FUSE over io_uring is switched off: as root, echo Y > %s", uringSwitch)
	}
	return nil
}

// noURing says why the kernel has not offered it.
func noURing() error {
	if err := uringEnabled(); err != nil {
		return err
	}
	return errors.New("the other end of the connection does not offer FUSE over io_uring")
}

func ringError(e syscall.Errno) error {
	err := os.NewSyscallError("io_uring_setup", e)
	switch e {
	case syscall.ENOSYS:
		return fmt.Errorf("%w: this kernel has no io_uring, or a filter of system calls hides it", err)
	case syscall.EPERM:
		return fmt.Errorf("%w: sysctl kernel.io_uring_disabled, or a filter of system calls, forbids it", err)
	case syscall.EINVAL:
		return fmt.Errorf("%w: this kernel's io_uring is too old", err)
	}
	return err
}

// uring is the threads that serve the kernel's queues. The kernel has one for
// each CPU that there may ever be, and puts a request in that of the CPU on which
// it was made.
//
// For each CPU that this process may run on there is a thread, pinned there. The
// queues of all others are those of one more thread, which runs where it may: most of
// them are of CPUs that never come.
type uring struct {
	own     unix.CPUSet // on which this process may run
	workers []*worker
	clients whereabouts
	running sync.WaitGroup
}

// newURing starts the threads, and makes their rings, which the kernel knows
// nothing of yet.
func newURing(c *Conn) (*uring, error) {
	if err := uringEnabled(); err != nil {
		return nil, err
	}
	n, err := possibleCPUs()
	if err != nil {
		return nil, err
	}
	u := new(uring)
	if u.own, err = ownCPUs(); err != nil {
		return nil, err
	}
	var others []int
	for cpu := range n {
		if u.own.IsSet(cpu) {
			u.workers = append(u.workers, newWorker(c, u, cpu, cpu))
		} else {
			others = append(others, cpu)
		}
	}
	if len(others) > 0 {
		u.workers = append(u.workers, newWorker(c, u, anyCPU, others...))
	}
	for _, w := range u.workers {
		u.running.Go(w.run)
	}
	if err := u.all((*worker).setup); err != nil {
		u.close()
		return nil, err
	}
	return u, nil
}

// all makes each thread do something, and returns the first error.
func (u *uring) all(do func(*worker) error) error {
	for _, w := range u.workers {
		w.todo <- do
	}
	var first error
	for _, w := range u.workers {
		if err := <-w.did; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// register hands the queues to the kernel, which uses them when it has them all.
// If it fails the kernel goes on with /dev/fuse.
func (u *uring) register() error { return u.all((*worker).register) }

// serve serves requests until the connection is gone.
func (u *uring) serve() error { return u.all((*worker).loop) }

// close ends the threads and gives back what they have.
func (u *uring) close() {
	for _, w := range u.workers {
		close(w.todo)
	}
	u.running.Wait()
	u.workers = nil
}
