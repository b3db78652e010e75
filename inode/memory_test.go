package inode

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// resident returns the resident memory of this process in bytes
// (/proc/self/statm).
func resident(b *testing.B) int64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(statm))[1], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// BenchmarkMemory makes a million files of a size and reports the resident
// memory of the process for each, all told, with the garbage and the reserve
// of the collector.
func BenchmarkMemory(b *testing.B) {
	const files = 1e6
	for _, size := range []int{0, 100} {
		b.Run("size="+strconv.Itoa(size), func(b *testing.B) {
			s := benchStore(b)
			before := resident(b)
			contents := make([]byte, size)
			for b.Loop() {
				for k := range int(files) {
					id := mustMknod(b, s, RootID, "file"+strconv.Itoa(k))
					if size > 0 {
						s.Write(id, contents, 0)
					}
				}
			}
			b.ReportMetric(float64(resident(b)-before)/files, "B/file")
		})
	}
}
