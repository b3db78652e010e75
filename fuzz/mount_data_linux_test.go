package fuzz

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/scratchfs/memfs/internal/mounttest"
)

// FuzzMountData runs the programs of FuzzData as system calls on a mounted memfs,
// or in the directory of the flag -target. The first byte of an input chooses the
// loop, the second the ways of reading and writing.
func FuzzMountData(f *testing.F) {
	for _, t := range traces(f) {
		data, err := EncodeData(t.Program)
		if err != nil {
			continue
		}
		for loop := range mounttest.Loops() {
			f.Add(append([]byte{byte(loop), byte(loop)}, data...))
		}
	}
	target := newDataTarget(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 2 {
			return
		}
		target.choose(data[0])
		if err := target.CheckData(DecodeData(data[2:]), data[1]); err != nil {
			t.Fatalf("%s, with the ways %d: %v", target, data[1], err)
		}
	})
}

// newDataTarget returns a Target to be compared with a slice of bytes.
func newDataTarget(t testing.TB) *mountTarget {
	m := newMountTarget(t)
	m.slice = true
	if *targetDir == "" {
		m.place = m.roomy
	}
	return m
}

// roomy returns a mount of memfs on which no program meets a limit: at one, what
// was stored through a mapping is lost on memfs, and SIGBUS on tmpfs.
func (m *mountTarget) roomy(Program) (got, want string, err error) {
	got, err = m.mount(fmt.Sprintf("size=16m,loop=%s", m.loop))
	return got, "", err
}

// BenchmarkMountData runs programs of 20 operations on one file.
func BenchmarkMountData(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	target := newDataTarget(b)
	target.choose(0)
	for b.Loop() {
		p := DecodeData(randomBytes(random, 160))
		p.Ops = p.Ops[:20]
		if err := target.CheckData(p, uint8(random.Uint32())); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "programs/s")
}
