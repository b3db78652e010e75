package fuzz

import (
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/memfs"
)

// cpuTime returns what this process has used, client and servers.
func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err) // for a bad argument only
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWire sends what random bytes say, about 10 messages a program, to a
// server by each of the loops.
func BenchmarkWire(b *testing.B) {
	for loop, name := range memfs.Loops() {
		b.Run(string(name), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			var programs [][]byte
			frames := 0
			for range 1000 {
				data := append([]byte{byte(loop)}, randomBytes(r, 120)...)
				programs = append(programs, data)
				frames += len(decodeWire(data, len(memfs.Loops())).frames)
			}
			servers := newWireServers(b)
			before := cpuTime()
			for b.Loop() {
				for _, data := range programs {
					p := decodeWire(data, len(memfs.Loops()))
					if f := servers.check(&p); f != nil {
						b.Fatal(reportWire(&p, f, string(name)))
					}
				}
			}
			n := float64(b.N * len(programs))
			b.ReportMetric(n/b.Elapsed().Seconds(), "programs/s")
			b.ReportMetric((cpuTime()-before).Seconds()*1e6/n, "cpu-µs/program")
			b.ReportMetric(float64(frames)/float64(len(programs)), "messages/program")
		})
	}
}
