package fuzz

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

// randomBytes are n bytes of a generator.
func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// randomPrograms are the bytes of programs of n operations.
func randomPrograms(programs, n int) (all [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for len(all) < programs {
		p := Decode(randomBytes(r, 12*n))
		p.Ops = p.Ops[:min(n, len(p.Ops))]
		if data, err := Encode(p); err == nil && len(p.Ops) == n {
			all = append(all, data)
		}
	}
	return all
}

// TestForms has each program come back from its text form and from its bytes.
func TestForms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		p := Decode(randomBytes(r, 1+r.IntN(300)))
		parsed, err := Parse(p.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		if !same(parsed, p) {
			t.Fatalf("parsed:\n%s\nwant:\n%s", parsed, p)
		}
		data, err := Encode(p)
		if err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		if decoded := Decode(data); !same(decoded, p) {
			t.Fatalf("decoded:\n%s\nwant:\n%s", decoded, p)
		}
	}
	for range 5000 {
		p := DecodeData(randomBytes(r, 1+r.IntN(300)))
		data, err := EncodeData(p)
		if err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		if decoded := DecodeData(data); !same(decoded, p) {
			t.Fatalf("decoded for FuzzData:\n%s\nwant:\n%s", decoded, p)
		}
	}
}

// TestKinds has each kind of operation in the syntax.
func TestKinds(t *testing.T) {
	names := map[string]bool{}
	for k, v := range syntax {
		if v.name == "" || v.weight < 1 || names[v.name] {
			t.Errorf("kind %d: %q, weight %d", k, v.name, v.weight)
		}
		names[v.name] = true
	}
	if len(mix) > escape {
		t.Errorf("the weights are %d together: they must fit a byte", len(mix))
	}
}

func same(a, b Program) bool {
	return a.Limits == b.Limits && len(a.Ops) == len(b.Ops) && (len(a.Ops) == 0 || reflect.DeepEqual(a.Ops, b.Ops))
}

// TestRandom does a little of what the fuzz targets do.
func TestRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	ops, data := newRunner(t), newRunner(t)
	for range 3000 {
		p := Decode(randomBytes(random, 1+random.IntN(400)))
		if f := ops.Run(p); f != nil {
			report(t, p, f, check)
		}
		p = DecodeData(randomBytes(random, 1+random.IntN(400)))
		if f := data.RunData(p); f != nil {
			report(t, p, f, checkData)
		}
	}
}

// TestMeaning has most operations of random programs do something.
func TestMeaning(t *testing.T) {
	done, all := 0, 0
	count := map[Kind][2]int{}
	for _, data := range randomPrograms(500, 20) {
		p := Decode(data)
		r := Runner{Remarks: true}
		x := execution{Runner: &r}
		x.store, _ = r.subject(p.Limits)
		if f := x.start(p.Limits); f != nil {
			t.Fatal(f)
		}
		for k := range p.Ops {
			if f := x.step(&p.Ops[k]); f != nil {
				t.Fatal(f)
			}
			all++
			c := count[p.Ops[k].Kind]
			c[1]++
			if len(x.remarks) <= k || x.remarks[k] == "" || x.remarks[k][0] != 'E' {
				done++
				c[0]++
			}
			count[p.Ops[k].Kind] = c
		}
		r.Close()
	}
	for k, c := range count {
		t.Logf("%s: %d of %d", syntax[k].name, c[0], c[1])
	}
	t.Logf("%d of %d operations succeed", done, all)
	if done < all/2 {
		t.Errorf("only %d of %d operations succeed", done, all)
	}
}
