package memfs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

const sampleTable = `27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
40 27 0:36 / /mnt/x rw,nosuid,nodev shared:2 master:3 - fuse.memfs memfs rw,user_id=0
41 40 0:37 / /mnt/x rw - tmpfs none rw
42 27 0:38 / /mnt/a\040b\134c rw - fuse memfs rw
43 27 0:39 / /mnt/y rw - fuse.other some\040thing rw
44 27 0:40 / /mnt/z rw - fusectl fusectl rw
short line
`

func TestParseMountTable(t *testing.T) {
	table := parseMountTable(sampleTable)
	if len(table) != 6 {
		t.Fatalf("%d mounts, want 6: %+v", len(table), table)
	}
	want := mountEntry{mountID{"40", "0:36"}, "27", "/mnt/x", "fuse.memfs", "memfs"}
	if table[1] != want {
		t.Errorf("got %+v, want %+v", table[1], want)
	}
	if e := table.top("/mnt/x"); e == nil || e.fsType != "tmpfs" {
		t.Errorf("on top of /mnt/x: %+v, want the tmpfs", e)
	}
	if e := table.top("/mnt"); e != nil {
		t.Errorf("on top of /mnt: %+v, want nothing", e)
	}
	if e := table.byID(want.id); e == nil || *e != want {
		t.Errorf("by id: %+v, want %+v", e, want)
	}
	if e := table.byID(mountID{"40", "0:37"}); e != nil {
		t.Errorf("a reused id finds %+v", e)
	}
	for dir, is := range map[string]struct{ fuse, memfs bool }{
		"/mnt/x": {false, false}, `/mnt/a b\c`: {true, true}, "/mnt/y": {true, false}, "/mnt/z": {false, false},
	} {
		e := table.top(dir)
		if e == nil {
			t.Errorf("nothing on %s", dir)
		} else if e.isFUSE() != is.fuse || e.isMemfs() != is.memfs {
			t.Errorf("%s: FUSE %v, memfs %v; want %v", dir, e.isFUSE(), e.isMemfs(), is)
		}
	}
}

func TestReadMountTable(t *testing.T) {
	table, err := readMountTable()
	if err != nil || table.top("/") == nil {
		t.Errorf("no mount on /: %v", err)
	}
}

func TestLocate(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(base, name) }
	if err := os.MkdirAll(at("real/dir"), 0o755); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"absolute": at("real"), "relative": "real/dir", "twice": "relative", "loop": "loop", "dangling": "gone",
		// A mount point is taken for what it is called, and not read.
		"mounted": "real",
	} {
		if err := os.Symlink(target, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	table := mountTable{{dir: at("mounted")}}
	for in, want := range map[string]string{
		"real": "real", "real/": "real", "real/../real/./dir": "real/dir", "absolute/dir": "real/dir", "relative": "real/dir",
		"twice": "real/dir", "mounted": "mounted", "real/missing": "real/missing", "dangling": "gone",
	} {
		if got, err := table.locate(at("") + "/" + in); err != nil || got != at(want) {
			t.Errorf("%s is at %s, %v; want %s", in, got, err, at(want))
		}
	}
	for _, in := range []string{"loop", "missing/dir"} {
		if got, err := table.locate(at(in)); err == nil {
			t.Errorf("%s is at %s, want an error", in, got)
		}
	}
	if got, err := table.locate("/"); err != nil || got != "/" {
		t.Errorf("/ is at %s, %v", got, err)
	}
	t.Chdir(at("real"))
	if got, err := table.locate("."); err != nil || got != at("real") {
		t.Errorf(". is at %s, %v; want %s", got, err, at("real"))
	}
	if got, err := table.locate(""); !errors.Is(err, unix.ENOENT) {
		t.Errorf("the empty path is at %s, %v; want ENOENT", got, err)
	}
}
