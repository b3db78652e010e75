package fuzz

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/scratchfs/memfs/internal/mounttest"
	"github.com/scratchfs/memfs/memfs"
)

var targetDir = flag.String("target", "", "directory that FuzzMount compares with tmpfs, instead of memfs")

// FuzzMount runs programs as system calls on a mounted memfs and on tmpfs. The
// first byte of an input chooses the loop, and whether each operation has a time
// of its own; the rest is for Decode.
func FuzzMount(f *testing.F) {
	for _, t := range traces(f) {
		data, err := Encode(t.Program)
		if err != nil {
			f.Fatalf("%s: %v", t.name, err)
		}
		for loop := range mounttest.Loops() {
			f.Add(append([]byte{byte(loop)}, data...))
		}
		f.Add(append([]byte{withTicks}, data...))
	}
	requireTmpfs(f)
	target := newMountTarget(f)
	if *targetDir != "" { // what it lacks: nobody hears what workers say
		for _, t := range traces(f) {
			if _, err := target.Compare(t.Program); err != nil {
				f.Fatal(err)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		target.choose(data[0])
		p := Decode(data[1:])
		if target.options.Ticks {
			p.Ops = p.Ops[:min(len(p.Ops), 20)]
		}
		if err := target.Check(p); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
	})
}

// withTicks in the first byte of an input gives each operation a time of its own.
// It takes long, so few bytes do.
const withTicks = 0xfc

// patience is how long a program may take.
const patience = 5 * time.Second

// mountTarget has mounts for each loop and each limits, which it keeps.
type mountTarget struct {
	*Target
	loop    memfs.Loop
	slice   bool                         // the oracle is a slice of bytes, not tmpfs
	servers map[string]*mounttest.Server // by options
}

// newMountTarget returns a Target for mounts of memfs or, with the flag -target,
// for a directory.
func newMountTarget(f testing.TB) *mountTarget {
	m := &mountTarget{servers: map[string]*mounttest.Server{}}
	if *targetDir != "" {
		t, err := NewTarget(*targetDir)
		if err != nil {
			f.Fatal(err)
		}
		m.Target = t
	} else {
		mounttest.RequireFUSE(f)
		m.Target = &Target{Known: m.known, lacks: m.leftOut, Timeout: patience, limits: true}
		m.place = m.mounts
		m.Hung = m.kill
	}
	m.Shrink = *shrinkTime
	f.Cleanup(func() {
		m.Close()
		for _, s := range m.servers {
			if err := s.Stop(); err != nil {
				f.Error(err)
			}
		}
	})
	return m
}

// requireTmpfs skips the test where no tmpfs can be mounted to compare with.
func requireTmpfs(t testing.TB) {
	t.Helper()
	if *targetDir != "" {
		return
	}
	mounttest.RequireFUSE(t)
	if os.Geteuid() != 0 {
		t.Skip("only root can mount tmpfs, with the limits that memfs has")
	}
}

// String returns what programs run on.
func (m *mountTarget) String() string {
	if *targetDir != "" {
		return *targetDir
	}
	return "loop=" + string(m.loop)
}

// choose has the first byte of an input say how programs run.
func (m *mountTarget) choose(b byte) {
	loops := mounttest.Loops()
	m.loop = loops[int(b)%len(loops)]
	m.options.Ticks = b >= withTicks
}

// kill ends all servers. There will be new ones.
func (m *mountTarget) kill() {
	for options, s := range m.servers {
		s.Kill()
		s.Stop() // which fails, since it was killed
		delete(m.servers, options)
	}
}

// mounts returns where the programs run that have the limits of p.
func (m *mountTarget) mounts(p Program) (got, want string, err error) {
	policy := [...]string{"relatime", "noatime", "strictatime"}[p.Limits.ATime]
	// An inode more, for the directory that a client makes.
	options := fmt.Sprintf("size=%dk,nr_inodes=%d,%s", p.Limits.Blocks*blockSize/1024, p.Limits.Inodes+1, policy)
	want = oracle(options)
	got, err = m.mount(options + ",loop=" + string(m.loop))
	return got, want, err
}

// mount returns a mount with options, a new one if there is none yet.
func (m *mountTarget) mount(options string) (string, error) {
	if os.Geteuid() == 0 { // who runs operations as other users
		options += ",allow_other"
	}
	s := m.servers[options]
	if s == nil {
		var err error
		if s, err = mounttest.Start(options); err != nil {
			return "", err
		}
		m.servers[options] = s
	}
	return s.Dir, nil
}

// TestHang has a server not answer: that is a finding, and the next program runs on
// another mount.
func TestHang(t *testing.T) {
	if *targetDir != "" {
		t.Skip("-target is another's")
	}
	requireTmpfs(t)
	m := newMountTarget(t)
	m.choose(0)
	m.Timeout = 500 * time.Millisecond
	p := mustParse(t, "1 mkdir root \"a\" mode=0755")
	if f, err := m.Compare(p); f != nil || err != nil {
		t.Fatal(f, err)
	}
	for _, s := range m.servers {
		if err := s.Freeze(); err != nil {
			t.Fatal(err)
		}
	}
	if f, err := m.Compare(p); f == nil || f.Check != "hang" {
		t.Errorf("%v, %v, want that it hangs", f, err)
	}
	m.Timeout = patience
	if f, err := m.Compare(p); f != nil || err != nil {
		t.Errorf("after that: %v, %v", f, err)
	}
}

// BenchmarkMount runs programs of 20 operations on each loop.
func BenchmarkMount(b *testing.B) {
	programs := randomPrograms(200, 20)
	for loop, name := range mounttest.Loops() {
		b.Run(string(name), func(b *testing.B) {
			requireTmpfs(b)
			target := newMountTarget(b)
			target.choose(byte(loop))
			for b.Loop() {
				for _, data := range programs {
					if err := target.Check(Decode(data)); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.N*len(programs))/b.Elapsed().Seconds(), "programs/s")
		})
	}
}
