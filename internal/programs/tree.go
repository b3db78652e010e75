//go:build linux

package programs

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	sparseSize = 64 << 20 // of a sparse file
	sparseData = 40 << 20 // where its only data is
)

// makeTree fills a directory with one of everything that an archive must carry
// over, and a few hundred plain files.
func makeTree(t *testing.T, dir string) {
	t.Helper()
	write := func(name, content string, mode os.FileMode) error {
		path := filepath.Join(dir, name)
		return errors.Join(os.WriteFile(path, []byte(content), 0o600), os.Chmod(path, mode))
	}
	err := errors.Join(
		os.MkdirAll(filepath.Join(dir, "deep", "er", strings.Repeat("d", 255)), 0o755),
		os.Mkdir(filepath.Join(dir, "sticky"), 0o755),
		os.Chmod(filepath.Join(dir, "sticky"), 0o775|os.ModeSticky),
		write("plain", "plain\n", 0o640),
		write("empty", "", 0o400),
		write("set-user-id", "#!/bin/sh\n", 0o755|os.ModeSetuid),
		write("name with\nnewline \xff\xfe", "any byte\n", 0o644),
		write("deep/"+strings.Repeat("n", 255), "a long name\n", 0o644),
		os.Link(filepath.Join(dir, "plain"), filepath.Join(dir, "deep", "linked")),
		os.Link(filepath.Join(dir, "plain"), filepath.Join(dir, "linked too")),
		os.Symlink("plain", filepath.Join(dir, "symlink")),
		os.Symlink("/nowhere/"+strings.Repeat("x", 200), filepath.Join(dir, "deep", "dangling")),
		unix.Mkfifo(filepath.Join(dir, "fifo"), 0o620),
		unix.Setxattr(filepath.Join(dir, "plain"), "user.text", []byte("value"), 0),
		unix.Setxattr(filepath.Join(dir, "plain"), "user.binary", []byte("\x00\xff\n="), 0),
		unix.Setxattr(filepath.Join(dir, "deep"), "user.directory", nil, 0),
	)
	if err != nil {
		t.Fatal(err)
	}
	makeSparse(t, filepath.Join(dir, "sparse"))
	for i := range 300 {
		if err := write(fmt.Sprintf("deep/er/%d", i), strings.Repeat(fmt.Sprintln(i), 7*i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// Times in the past cannot come about by chance. rsync carries fractions of
	// a second for regular files only.
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		modified := unix.Timespec{Sec: 1_000_000_000}
		if d.Type().IsRegular() {
			modified.Nsec = 123_456_789
		}
		return errors.Join(err, unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{modified, modified}, unix.AT_SYMLINK_NOFOLLOW))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// makeSparse makes a file that is a hole but for a few bytes.
func makeSparse(t *testing.T, path string) {
	t.Helper()
	sparse, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sparse.WriteAt([]byte("data in the middle"), sparseData)
	if err := errors.Join(err, sparse.Truncate(sparseSize), sparse.Close()); err != nil {
		t.Fatal(err)
	}
}

// compareTrees checks that two trees are the same in all that survives in an
// archive: names, types, modes, owners, modification times, contents, symlink
// targets, hard links and extended attributes.
func compareTrees(t *testing.T, got, want string) {
	t.Helper()
	dropPages(t, got)
	g, w := describe(t, got), describe(t, want)
	for _, name := range slices.Sorted(maps.Keys(w)) {
		if g[name] != w[name] {
			t.Errorf("%q: got  %s\nwant %s", name, g[name], w[name])
		}
		delete(g, name)
	}
	for name := range g {
		t.Errorf("%q: unexpected", name)
	}
}

// describe returns a line on each file of a tree.
func describe(t *testing.T, root string) map[string]string {
	t.Helper()
	lines, firstName := map[string]string{}, map[uint64]string{}
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		name, _ := filepath.Rel(root, path)
		line := fmt.Sprintf("mode %o owner %d:%d mtime %d.%09d", st.Mode, st.Uid, st.Gid, st.Mtim.Sec, st.Mtim.Nsec)
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFREG:
			sum, err := checksum(path)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" size %d sha256 %s links %d", st.Size, sum, st.Nlink)
			if firstName[st.Ino] == "" {
				firstName[st.Ino] = name
			}
			line += fmt.Sprintf(" same as %q", firstName[st.Ino])
		case unix.S_IFLNK:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" to %q", target)
		}
		attributes, err := xattrs(path)
		lines[name] = line + attributes
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// dropPages has the kernel forget the contents that it caches of a tree, so that
// they are next read from the filesystem and not from what was written.
func dropPages(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return fmt.Sprintf("%x", sum.Sum(nil)), err
}

// xattrs lists the user's extended attributes of a file with their values.
func xattrs(path string) (string, error) {
	list := make([]byte, 64<<10)
	n, err := unix.Llistxattr(path, list)
	if err != nil {
		return "", fmt.Errorf("%s: listxattr: %w", path, err)
	}
	var line strings.Builder
	names := strings.FieldsFunc(string(list[:n]), func(r rune) bool { return r == 0 })
	for _, name := range slices.Sorted(slices.Values(names)) {
		if !strings.HasPrefix(name, "user.") {
			continue
		}
		value := make([]byte, 64<<10)
		n, err := unix.Lgetxattr(path, name, value)
		if err != nil {
			return "", fmt.Errorf("%s: getxattr %s: %w", path, name, err)
		}
		fmt.Fprintf(&line, " %s=%q", name, value[:n])
	}
	return line.String(), nil
}
