//go:build linux

package programs

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fioJobs are ways to write a file and read it back.
var fioJobs = map[string][]string{
	"Sequential": {"--ioengine=psync", "--rw=write", "--bs=64k"},
	"Small":      {"--ioengine=psync", "--rw=randwrite", "--bsrange=1k-20k", "--bs_unaligned"},
	"Mixed":      {"--ioengine=psync", "--rw=randrw", "--bs=4k", "--fsync=64"},
	"Mmap":       {"--ioengine=mmap", "--rw=randwrite", "--bs=4k"},
	"Direct":     {"--ioengine=psync", "--direct=1", "--rw=randwrite", "--bs=4k"},
	"DirectBig":  {"--ioengine=psync", "--direct=1", "--rw=write", "--bs=1m"},
	"Async":      {"--ioengine=libaio", "--direct=1", "--rw=randwrite", "--bs=8k", "--iodepth=16"},
	"Vectors":    {"--ioengine=pvsync2", "--rw=randwrite", "--bs=16k"},
}

// Fio writes files with a checksum in every block, reads them back and has fio
// verify each block, for several ways to write.
func Fio(t *testing.T, dir string, effort Effort) {
	need(t, "fio")
	c := in(t, dir)
	size := []int{Smoke: 1 << 20, Some: 4 << 20, Much: 16 << 20}[effort]
	for _, name := range slices.Sorted(maps.Keys(fioJobs)) {
		t.Run(name, func(t *testing.T) {
			fio(c.as(t), size, name, fioJobs[name])
		})
	}
}

// fio does a job, and then verifies it once more from the filesystem: a mapped
// file stays in the page cache during the job.
func fio(c *command, size int, name string, job []string) {
	c.t.Helper()
	argv := append([]string{"fio", "--name=" + name, "--size=" + strconv.Itoa(size), "--numjobs=2", "--randseed=1",
		"--verify=crc32c", "--verify_fatal=1", "--output-format=json"}, job...)
	var report fioReport
	for _, mode := range []string{"--do_verify=1", "--verify_only=1"} {
		dropPages(c.t, c.dir)
		report = parseFio(c.t, c.run(append(argv, mode)...))
	}
	c.t.Logf("%d bytes verified", report.Jobs[0].Read.Bytes)
}

// A fioReport is what the tests need of fio's report.
type fioReport struct {
	Jobs []struct {
		Error int
		Read  struct {
			Bytes int `json:"io_bytes"`
		}
	}
}

// parseFio checks that two jobs read something and found no error.
func parseFio(t *testing.T, out string) (report fioReport) {
	t.Helper()
	// Notes may come ahead of the report.
	if err := json.Unmarshal([]byte(out[max(0, strings.Index(out, "{")):]), &report); err != nil {
		t.Fatalf("fio: %v\n%s", err, tail(out))
	}
	if len(report.Jobs) != 2 {
		t.Fatalf("fio: %d jobs, want 2\n%s", len(report.Jobs), tail(out))
	}
	for _, job := range report.Jobs {
		if job.Error != 0 || job.Read.Bytes == 0 {
			t.Errorf("fio: error %d, %d bytes verified", job.Error, job.Read.Bytes)
		}
	}
	return report
}
