package fuzz

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// Not -replay: that is for traces.
var wireFile = flag.String("wire", "", "messages for TestWireSeeds to send: absolute, or relative to fuzz/")

// findWire fails the test with the smallest program that shows the finding.
func findWire(t *testing.T, p wireProgram, f *Finding) {
	t.Helper()
	known.Lock()
	defer known.Unlock()
	id := t.Name() + "wire" + f.Check
	if known.programs == nil {
		known.programs = map[string]string{}
	}
	if known.programs[id] == "" {
		loop := wireLoops()[p.loop].name
		var again *Finding
		for n := 0; again == nil && n < 20; n++ { // it may be a matter of order
			again = checkWire(&p)
		}
		if again == nil {
			t.Fatalf("not found again by a new server:\n%s", reportWire(&p, f, loop))
		}
		p, f = shrinkWire(p, again, checkWire, *shrinkTime)
		known.programs[id] = reportWire(&p, f, loop)
	}
	t.Fatal(known.programs[id])
}

// FuzzWire sends messages to a server by each of the loops.
func FuzzWire(f *testing.F) {
	for loop := range wireLoops() {
		for _, t := range traces(f) {
			if data, err := encodeWire(t.Program, loop); err == nil {
				f.Add(data)
			}
		}
		for _, s := range wireSeeds(f) {
			f.Add(encodeFrames(s.frames, loop))
		}
	}
	servers := newWireServers(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p := decodeWire(data, len(wireLoops()))
		if finding := servers.check(&p); finding != nil {
			findWire(t, p, finding)
		}
	})
}

// TestWireSeeds sends the messages of the flag -wire, or else those of
// testdata/wire and the operations of testdata/traces.
func TestWireSeeds(t *testing.T) {
	newWireServers(t)
	seeds := append(wireSeeds(t), tracesAsFrames(t)...)
	if *wireFile != "" {
		seeds = []wireSeed{readFrames(t, *wireFile)}
	}
	for _, s := range seeds {
		for loop, l := range wireLoops() {
			t.Run(s.name+"/"+l.name, func(t *testing.T) {
				p := wireProgram{loop, s.frames}
				if f := checkWire(&p); f != nil && *wireFile != "" {
					findWire(t, p, f)
				} else if f != nil {
					t.Error(reportWire(&p, f, l.name))
				}
			})
		}
	}
}

// TestWireInterrupts sends so many INTERRUPTs of requests that there are not that one
// is to be sent again, with many between that no kernel sends.
func TestWireInterrupts(t *testing.T) {
	var good wireFrame
	put(good.is(fuseclient.Interrupt), &fuseclient.InterruptIn{Unique: 1<<63 - 1})
	bad := good
	bad.excess = 1
	frames := slices.Concat(slices.Repeat([]wireFrame{good}, 100), slices.Repeat([]wireFrame{bad}, interruptsMax), slices.Repeat([]wireFrame{good}, 200))
	for loop, l := range wireLoops() {
		if f := checkWire(&wireProgram{loop, frames}); f != nil {
			t.Errorf("%s: %v", l.name, f)
		}
	}
}

type wireSeed struct {
	name   string
	frames []wireFrame
}

func wireSeeds(t testing.TB) (all []wireSeed) {
	t.Helper()
	files, err := filepath.Glob("testdata/wire/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages: %v", err)
	}
	for _, file := range files {
		all = append(all, readFrames(t, file))
	}
	return all
}

func readFrames(t testing.TB, file string) wireSeed {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	frames, err := parseFrames(string(b))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return wireSeed{strings.TrimSuffix(filepath.Base(file), ".txt"), frames}
}

func tracesAsFrames(t testing.TB) (all []wireSeed) {
	for _, trace := range traces(t) {
		s := wireSeed{name: trace.name}
		for k := range trace.Ops {
			s.frames = append(s.frames, wireOf(&trace.Ops[k]))
		}
		all = append(all, s)
	}
	return all
}

// TestWire sends what random bytes say.
func TestWire(t *testing.T) {
	servers := newWireServers(t)
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 3000 {
		data := randomBytes(r, 2+r.IntN(200))
		data[0] = byte(n)
		p := decodeWire(data, len(wireLoops()))
		if f := servers.check(&p); f != nil {
			findWire(t, p, f)
		}
	}
}

// TestWireForms has messages come back from their text form, and operations from
// their bytes.
func TestWireForms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		p := decodeWire(randomBytes(r, 1+r.IntN(300)), 1)
		frames, err := parseFrames(p.String())
		if err != nil {
			t.Fatalf("%v\n%v", err, &p)
		}
		if again := (&wireProgram{frames: frames}); again.String() != p.String() {
			t.Fatalf("parsed:\n%v\nwant:\n%v", again, &p)
		}
	}
	for _, data := range randomPrograms(100, 20) {
		p := Decode(data)
		encoded, err := encodeWire(p, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := decodeWire(encoded, 1)
		var want wireProgram
		for k := range p.Ops {
			want.frames = append(want.frames, wireOf(&p.Ops[k]))
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("decoded:\n%v\nwant:\n%v", &got, &want)
		}
	}
}
