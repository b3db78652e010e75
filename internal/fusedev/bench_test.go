//go:build linux

package fusedev

import (
	"fmt"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// BenchmarkMount makes requests that the kernel does not answer itself. cpu-us/op is
// what the server's process takes for one.
func BenchmarkMount(b *testing.B) {
	for _, l := range []Loop{Dev, Clone, URing} {
		for _, clients := range []int{1, 4} {
			for name, request := range map[string]func(m *mount, client int) error{
				"statfs": func(m *mount, _ int) error {
					var st unix.Statfs_t
					return unix.Statfs(m.dir, &st)
				},
				"lookup": func(m *mount, client int) error {
					if err := m.stat(missing[client]); err != syscall.ENOENT {
						return fmt.Errorf("a missing name: %v", err)
					}
					return nil
				},
			} {
				b.Run(fmt.Sprintf("%s/%s/clients=%d", l, name, clients), func(b *testing.B) {
					benchmarkMount(b, l, clients, request)
				})
			}
		}
	}
}

var missing = [...]string{"nothing.0", "nothing.1", "nothing.2", "nothing.3"}

func benchmarkMount(b *testing.B, l Loop, clients int, request func(*mount, int) error) {
	m := newMount(b, l)
	var wait sync.WaitGroup
	b.ResetTimer()
	for client := range clients {
		wait.Go(func() {
			for range b.N / clients {
				if err := request(m, client); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	b.StopTimer()
	m.wait(b)
	s := m.server.ProcessState
	b.ReportMetric(float64((s.UserTime()+s.SystemTime()).Microseconds())/float64(b.N), "cpu-us/op")
}
