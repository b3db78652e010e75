//go:build linux

package fstest

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var readdirs = table{
	"ReaddirDots":               readdirDots,
	"ReaddirTypes":              readdirTypes,
	"ReaddirInodeNumbers":       readdirInodeNumbers,
	"ReaddirSmallBuffer":        readdirSmallBuffer,
	"ReaddirTooSmallBuffer":     readdirTooSmallBuffer,
	"ReaddirSeekToEveryEntry":   readdirSeekToEveryEntry,
	"ReaddirRewindSeesNew":      readdirRewindSeesNew,
	"ReaddirEndStaysEnd":        readdirEndStaysEnd,
	"ReaddirWhileChanging":      readdirWhileChanging,
	"ReaddirWhileRemoving":      readdirWhileRemoving,
	"ReaddirTwoHandles":         readdirTwoHandles,
	"ReaddirRemovedDir":         readdirRemovedDir,
	"ReaddirMovedDir":           readdirMovedDir,
	"ReaddirLongNames":          readdirLongNames,
	"ReaddirFile":               readdirFile,
	"ReaddirOffsetsAreDistinct": readdirOffsetsAreDistinct,
}

func readdirDots(t *testing.T, dir string) {
	sub := mkdir(t, dir, "sub")
	found := map[string]uint64{}
	for _, e := range opendir(t, sub).readAll(t, 4096) {
		mustEqual(t, e.typ, unix.DT_DIR, "type of "+e.name)
		found[e.name] = e.ino
	}
	mustEqual(t, len(found), 2, "entries of an empty directory")
	mustEqual(t, found["."], stat(t, sub).Ino, "inode of .")
	mustEqual(t, found[".."], stat(t, dir).Ino, "inode of ..")
}

func readdirTypes(t *testing.T, dir string) {
	makeEach(t, dir+"/")
	want := map[string]byte{
		".": unix.DT_DIR, "..": unix.DT_DIR, "dir": unix.DT_DIR,
		"file": unix.DT_REG, "reg": unix.DT_REG,
		"fifo": unix.DT_FIFO, "sock": unix.DT_SOCK, "link": unix.DT_LNK,
	}
	for _, e := range opendir(t, dir).readAll(t, 4096) {
		mustEqual(t, e.typ, want[e.name], "type of "+e.name)
		delete(want, e.name)
	}
	mustEqual(t, len(want), 0, "entries not seen")
}

func readdirInodeNumbers(t *testing.T, dir string) {
	populate(t, dir, numbered("x", 20))
	must(t, unix.Link(dir+"/x00000", dir+"/link"), "link")
	for _, e := range opendir(t, dir).readAll(t, 4096) {
		if e.name != ".." { // where the mount may begin
			mustEqual(t, e.ino, stat(t, dir+"/"+e.name).Ino, "inode of "+e.name)
		}
	}
}

func readdirSmallBuffer(t *testing.T, dir string) {
	want := numbered("x", 100)
	populate(t, dir, want)
	for _, size := range []int{32, 64, 100, 1000} {
		seen := tally(opendir(t, dir).readAll(t, size))
		for _, name := range append(want, ".", "..") {
			mustEqual(t, seen[name], 1, "times "+name+" was seen")
		}
		mustEqual(t, len(seen), len(want)+2, "names")
	}
}

// getdents(2): EINVAL when the result buffer is too small for one entry.
func readdirTooSmallBuffer(t *testing.T, dir string) {
	d := opendir(t, dir)
	_, err := unix.Getdents(d.fd, make([]byte, 8))
	mustErrno(t, err, unix.EINVAL, "getdents64 into 8 bytes")
	mustEqual(t, len(d.readAll(t, 4096)), 2, "entries after the failure")
}

// The offset of an entry leads to the entries that followed it, telldir(3).
func readdirSeekToEveryEntry(t *testing.T, dir string) {
	populate(t, dir, numbered("x", 50))
	d := opendir(t, dir)
	all := d.readAll(t, 256)
	for i, e := range all {
		d.seek(t, e.off)
		rest := d.readAll(t, 256)
		mustEqual(t, len(rest), len(all)-i-1, "entries after "+e.name)
		for j := range rest {
			mustEqual(t, rest[j].name, all[i+1+j].name, "name")
		}
	}
}

func readdirOffsetsAreDistinct(t *testing.T, dir string) {
	populate(t, dir, numbered("x", 300))
	seen := map[int64]string{0: "the start"}
	for _, e := range opendir(t, dir).readAll(t, 256) {
		if other, ok := seen[e.off]; ok {
			t.Fatalf("%s and %s have the offset %d", e.name, other, e.off)
		}
		seen[e.off] = e.name
	}
}

// rewinddir(3) makes the stream refer to the current state of the directory.
func readdirRewindSeesNew(t *testing.T, dir string) {
	put(t, "", dir, "old")
	d := opendir(t, dir)
	d.readAll(t, 4096)
	put(t, "", dir, "new")
	must(t, unix.Unlink(dir+"/old"), "unlink")
	d.seek(t, 0)
	seen := tally(d.readAll(t, 4096))
	mustEqual(t, seen["new"], 1, "times the new file was seen")
	mustEqual(t, seen["old"], 0, "times the removed file was seen")
}

func readdirEndStaysEnd(t *testing.T, dir string) {
	put(t, "", dir, "x")
	d := opendir(t, dir)
	d.readAll(t, 4096)
	for range 3 {
		mustEqual(t, len(d.getdents(t, 4096)), 0, "entries at the end")
	}
}

// readdir(3): an entry that is made or removed while the directory is read may
// be returned or not, but one that stays is returned exactly once.
func readdirWhileChanging(t *testing.T, dir string) {
	stay := numbered("stay", 3000)
	populate(t, dir, stay)
	come := numbered("come", 1000)
	went := numbered("went", 1000)
	populate(t, dir, went)

	d := opendir(t, dir)
	seen := map[string]int{}
	for i := 0; ; i++ {
		some := d.getdents(t, 512)
		if len(some) == 0 {
			break
		}
		for name, n := range tally(some) {
			seen[name] += n
		}
		if i < len(come) {
			populate(t, dir, come[i:i+1])
			must(t, unix.Unlink(dir+"/"+went[i]), "unlink")
			if i%2 == 0 {
				must(t, unix.Unlink(dir+"/"+come[i]), "unlink")
			}
		}
	}
	for _, name := range append(stay, ".", "..") {
		mustEqual(t, seen[name], 1, "times "+name+" was seen")
	}
	for name, n := range seen {
		if n > 1 {
			t.Fatalf("%s was seen %d times", name, n)
		}
	}
}

// The loop of rm -r: read some, remove what was read, read on.
func readdirWhileRemoving(t *testing.T, dir string) {
	all := numbered("x", 2000)
	populate(t, dir, all)
	d := opendir(t, dir)
	removed := 0
	for {
		some := d.getdents(t, 1024)
		if len(some) == 0 {
			break
		}
		for _, e := range some {
			if e.typ == unix.DT_REG {
				must(t, unix.Unlink(dir+"/"+e.name), "unlink")
				removed++
			}
		}
	}
	mustEqual(t, removed, len(all), "files removed in one pass")
	mustNames(t, dir)
}

func readdirTwoHandles(t *testing.T, dir string) {
	populate(t, dir, numbered("x", 100))
	a, b := opendir(t, dir), opendir(t, dir)
	first := a.getdents(t, 256)
	mustEqual(t, len(b.readAll(t, 256)), 102, "entries by the second handle")
	mustEqual(t, len(first)+len(a.readAll(t, 256)), 102, "entries by the first handle")
}

func readdirRemovedDir(t *testing.T, dir string) {
	d := opendir(t, mkdir(t, dir, "d"))
	must(t, unix.Rmdir(dir+"/d"), "rmdir")
	_, err := unix.Getdents(d.fd, make([]byte, 4096))
	mustErrno(t, err, unix.ENOENT, "getdents64 of a removed directory")
}

func readdirMovedDir(t *testing.T, dir string) {
	mkdir(t, dir, "d")
	put(t, "", dir, "d", "x")
	to := mkdir(t, dir, "to")
	d := opendir(t, dir+"/d")
	must(t, unix.Rename(dir+"/d", to+"/d"), "rename")
	for _, e := range d.readAll(t, 4096) {
		if e.name == ".." {
			mustEqual(t, e.ino, stat(t, to).Ino, "inode of ..")
		}
	}
}

func readdirLongNames(t *testing.T, dir string) {
	var want []string
	for n := 1; n <= 255; n += 2 {
		want = append(want, strings.Repeat("n", n))
	}
	populate(t, dir, want)
	seen := tally(opendir(t, dir).readAll(t, 300))
	for _, name := range want {
		mustEqual(t, seen[name], 1, "times a name was seen")
	}
}

func readdirFile(t *testing.T, dir string) {
	put(t, "", dir, "x")
	_, err := unix.Open(dir+"/x", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	mustErrno(t, err, unix.ENOTDIR, "open with O_DIRECTORY")
	f := open(t, dir+"/x", unix.O_RDONLY, 0)
	_, err = unix.Getdents(f.fd, make([]byte, 4096))
	mustErrno(t, err, unix.ENOTDIR, "getdents64 of a file")
}
