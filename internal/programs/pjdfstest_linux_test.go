package programs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/memfs"
)

// proveResult is the last line but one of prove(1).
var proveResult = regexp.MustCompile(`(?m)^Files=(\d+), Tests=(\d+), `)

// pjdfstestFiles is the number of test files in pjdfstest.
const pjdfstestFiles = "238"

// TestPjdfstest runs pjdfstest on each loop. All of it passes on tmpfs.
func TestPjdfstest(t *testing.T) {
	checkout := os.Getenv("PJDFSTEST")
	if checkout == "" {
		t.Skip("PJDFSTEST does not name a directory with pjdfstest, built")
	}
	if unix.Geteuid() != 0 {
		t.Skip("pjdfstest needs root")
	}
	for _, file := range []string{"pjdfstest", "tests/conf"} {
		if _, err := os.Stat(filepath.Join(checkout, file)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exec.LookPath("prove"); err != nil {
		t.Fatal(err)
	}
	t.Run("tmpfs", func(t *testing.T) { pjdfstest(t, checkout, tmpfs(t)) })
	onEachLoop(t, ",allow_other,suid,dev,mode=755", func(t *testing.T, dir string, _ memfs.Loop) {
		pjdfstest(t, checkout, dir)
	})
}

func pjdfstest(t *testing.T, checkout, dir string) {
	c := in(t, dir)
	out := c.within(deadline).run("prove", "--recurse", filepath.Join(checkout, "tests"))
	result := proveResult.FindStringSubmatch(out)
	if result == nil || result[1] != pjdfstestFiles {
		t.Fatalf("not %s files:\n%s", pjdfstestFiles, tail(out))
	}
	t.Logf("%s files, %s tests", result[1], result[2])
}
