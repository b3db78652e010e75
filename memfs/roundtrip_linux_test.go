package memfs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jacobsa/fuse"
	sampleserver "github.com/jacobsa/fuse/samples/memfs"
	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/mounttest"
	"github.com/scratchfs/memfs/memfs"
)

// sample is the in-memory filesystem among the samples of jacobsa/fuse.
var sample = mounttest.Peer{Name: "sample", Mount: func(dir string) (*fuse.MountedFileSystem, error) {
	return fuse.Mount(dir, sampleserver.NewMemFS(uint32(os.Getuid()), uint32(os.Getgid())),
		&fuse.MountConfig{Options: map[string]string{"allow_other": ""}})
}}

// roundTrips are operations that the kernel cannot answer by itself. n is
// another number each time.
var roundTrips = map[string]func(dir string, n int) error{
	"statfs": func(dir string, _ int) error {
		return unix.Statfs(dir, new(unix.Statfs_t))
	},
	"missing": func(dir string, n int) error {
		if err := unix.Stat(filepath.Join(dir, strconv.Itoa(n)), new(unix.Stat_t)); err != unix.ENOENT {
			return fmt.Errorf("stat of a missing name: %v", err)
		}
		return nil
	},
	"create+unlink": func(dir string, _ int) error {
		path := filepath.Join(dir, "file")
		fd, err := unix.Open(path, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		unix.Close(fd)
		return unix.Unlink(path)
	},
}

// BenchmarkRoundTrip lets clients make requests of the sample and of each loop
// in turn, and reports the medians as ratios to the sample. Run it with
// -benchtime 1x, and under taskset(1) for clients and servers on one processor.
func BenchmarkRoundTrip(b *testing.B) {
	const rounds, slice = 9, 300 * time.Millisecond
	for _, op := range []string{"statfs", "missing", "create+unlink"} {
		for _, clients := range []int{1, 4} {
			b.Run(fmt.Sprintf("%s/clients=%d", op, clients), func(b *testing.B) {
				dirs := map[string]string{"sample": mounttest.Mount(b, "peer=sample", deadline)}
				for _, loop := range memfs.Loops() {
					dirs[string(loop)] = mounttest.Mount(b, "allow_other,size=1g,loop="+string(loop), deadline)
				}
				rates := map[string][]float64{}
				for range b.N * rounds {
					for name, dir := range dirs {
						rates[name] = append(rates[name], rate(b, roundTrips[op], dir, clients, slice))
					}
				}
				base := median(rates["sample"])
				for name, r := range rates {
					if name != "sample" {
						b.ReportMetric(median(r)/base, name+"/sample")
					}
				}
				b.ReportMetric(base, "sample/s")
			})
		}
	}
}

// next numbers the operations of all rounds.
var next atomic.Int64

// rate returns how often a second the clients together did op, each in a
// directory of its own.
func rate(b *testing.B, op func(string, int) error, root string, clients int, d time.Duration) float64 {
	var total atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	start := time.Now()
	for c := range clients {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			dir := filepath.Join(root, strconv.Itoa(c)+"-")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				b.Error(err)
			}
			for !stop.Load() {
				if err := op(dir, int(next.Add(1))); err != nil {
					b.Error(err)
					return
				}
				total.Add(1)
			}
		})
	}
	time.Sleep(d)
	stop.Store(true)
	wg.Wait()
	return float64(total.Load()) / time.Since(start).Seconds()
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
