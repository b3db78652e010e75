//go:build linux

package fusedev

import (
	"fmt"
	"testing"
)

func TestWhereabouts(t *testing.T) {
	var w whereabouts
	for k, c := range []struct {
		client uint32
		cpu    int
		want   bool
	}{
		{100, 0, false}, // seen for the first time
		{100, 0, false},
		{100, 1, true},
		{100, 1, false},
		{101, 0, false}, // another one
		{100, 0, true},
		{100 + uint32(len(w)), 1, false}, // in place of 100
		{100, 1, false},
		{0, 0, false}, // of another namespace
	} {
		if got := w.moved(c.client, c.cpu); got != c.want {
			t.Errorf("%d. %d on CPU %d: %v", k, c.client, c.cpu, got)
		}
	}
}

func TestMigrationMeter(t *testing.T) {
	var m migrationMeter
	window := func(moved int) {
		for i := range migrationWindow {
			m.request(i < moved)
		}
	}
	spins := func() (n int) {
		for m.spin() {
			n++
		}
		return n
	}
	window(manyMigrations)
	if n := spins(); n != 0 {
		t.Errorf("%d spins after a few migrations", n)
	}
	window(manyMigrations + 1)
	if n := spins(); n != spinWaits {
		t.Errorf("%d spins after many migrations, want %d", n, spinWaits)
	}
	window(0)
	if n := spins(); n != 0 {
		t.Errorf("%d spins after none", n)
	}
}

// TestMountCollect has the collector stop threads that wait for requests with their Ps.
func TestMountCollect(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		for i := range 100 {
			m.stat(fmt.Sprint("file.", i)) // then a thread waits for more
			m.stat(fmt.Sprint("collect.", i))
		}
	})
}
