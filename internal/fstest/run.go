//go:build linux

package fstest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A table maps the names of behaviours to the functions that check them.
type table = map[string]func(t *testing.T, dir string)

// All holds the behaviours that every POSIX filesystem on Linux shows.
var All = join(
	accesses,
	acls,
	appends,
	attrs,
	btimes,
	chowns,
	copies,
	creates,
	dirs,
	fallocates,
	flags,
	handles,
	idmaps,
	killPrivs,
	links,
	locks,
	lookups,
	mappings,
	mknods,
	modes,
	opens,
	owners,
	parentTimes,
	races,
	readdirs,
	readWrites,
	renames,
	renameFlags,
	renameTrees,
	seeks,
	setTimes,
	sparses,
	statfses,
	symlinks,
	times,
	tmpfiles,
	truncates,
	unlinks,
	xattrs,
	xattrLists,
	xattrNames,
)

// Limits holds the behaviours of a filesystem that runs full. They must run on
// a filesystem of their own, mounted with size=1m and nr_inodes=64.
var Limits = join(
	spaceLimits,
	inodeLimits,
)

// Extensions holds the behaviours that tmpfs lacks, which is why the oracle
// cannot vouch for them: ext4 and XFS do.
var Extensions = join(
	zeroRanges,
)

// Run runs the behaviours of All as subtests of t, each in a directory of its
// own under root. The keys of skip are the names of behaviours not to run, its
// values say why.
func Run(t *testing.T, root string, skip map[string]string) {
	t.Helper()
	RunTable(t, All, root, skip)
}

// RunTable is like Run for any table of behaviours.
func RunTable(t *testing.T, behaviours map[string]func(t *testing.T, dir string), root string, skip map[string]string) {
	t.Helper()
	for name := range skip {
		if behaviours[name] == nil {
			t.Errorf("skip names %s, which is no behaviour", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(behaviours)) {
		t.Run(name, func(t *testing.T) {
			if reason, ok := skip[name]; ok {
				t.Skip(reason)
			}
			behaviours[name](t, freshDir(t, root, name))
		})
	}
}

// freshDir makes the empty directory that a behaviour plays in, and sees to it
// that the next behaviour finds nothing of it.
func freshDir(t *testing.T, root, name string) string {
	t.Helper()
	dir := filepath.Join(root, name)
	must(t, os.Mkdir(dir, 0o777), "mkdir")
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
	// Other users take part in some behaviours, whatever the umask says.
	must(t, os.Chmod(dir, 0o777), "chmod")
	return dir
}

// join merges tables whose names must not clash.
func join(tables ...table) table {
	all := table{}
	for _, tab := range tables {
		for name, behaviour := range tab {
			if all[name] != nil {
				panic("fstest: two behaviours named " + name)
			}
			all[name] = behaviour
		}
	}
	return all
}
