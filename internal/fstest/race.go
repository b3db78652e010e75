//go:build linux

package fstest

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

// Operations that meet. None of these is a stress test: each has an outcome
// that holds in every order of events.
var races = table{
	"RaceCreateUnlink":       raceCreateUnlink,
	"RaceCreateExclusive":    raceCreateExclusive,
	"RaceMkdirSameName":      raceMkdirSameName,
	"RaceLinkSameName":       raceLinkSameName,
	"RaceUnlinkSameName":     raceUnlinkSameName,
	"RaceRenameSameSource":   raceRenameSameSource,
	"RaceRenameAcrossDirs":   raceRenameAcrossDirs,
	"RaceRenameDirsAcross":   raceRenameDirsAcross,
	"RaceRmdirAgainstCreate": raceRmdirAgainstCreate,
	"RaceWritesOfRanges":     raceWritesOfRanges,
	"RaceReadOfGrowingFile":  raceReadOfGrowingFile,
}

func raceCreateUnlink(t *testing.T, dir string) {
	const rounds = 100
	var g errgroup.Group
	for w := range workers {
		g.Go(func() error {
			for i := range rounds {
				a := fmt.Sprintf("%s/%d-%d", dir, w, i)
				if err := writeFile(a, a); err != nil {
					return err
				}
				b := a + "-renamed"
				if err := os.Rename(a, b); err != nil {
					return err
				}
				if err := readBack(b, a); err != nil {
					return err
				}
				if err := os.Remove(b); err != nil {
					return err
				}
			}
			return writeFile(fmt.Sprintf("%s/last%d", dir, w), "")
		})
	}
	must(t, g.Wait(), "creating and removing")
	var want []string
	for w := range workers {
		want = append(want, "last"+strconv.Itoa(w))
	}
	mustNames(t, dir, want...)
}

func raceCreateExclusive(t *testing.T, dir string) {
	for i := range 50 {
		path := dir + "/" + strconv.Itoa(i)
		mustEqual(t, compete(t, unix.EEXIST, func(int) error {
			fd, err := unix.Open(path, exclusive, 0o644)
			if err == nil {
				unix.Close(fd)
			}
			return err
		}), 1, "winners of an exclusive create")
	}
}

func raceMkdirSameName(t *testing.T, dir string) {
	for i := range 50 {
		path := dir + "/" + strconv.Itoa(i)
		mustEqual(t, compete(t, unix.EEXIST, func(int) error { return unix.Mkdir(path, 0o777) }), 1, "winners of a mkdir")
	}
	mustEqual(t, int(stat(t, dir).Nlink), 52, "nlink")
}

func raceLinkSameName(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	for i := range 50 {
		to := dir + "/" + strconv.Itoa(i)
		mustEqual(t, compete(t, unix.EEXIST, func(int) error { return unix.Link(path, to) }), 1, "winners of a link")
	}
	mustEqual(t, int(stat(t, path).Nlink), 51, "nlink")
}

func raceUnlinkSameName(t *testing.T, dir string) {
	for range 50 {
		path := put(t, "", dir, "x")
		mustEqual(t, compete(t, unix.ENOENT, func(int) error { return unix.Unlink(path) }), 1, "winners of an unlink")
	}
	mustNames(t, dir)
}

func raceRenameSameSource(t *testing.T, dir string) {
	for range 50 {
		path := put(t, "", dir, "x")
		mustEqual(t, compete(t, unix.ENOENT, func(w int) error {
			return unix.Rename(path, dir+"/y"+strconv.Itoa(w))
		}), 1, "winners of a rename")
		for _, name := range names(t, dir) {
			must(t, unix.Unlink(dir+"/"+name), "unlink")
		}
	}
}

// Files travel between two directories in both directions, which must neither
// deadlock nor lose one.
func raceRenameAcrossDirs(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	const rounds = 200
	var g errgroup.Group
	for w := range workers {
		from, to := a, b
		if w%2 == 1 {
			from, to = b, a
		}
		name := "/x" + strconv.Itoa(w)
		put(t, name, from, name)
		g.Go(func() error {
			from, to := from+name, to+name
			for range rounds {
				if err := unix.Rename(from, to); err != nil {
					return opError("rename", err)
				}
				from, to = to, from
			}
			return readBack(from, name)
		})
	}
	must(t, g.Wait(), "renaming")
	mustEqual(t, len(names(t, a)), workers/2, "entries of a")
	mustEqual(t, len(names(t, b)), workers/2, "entries of b")
}

// Two directories try to become each other's child. At most one can at a time;
// were both to succeed, they would be cut off as a ring.
func raceRenameDirsAcross(t *testing.T, dir string) {
	a, b := mkdir(t, dir, "a"), mkdir(t, dir, "b")
	for range 100 {
		var g errgroup.Group
		g.Go(func() error { return tolerate(unix.Rename(a, b+"/a"), unix.EINVAL, unix.ENOENT) })
		g.Go(func() error { return tolerate(unix.Rename(b, a+"/b"), unix.EINVAL, unix.ENOENT) })
		must(t, g.Wait(), "rename")
		switch inA, inB := unix.Rename(a+"/b", b), unix.Rename(b+"/a", a); {
		case inA == nil && inB == unix.ENOENT, inB == nil && inA == unix.ENOENT:
		default:
			t.Fatalf("renaming back: %v, %v", inA, inB)
		}
		mustNames(t, dir, "a", "b")
	}
}

// Nothing is ever made in a directory that is gone.
func raceRmdirAgainstCreate(t *testing.T, dir string) {
	d := dir + "/d"
	for range 100 {
		must(t, unix.Mkdir(d, 0o777), "mkdir")
		var g errgroup.Group
		var made, removed error
		g.Go(func() error { made = unix.Mknod(d+"/x", unix.S_IFREG|0o644, 0); return nil })
		g.Go(func() error { removed = unix.Rmdir(d); return nil })
		must(t, g.Wait(), "racing")
		switch {
		case made == nil && removed == unix.ENOTEMPTY:
			must(t, unix.Unlink(d+"/x"), "unlink")
			must(t, unix.Rmdir(d), "rmdir")
		case removed == nil && made == unix.ENOENT:
		default:
			t.Fatalf("mknod: %v; rmdir: %v", made, removed)
		}
	}
}

func raceWritesOfRanges(t *testing.T, dir string) {
	const piece, rounds = 5000, 20 // no multiple of a page: ranges share pages
	f := open(t, dir+"/x", exclusive, 0o644)
	var g errgroup.Group
	for w := range workers {
		g.Go(func() error {
			data := make([]byte, piece)
			for i := range data {
				data[i] = byte(w + 1)
			}
			for range rounds {
				if n, err := unix.Pwrite(f.fd, data, int64(w*piece)); n != piece || err != nil {
					return fmt.Errorf("pwrite: %d, %v", n, err)
				}
			}
			return nil
		})
	}
	must(t, g.Wait(), "writing")
	got := f.pread(t, workers*piece+1, 0)
	mustEqual(t, len(got), workers*piece, "size")
	for i, b := range got {
		if b != byte(i/piece+1) {
			t.Fatalf("byte %d is %d, want %d", i, b, i/piece+1)
		}
	}
}

// A reader of a file that another appends to sees a prefix of the final text,
// never zeros where data will be.
func raceReadOfGrowingFile(t *testing.T, dir string) {
	want := fill(200 * 1000)
	path := put(t, "", dir, "x")
	var g errgroup.Group
	g.Go(func() error {
		fd, err := unix.Open(path, unix.O_WRONLY|unix.O_APPEND|unix.O_CLOEXEC, 0)
		if err != nil {
			return opError("open", err)
		}
		defer unix.Close(fd)
		for i := 0; i < len(want); i += 1000 {
			if _, err := unix.Write(fd, want[i:i+1000]); err != nil {
				return opError("write", err)
			}
		}
		return nil
	})
	for n := 0; n < len(want); {
		got, err := os.ReadFile(path)
		must(t, err, "reading")
		mustData(t, got, want[:len(got)], "prefix")
		n = len(got)
	}
	must(t, g.Wait(), "writing")
}
