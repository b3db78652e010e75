package inode

import (
	"fmt"
	"hash/maphash"
	"math"
	"math/rand/v2"
	"testing"
)

// names lists a directory in pieces of at most n names, calling between after
// each.
func names(t *testing.T, s *Store, id ID, n int, between func()) []string {
	t.Helper()
	var all []string
	for offset := uint64(0); ; {
		count := 0
		want(t, "ReadDir", s.ReadDir(id, offset, func(d Dirent) bool {
			if count++; count > n {
				return false
			}
			all = append(all, d.Name)
			offset = d.Next
			return true
		}), 0)
		if count <= n {
			return all
		}
		between()
	}
}

// TestListingWhileChanging lists a directory whose names come and go
// meanwhile: what stays is listed once, however the hashes fall.
func TestListingWhileChanging(t *testing.T) {
	for what, hash := range map[string]func(maphash.Seed, string) uint64{
		"hashed":    maphash.String,
		"colliding": func(seed maphash.Seed, name string) uint64 { return maphash.String(seed, name) % 64 << 8 },
	} {
		t.Run(what, func(t *testing.T) {
			s := newStore(t, 10, 10000)
			s.hash = hash
			for n := range 500 {
				must[Entry](t)(s.Mknod(RootID, fmt.Sprint("stays", n), 0, 0, Caller{}))
			}
			random := rand.New(rand.NewPCG(1, 2))
			there := map[string]bool{}
			seen := map[string]int{}
			for _, name := range names(t, s, RootID, 7, func() {
				for range 20 {
					name := fmt.Sprint("moves", random.IntN(200))
					if there[name] {
						want(t, "Unlink", s.Unlink(RootID, name), 0)
					} else {
						must[Entry](t)(s.Mknod(RootID, name, 0, 0, Caller{}))
					}
					there[name] = !there[name]
				}
			}) {
				seen[name]++
			}
			for n := range 500 {
				if name := fmt.Sprint("stays", n); seen[name] != 1 {
					t.Errorf("%s was listed %d times", name, seen[name])
				}
			}
			if seen["."] != 1 || seen[".."] != 1 {
				t.Errorf(". and ..: %d, %d times", seen["."], seen[".."])
			}
		})
	}
}

func TestReadDirPlusCountsLookups(t *testing.T) {
	s := newStore(t, 10, 100)
	e := must[Entry](t)(s.Mknod(RootID, "a", 0, 0, Caller{}))
	for _, take := range []bool{true, false} {
		s.ReadDirPlus(RootID, cookieDotDot, func(Dirent, Entry) bool { return take })
	}
	if got := s.get(e.ID).lookups.Load(); got != 2 {
		t.Errorf("%d lookups, want 2", got)
	}
}

func TestListingFromTheLastOffset(t *testing.T) {
	s := newStore(t, 10, 10)
	fileOf(t, s, "f")
	want(t, "ReadDir", s.ReadDir(RootID, math.MaxUint64, func(d Dirent) bool {
		t.Errorf("%q is listed", d.Name)
		return true
	}), 0)
}
