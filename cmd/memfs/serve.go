package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/scratchfs/memfs/memfs"
)

// catchSignals takes over the signals that would end the process and leave a
// dead mount behind. A process in the background outlives its terminal.
func catchSignals(background bool) <-chan os.Signal {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if background {
		signal.Ignore(syscall.SIGHUP)
	} else {
		signal.Notify(signals, syscall.SIGHUP)
	}
	// A message to a reader that is gone must not end the process either.
	signal.Ignore(syscall.SIGPIPE)
	return signals
}

// serve returns when m is unmounted, by somebody or by signals: the first that
// finds it idle unmounts it, the second detaches it even when busy, and one more
// gives up on the users that are left.
func serve(m *memfs.MountPoint, signals <-chan os.Signal) error {
	done := make(chan error, 1)
	go func() { done <- m.Wait() }()

	for refused, detached := 0, false; ; {
		select {
		case err := <-done:
			return err
		case <-signals:
		}
		if detached {
			return fmt.Errorf("%s: left while files were in use", m.Dir())
		}
		err := m.Unmount()
		switch {
		case err == nil:
			detached = true
		case errors.Is(err, syscall.ENOTSUP): // somebody else mounted it
			detached = true
			complain(fmt.Errorf("%w (or signal again to leave)", err))
		case errors.Is(err, syscall.EINVAL): // somebody was faster: umount -l
			detached = true
			complain(fmt.Errorf("%s: detached already; ends with its last user, or with one more signal", m.Dir()))
		case !errors.Is(err, syscall.EBUSY):
			complain(err)
		case refused == 0:
			refused++
			complain(fmt.Errorf("%w (or signal again)", err))
		default:
			if err := m.Detach(); err != nil {
				complain(err)
				continue
			}
			detached = true
			complain(fmt.Errorf("%s: detached; ends with its last user, or with one more signal", m.Dir()))
		}
	}
}
