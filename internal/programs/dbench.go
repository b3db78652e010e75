//go:build linux

package programs

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var dbenchResult = regexp.MustCompile(`(?m)^Throughput ([0-9.]+) MB/sec +4 clients +4 procs`)

// Dbench plays the file operations of an office's file server with four clients.
// It stops at an operation whose outcome is not the recorded one.
func Dbench(t *testing.T, dir string, effort Effort) {
	need(t, "dbench")
	c := in(t, dir)
	seconds := []string{Smoke: "2", Some: "2", Much: "5"}[effort]
	out := c.run("dbench", "-c", "/usr/share/dbench/client.txt", "-D", dir, "-t", seconds, "4")
	// It takes the number 0, of the first semaphore since the system was booted, for a
	// failure, and goes on: its clients do not wait for each other before they begin.
	out = strings.ReplaceAll(out, "failed to create barrier semaphore", "")
	result := dbenchResult.FindStringSubmatch(out)
	if result == nil || strings.Contains(out, "failed") || strings.Contains(out, "ERROR") {
		t.Fatalf("dbench: no result\n%s", tail(out))
	}
	if rate, err := strconv.ParseFloat(result[1], 64); err != nil || rate <= 0 {
		t.Errorf("dbench: %s", result[0])
	}
	t.Log(result[0])
}
