package memfs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/scratchfs/memfs/internal/fstest"
	"github.com/scratchfs/memfs/internal/mounttest"
	"github.com/scratchfs/memfs/memfs"
)

func TestMain(m *testing.M) { mounttest.Main(m, sample) }

const deadline = 5 * time.Minute

// onEachLoop runs a test on a mount with options, once for each loop.
func onEachLoop(t *testing.T, options string, test func(t *testing.T, dir string, loop memfs.Loop)) {
	for _, loop := range memfs.Loops() {
		t.Run(string(loop), func(t *testing.T) {
			mounttest.RequireLoop(t, loop)
			test(t, mounttest.Mount(t, options+",loop="+string(loop), deadline), loop)
		})
	}
}

// onOwnLoops is onEachLoop for those of our own transport.
func onOwnLoops(t *testing.T, options string, test func(t *testing.T, dir string)) {
	for _, loop := range []memfs.Loop{memfs.LoopDev, memfs.LoopClone, memfs.LoopURing} {
		t.Run(string(loop), func(t *testing.T) {
			mounttest.RequireLoop(t, loop)
			test(t, mounttest.Mount(t, options+",loop="+string(loop), deadline))
		})
	}
}

// notCarried lists what jacobsa/fuse cannot carry, by the beginnings of the
// names of behaviours. README.md names the consequences.
var notCarried = map[string]string{
	"ACL":                       "POSIX_ACL is not negotiated",
	"AtimeNoatimeFlag":          "READ comes without the flags of the open file, so without O_NOATIME",
	"Blocks":                    "st_blocks is computed from the size",
	"Btime":                     "STATX is answered with ENOSYS",
	"Flags":                     "IOCTL is answered with ENOSYS",
	"HandleOfForgotten":         "EXPORT_SUPPORT is not negotiated",
	"Idmap":                     "ALLOW_IDMAP is not negotiated",
	"Rename2Exchange":           "RENAME2 is answered with ENOSYS",
	"Rename2NoReplace":          "RENAME2 is answered with ENOSYS",
	"Rename2Whiteout":           "RENAME2 is answered with ENOSYS",
	"SeekDataMovesOffset":       "LSEEK is answered with ENOSYS",
	"SeekDataOfAllHole":         "LSEEK is answered with ENOSYS",
	"SeekHoleFindsHole":         "LSEEK is answered with ENOSYS",
	"SeekHolePunched":           "LSEEK is answered with ENOSYS",
	"Tmpfile":                   "TMPFILE is answered with ENOSYS",
	"UtimensFractionBefore1970": "a fraction of a second before 1970 is sent as a negative number",
}

// lateWrites lists what the kernel decides with writeback.
var lateWrites = map[string]string{
	"AtimeMovesOnFirstRead":   "what was written is read from the page cache",
	"Blocks":                  "room is taken when the kernel writes back",
	"FlagsAppendFile":         "the kernel sends the present as a time like any other",
	"FlagsMoveCtime":          "the kernel keeps ctime",
	"TimesOfTruncateSameSize": "the kernel keeps mtime and ctime, and truncate(2) to the same size leaves them",
	"SeekDataMovesOffset":     "only the kernel knows of data that it has not written back, and takes all for data",
	"SeekDataOfAllHole":       "likewise",
	"SeekHoleFindsHole":       "likewise",
	"SeekHolePunched":         "likewise",
}

// needXattr lists what cannot be with noxattr.
var needXattr = map[string]string{
	"ACL":                    "no extended attributes",
	"FlagsImmutableFile":     "no extended attributes",
	"Xattr":                  "no extended attributes",
	"TimesOfXattr":           "no extended attributes",
	"RenameKeepsAttributes":  "no extended attributes",
	"UnlinkedFileAttributes": "no extended attributes",
}

// skip returns the behaviours whose names begin as lists say, with the reasons.
func skip(lists ...map[string]string) map[string]string {
	skip := map[string]string{}
	for name := range fstest.All {
		for _, list := range lists {
			for prefix, reason := range list {
				if strings.HasPrefix(name, prefix) {
					skip[name] = reason
				}
			}
		}
	}
	// The VFS answers these.
	delete(skip, "Rename2ExchangeMissing")
	delete(skip, "HandleOfForgottenUnlinked")
	delete(skip, "ACLUmaskWithoutOne")
	return skip
}

// notCarriedBy returns what a loop cannot carry: our own transport carries all.
func notCarriedBy(loop memfs.Loop) map[string]string {
	switch loop {
	case memfs.LoopSerial, memfs.LoopGoroutine, memfs.LoopWorkers:
		return notCarried
	}
	return nil
}

const forBehaviours = "allow_other,suid,dev,mode=755"

func TestBehaviours(t *testing.T) {
	onEachLoop(t, forBehaviours, func(t *testing.T, dir string, loop memfs.Loop) {
		fstest.Run(t, dir, skip(notCarriedBy(loop)))
	})
}

func TestBehavioursWriteback(t *testing.T) {
	dir := mounttest.Mount(t, forBehaviours+",writeback", deadline)
	fstest.Run(t, dir, skip(lateWrites))
}

func TestBehavioursNoXattr(t *testing.T) {
	dir := mounttest.Mount(t, forBehaviours+",noxattr", deadline)
	fstest.Run(t, dir, skip(needXattr))
}

// TestBehavioursServerLocks has the server keep the locks, so that files are opened
// and closed by requests.
func TestBehavioursServerLocks(t *testing.T) {
	onOwnLoops(t, forBehaviours+",locks=server", func(t *testing.T, dir string) {
		fstest.Run(t, dir, nil)
	})
}

// TestBehavioursDirectIO has each read and write come to the server.
func TestBehavioursDirectIO(t *testing.T) {
	onOwnLoops(t, forBehaviours+",direct_io", func(t *testing.T, dir string) {
		fstest.Run(t, dir, nil)
	})
}

func TestExtensions(t *testing.T) {
	onEachLoop(t, "allow_other", func(t *testing.T, dir string, _ memfs.Loop) {
		fstest.RunTable(t, fstest.Extensions, dir, nil)
	})
}

func TestLimits(t *testing.T) {
	onEachLoop(t, "allow_other,size=1m,nr_inodes=64", func(t *testing.T, dir string, _ memfs.Loop) {
		fstest.RunTable(t, fstest.Limits, dir, nil)
	})
}
