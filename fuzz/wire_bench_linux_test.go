package fuzz

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkWire sends what random bytes say, about 10 messages a program, to a
// server by each of the loops.
func BenchmarkWire(b *testing.B) {
	for loop, l := range wireLoops() {
		b.Run(l.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			var programs [][]byte
			frames := 0
			for range 1000 {
				data := append([]byte{byte(loop)}, randomBytes(r, 120)...)
				programs = append(programs, data)
				frames += len(decodeWire(data, len(wireLoops())).frames)
			}
			servers := newWireServers(b)
			m := startMeter(b)
			for b.Loop() {
				for _, data := range programs {
					p := decodeWire(data, len(wireLoops()))
					if f := servers.check(&p); f != nil {
						b.Fatal(reportWire(&p, f, l.name))
					}
				}
			}
			m.report(b.N * len(programs))
			b.ReportMetric(float64(frames)/float64(len(programs)), "messages/program")
		})
	}
}
