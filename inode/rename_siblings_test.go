package inode

import (
	"testing"
	"time"
)

// TestRenameSiblings has three operations of which each could wait for the next
// one: a rename from q/b/from to q/to, an exchange of q/to and q/b, and a lookup
// of q/b/from. The numbers of the three directories are such that the first two
// take the locks in that order.
func TestRenameSiblings(t *testing.T) {
	s := newStore(t, 10, 100)
	mkdir := func(name string) ID { return must[Entry](t)(s.Mkdir(RootID, name, 0o755, Caller{})).ID }
	q, from, to, b := mkdir("q"), mkdir("from"), mkdir("to"), mkdir("b")
	if from > to || to > b {
		t.Fatalf("numbers %d, %d, %d are not in ascending order", from, to, b)
	}
	want(t, "Rename", s.Rename(RootID, "to", q, "to", 0, Caller{}), 0)
	want(t, "Rename", s.Rename(RootID, "b", q, "b", 0, Caller{}), 0)
	want(t, "Rename", s.Rename(RootID, "from", b, "from", 0, Caller{}), 0)
	must[Entry](t)(s.Mknod(from, "x", 0o644, 0, Caller{}))

	threads := []func(){
		func() {
			want(t, "Rename", s.Rename(from, "x", to, "x", 0, Caller{}), 0)
			want(t, "Rename", s.Rename(to, "x", from, "x", 0, Caller{}), 0)
		},
		func() { want(t, "Rename", s.Rename(q, "to", q, "b", RenameExchange, Caller{}), 0) },
		func() {
			_, errno := s.Lookup(b, "from")
			want(t, "Lookup", errno, 0)
			s.Forget(from, 1)
		},
	}
	done := make(chan bool, len(threads))
	for _, f := range threads {
		go func() {
			for range 5000 {
				f()
			}
			done <- true
		}()
	}
	deadline := time.After(time.Minute)
	for range threads {
		select {
		case <-done:
		case <-deadline:
			t.Fatal("they wait for each other")
		}
	}
}
