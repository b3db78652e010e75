//go:build linux

package fstest

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

// workers is how many goroutines meet: enough to outnumber any scheduler slot
// of a small machine.
const workers = 8

// opError names the operation that failed.
func opError(op string, err error) error { return fmt.Errorf("%s: %w", op, err) }

// retry calls f again while a signal interrupts it; the Go runtime sends some.
func retry(f func() error) error {
	for {
		if err := f(); err != unix.EINTR {
			return err
		}
	}
}

// writeFile makes or replaces a file, for use beside the test's goroutine.
func writeFile(path, data string) error {
	return os.WriteFile(path, []byte(data), 0o644)
}

// readBack complains unless the file holds data.
func readBack(path, data string) error {
	got, err := os.ReadFile(path)
	if err == nil && string(got) != data {
		return fmt.Errorf("%s holds %q, want %q", path, got, data)
	}
	return err
}

// compete calls f from many goroutines at once and counts those that succeed.
// Any error but the losers' ends the test.
func compete(t *testing.T, lose unix.Errno, f func(worker int) error) int {
	t.Helper()
	var g errgroup.Group
	var won atomic.Int64
	start := make(chan struct{})
	for w := range workers {
		g.Go(func() error {
			<-start
			switch err := f(w); err {
			case nil:
				won.Add(1)
			case lose:
			default:
				return err
			}
			return nil
		})
	}
	close(start)
	must(t, g.Wait(), "competing")
	return int(won.Load())
}

// tolerate returns err unless it is one of those expected.
func tolerate(err error, expected ...unix.Errno) error {
	for _, e := range expected {
		if err == e {
			return nil
		}
	}
	return err
}
