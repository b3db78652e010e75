package memfs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/scratchfs/memfs/internal/fstest"
	"github.com/scratchfs/memfs/internal/mounttest"
	"github.com/scratchfs/memfs/memfs"
)

func TestMain(m *testing.M) { mounttest.Main(m) }

const deadline = 5 * time.Minute

// onEachLoop runs a test on a mount with options, once for each loop.
func onEachLoop(t *testing.T, options string, test func(t *testing.T, dir string)) {
	for _, loop := range memfs.Loops() {
		t.Run(string(loop), func(t *testing.T) {
			test(t, mounttest.Mount(t, options+",loop="+string(loop), deadline))
		})
	}
}

// notCarried lists what jacobsa/fuse cannot carry, by the beginnings of the
// names of behaviours. README.md names the consequences.
var notCarried = map[string]string{
	"AtimeNoatimeFlag":          "READ comes without the flags of the open file, so without O_NOATIME",
	"Blocks":                    "st_blocks is computed from the size",
	"Btime":                     "STATX is answered with ENOSYS",
	"Rename2Exchange":           "RENAME2 is answered with ENOSYS",
	"Rename2NoReplace":          "RENAME2 is answered with ENOSYS",
	"SeekDataMovesOffset":       "LSEEK is answered with ENOSYS",
	"SeekDataOfAllHole":         "LSEEK is answered with ENOSYS",
	"SeekHoleFindsHole":         "LSEEK is answered with ENOSYS",
	"SeekHolePunched":           "LSEEK is answered with ENOSYS",
	"Tmpfile":                   "TMPFILE is answered with ENOSYS",
	"UtimensFractionBefore1970": "a fraction of a second before 1970 is sent as a negative number",
}

func skipped() map[string]string {
	skip := map[string]string{}
	for name := range fstest.All {
		for prefix, reason := range notCarried {
			if strings.HasPrefix(name, prefix) {
				skip[name] = "jacobsa/fuse: " + reason
			}
		}
	}
	delete(skip, "Rename2ExchangeMissing") // the VFS answers it
	return skip
}

func TestBehaviours(t *testing.T) {
	onEachLoop(t, "allow_other,suid,dev,mode=755", func(t *testing.T, dir string) {
		fstest.Run(t, dir, skipped())
	})
}

func TestExtensions(t *testing.T) {
	onEachLoop(t, "allow_other", func(t *testing.T, dir string) {
		fstest.RunTable(t, fstest.Extensions, dir, nil)
	})
}

func TestLimits(t *testing.T) {
	onEachLoop(t, "allow_other,size=1m,nr_inodes=64", func(t *testing.T, dir string) {
		fstest.RunTable(t, fstest.Limits, dir, nil)
	})
}
