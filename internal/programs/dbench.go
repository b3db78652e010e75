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
	result := dbenchResult.FindStringSubmatch(out)
	if result == nil || strings.Contains(out, "failed") || strings.Contains(out, "ERROR") {
		t.Fatalf("dbench: no result\n%s", tail(out))
	}
	if rate, err := strconv.ParseFloat(result[1], 64); err != nil || rate <= 0 {
		t.Errorf("dbench: %s", result[0])
	}
	t.Log(result[0])
}
