package memfs

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fusedev"
)

// transport serves a connection by internal/fusedev.
type transport struct {
	conn    *fusedev.Conn
	handler *handler
}

// newTransport makes a store and what serves it from dev, which it closes if it
// fails. It waits for the kernel's INIT.
func newTransport(o *Options, dev int) (*transport, error) {
	loop := fusedev.Loop(o.Loop)
	switch {
	case isSocket(dev):
		loop = fusedev.Dev // there is nothing to clone, and there are no rings
	case o.Loop == LoopAuto:
		loop = "" // the best there is
	case o.Loop == LoopURing:
		if err := fusedev.URingAvailable(); err != nil {
			unix.Close(dev)
			return nil, loopError(o.Loop, err)
		}
	}
	store, err := newStore(o)
	if err != nil {
		unix.Close(dev)
		return nil, err
	}
	conn, err := fusedev.NewConn(dev, fusedev.Options{
		Limits: fusedev.Limits{
			Flags:               o.initFlags(),
			MaxWrite:            o.MaxWrite,
			MaxBackground:       uint16(o.MaxBackground),
			CongestionThreshold: uint16(o.CongestionThreshold),
		},
		Loop:    loop,
		Threads: o.Threads,
		Depth:   o.QueueDepth,
		Spin:    o.Spin,
		Observe: o.observeTransport(),
	})
	if err != nil {
		store.Close()
		return nil, err
	}
	t := &transport{conn, newHandler(conn, store, o)}
	t.handler.kernel = !isSocket(dev)
	if t.loop() == LoopURing {
		t.handler.forgets.device = device(dev)
	}
	if got, why := conn.Loop(); loop != "" && got != loop {
		go t.serve() // until it is unmounted, which comes next
		return nil, loopError(o.Loop, why)
	}
	return t, nil
}

// isSocket reports whether a program is at the other end, not the kernel.
func isSocket(fd int) bool {
	_, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	return err == nil
}

// loopError says that a loop that was asked for by name cannot be had.
func loopError(l Loop, why error) error {
	return fmt.Errorf("loop=%s cannot be had: %w (or use loop=auto)", l, why)
}

// serve returns when the connection is gone and every request was answered. The
// error is nil if it was unmounted.
func (t *transport) serve() error {
	defer t.handler.store.Close()
	return t.conn.Serve(t.handler)
}

// loop returns the loop in use.
func (t *transport) loop() Loop {
	l, _ := t.conn.Loop()
	return Loop(l)
}
