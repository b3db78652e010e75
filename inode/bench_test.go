package inode

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func benchStore(b *testing.B) *Store {
	s, err := New(Config{Blocks: 1 << 20, Inodes: 1 << 22})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func mustMknod(b *testing.B, s *Store, dir ID, name string) ID {
	e, errno := s.Mknod(dir, name, 0o644, 0, Caller{})
	if errno != 0 {
		b.Fatal(errno)
	}
	return e.ID
}

// BenchmarkLookup finds random names in directories of different sizes.
func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{1e3, 1e6} {
		b.Run(fmt.Sprintf("names=%d", n), func(b *testing.B) {
			s := benchStore(b)
			// All the names in one string, in random order, so that fetching
			// them costs no cache misses of its own.
			const length = len("file0000000")
			var all strings.Builder
			for _, k := range rand.Perm(n) {
				fmt.Fprintf(&all, "file%07d", k)
			}
			for k := range n {
				mustMknod(b, s, RootID, fmt.Sprintf("file%07d", k))
			}
			runtime.GC()
			b.ReportAllocs()
			for k := 0; b.Loop(); k = (k + length) % all.Len() {
				if _, errno := s.Lookup(RootID, all.String()[k:][:length]); errno != 0 {
					b.Fatal(errno)
				}
			}
		})
	}
}

func createUnlink(b *testing.B, s *Store, dir ID, name string) {
	id := mustMknod(b, s, dir, name)
	if errno := s.Unlink(dir, name); errno != 0 {
		b.Fatal(errno)
	}
	s.Forget(id, 1)
}

// BenchmarkCreateUnlink makes and removes a file in each of some directories
// out of a hundred, one goroutine a directory; an operation is one file in each.
func BenchmarkCreateUnlink(b *testing.B) {
	for _, clients := range []int{1, 2} {
		b.Run(fmt.Sprintf("dirs=%d", clients), func(b *testing.B) {
			s := benchStore(b)
			var dirs [100]ID
			for d := range dirs {
				dirs[d] = mustMkdir(b, s, strconv.Itoa(d))
				createUnlink(b, s, dirs[d], "name")
			}
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for c := range clients {
				wg.Go(func() {
					for range b.N {
						createUnlink(b, s, dirs[c*len(dirs)/2], "name")
					}
				})
			}
			wg.Wait()
		})
	}
}

func mustMkdir(b *testing.B, s *Store, name string) ID {
	e, errno := s.Mkdir(RootID, name, 0o755, Caller{})
	if errno != 0 {
		b.Fatal(errno)
	}
	return e.ID
}

// BenchmarkData reads and writes in a file of 64 MiB, front to back.
func BenchmarkData(b *testing.B) {
	const size = 64 << 20
	for _, op := range []string{"read", "write"} {
		for _, n := range []int{4 << 10, 128 << 10} {
			b.Run(fmt.Sprintf("%s/%dK", op, n>>10), func(b *testing.B) {
				s := benchStore(b)
				id := mustMknod(b, s, RootID, "f")
				buf := make([]byte, n)
				for at := int64(0); at < size; at += int64(n) {
					s.Write(id, buf, at)
				}
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for at := int64(0); b.Loop(); at = (at + int64(n)) % size {
					var got int
					if op == "read" {
						got, _ = s.Read(id, buf, at)
					} else {
						got, _ = s.Write(id, buf, at)
					}
					if got != n {
						b.Fatal(got)
					}
				}
			})
		}
	}
}

// BenchmarkCopyRange copies from one file of 64 MiB to another, front to back.
func BenchmarkCopyRange(b *testing.B) {
	const size = 64 << 20
	for _, n := range []int64{4 << 10, 128 << 10} {
		b.Run(fmt.Sprintf("%dK", n>>10), func(b *testing.B) {
			s := benchStore(b)
			in, out := mustMknod(b, s, RootID, "in"), mustMknod(b, s, RootID, "out")
			s.Write(in, make([]byte, size), 0)
			s.Write(out, make([]byte, size), 0)
			b.SetBytes(n)
			b.ReportAllocs()
			for at := int64(0); b.Loop(); at = (at + n) % size {
				if got, _ := s.CopyRange(in, at, out, at, n); got != n {
					b.Fatal(got)
				}
			}
		})
	}
}

// BenchmarkRewrite writes a file anew, from nothing: what it costs to take
// blocks and to give them back.
func BenchmarkRewrite(b *testing.B) {
	for _, size := range []int{100, 4 << 10, 128 << 10, 64 << 20} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			s := benchStore(b)
			id := mustMknod(b, s, RootID, "f")
			buf := make([]byte, min(size, 128<<10))
			zero := new(int64)
			b.SetBytes(int64(size))
			for b.Loop() {
				for at := 0; at < size; at += len(buf) {
					s.Write(id, buf, int64(at))
				}
				s.SetAttr(id, SetAttr{Size: zero})
			}
		})
	}
}

// BenchmarkDirectory makes, lists and removes all the names of directories of
// different sizes; the time is for one name.
func BenchmarkDirectory(b *testing.B) {
	for _, n := range []int{1e4, 1e5, 1e6} {
		b.Run(fmt.Sprintf("names=%d", n), func(b *testing.B) {
			names := make([]string, n)
			for k := range names {
				names[k] = "file" + strconv.Itoa(k)
			}
			var create, list, remove float64
			for b.Loop() {
				s := benchStore(b)
				per := func(f func()) float64 {
					start := b.Elapsed()
					f()
					return float64(b.Elapsed()-start) / float64(n)
				}
				create = per(func() {
					for _, name := range names {
						mustMknod(b, s, RootID, name)
					}
				})
				list = per(func() {
					s.ReadDir(RootID, 0, func(Dirent) bool { return true })
				})
				remove = per(func() {
					for _, name := range names {
						s.Unlink(RootID, name)
					}
				})
			}
			b.ReportMetric(create, "ns/create")
			b.ReportMetric(list, "ns/list")
			b.ReportMetric(remove, "ns/remove")
		})
	}
}

// BenchmarkSeek looks for data in files of which fallocate(2) took all the room.
func BenchmarkSeek(b *testing.B) {
	for _, blocks := range []int64{1 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("blocks=%d", blocks), func(b *testing.B) {
			s := benchStore(b)
			id := mustMknod(b, s, RootID, "file")
			if errno := s.Fallocate(id, 0, 0, blocks*BlockSize); errno != 0 {
				b.Fatal(errno)
			}
			for b.Loop() {
				if _, errno := s.Seek(id, 0, SeekData); errno != syscall.ENXIO {
					b.Fatal(errno)
				}
			}
		})
	}
}
