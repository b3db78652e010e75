package memfs_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hanwen/go-fuse/v2/posixtest"

	"github.com/scratchfs/memfs/memfs"
)

// notPosix are the tests of posixtest that a POSIX filesystem fails. Tmpfile
// skips itself: jacobsa/fuse does not carry O_TMPFILE.
var notPosix = map[string]string{
	"FcntlFlockLocksFile": "wants locks of one process to conflict, which POSIX locks do not; fails on tmpfs too",
}

// TestPosixtest runs the tests that go-fuse has for filesystems.
func TestPosixtest(t *testing.T) {
	onEachLoop(t, "", func(t *testing.T, root string, _ memfs.Loop) {
		for _, name := range slices.Sorted(maps.Keys(posixtest.All)) {
			t.Run(name, func(t *testing.T) {
				if reason, ok := notPosix[name]; ok {
					t.Skip(reason)
				}
				dir := filepath.Join(root, name)
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				posixtest.All[name](t, dir)
				if err := os.RemoveAll(dir); err != nil {
					t.Error(err)
				}
			})
		}
	})
}
