package fuzz

import (
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// meter measures how many programs run in a benchmark, by the clock and by the
// time of the processors, which other programs disturb less.
type meter struct {
	b      *testing.B
	before time.Duration
}

func startMeter(b *testing.B) meter { return meter{b, cpuTime()} }

// report reports that n programs have run.
func (m meter) report(n int) {
	m.b.ReportMetric(float64(n)/m.b.Elapsed().Seconds(), "programs/s")
	m.b.ReportMetric(float64(n)/(cpuTime()-m.before).Seconds(), "programs/cpu-s")
}

// cpuTime returns what this process has used.
func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err) // for a bad argument only
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkOps runs programs of 20 operations.
func BenchmarkOps(b *testing.B) {
	programs := randomPrograms(1000, 20)
	r := newRunner(b)
	m := startMeter(b)
	for b.Loop() {
		for _, data := range programs {
			if f := r.Run(Decode(data)); f != nil {
				b.Fatal(Report(Decode(data), f))
			}
		}
	}
	m.report(b.N * len(programs))
}

// BenchmarkData runs programs of 20 operations on one file.
func BenchmarkData(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var programs []Program
	for range 1000 {
		p := DecodeData(randomBytes(random, 160))
		p.Ops = p.Ops[:20]
		programs = append(programs, p)
	}
	r := newRunner(b)
	m := startMeter(b)
	for b.Loop() {
		for _, p := range programs {
			if f := r.RunData(p); f != nil {
				b.Fatal(Report(p, f))
			}
		}
	}
	m.report(b.N * len(programs))
}
