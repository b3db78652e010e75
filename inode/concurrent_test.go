package inode

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// TestConcurrent lets goroutines make, move and remove whatever they meet in a
// small tree; the race detector and the invariants judge.
func TestConcurrent(t *testing.T) {
	s := newStore(t, 500, 200)
	dirs := []ID{RootID}
	for n := range 6 {
		parent := dirs[n/2]
		dirs = append(dirs, must[Entry](t)(s.Mkdir(parent, fmt.Sprint("d", n), 0o755, Caller{})).ID)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(4, uint64(g)))
			buf := make([]byte, 20000)
			dir := func() ID { return dirs[random.IntN(len(dirs))] }
			name := func() string { return fmt.Sprint([]string{"d", "f"}[random.IntN(2)], random.IntN(8)) }
			var held []ID
			hold := func(e Entry, errno interface{ Error() string }) {
				if e.ID != 0 {
					held = append(held, e.ID)
				}
			}
			for range 4000 {
				switch random.IntN(15) {
				case 0:
					hold(s.Mknod(dir(), name(), 0o644, 0, Caller{}))
				case 1:
					hold(s.Mkdir(dir(), name(), 0o755, Caller{}))
				case 2:
					hold(s.Symlink(dir(), name(), "x", Caller{}))
				case 3:
					s.Unlink(dir(), name())
				case 4:
					s.Rmdir(dir(), name())
				case 5, 6:
					flags := [...]uint32{0, 0, RenameNoReplace, RenameExchange, RenameWhiteout}
					s.Rename(dir(), name(), dir(), name(), flags[random.IntN(len(flags))], Caller{})
				case 7:
					hold(s.Lookup(dir(), name()))
				case 8:
					if len(held) > 0 {
						hold(s.Link(held[0], dir(), name()))
					}
				case 9:
					for k, id := range held {
						s.Write(id, buf[:random.IntN(len(buf))], int64(random.IntN(40000)))
						s.Read(held[len(held)-1-k], buf, 0)
						s.CopyRange(id, 0, held[len(held)-1-k], 10000, 30000)
						s.Seek(id, 0, SeekHole)
					}
				case 10:
					for _, id := range held {
						s.Forget(id, 1)
					}
					held = held[:0]
				case 11:
					s.ReadDirPlus(dir(), 0, func(d Dirent, e Entry) bool {
						hold(e, nil)
						return true
					})
				case 12:
					size := int64(random.IntN(30000))
					for _, id := range held {
						s.SetAttr(id, SetAttr{Size: &size, Mode: new(uint32)})
					}
				case 13:
					for _, id := range held {
						s.SetXattr(id, "user."+name(), buf[:10], 0)
						s.RemoveXattr(id, "user."+name())
						s.Fallocate(id, FallocPunchHole|FallocKeepSize, 5000, 10000)
						s.GetAttr(id)
					}
				case 14:
					hold(s.Tmpfile(dir(), 0o600, Caller{}))
				}
			}
			for _, id := range held {
				s.Forget(id, 1)
			}
		})
	}
	wg.Wait()
}
