//go:build !linux

package memfs

import "runtime"

// device is what requests are read from: of use on Linux only, where reading
// it need not wait.
type device struct{}

func (device) setNonblock() error { return nil }
func (device) wait()              {}

// screen is of use on Linux only.
type screen struct{}

func newScreen(device) *screen { return nil }
func (*screen) next() error    { return nil }
func (*screen) refuse()        {}

func yield() { runtime.Gosched() }
