//go:build linux

package programs

import (
	"os"
	"path/filepath"
	"testing"
)

// Tar archives a tree with hard links and extended attributes, extracts it, and
// compares what comes out; then a sparse file from elsewhere, whose holes tar
// makes by seeking.
func Tar(t *testing.T, dir string, _ Effort) {
	need(t, "tar")
	c := in(t, dir)
	tree, copied, elsewhere := dir+"/tree", dir+"/copy", t.TempDir()
	makeTree(t, tree)
	mkdir(t, copied)
	makeSparse(t, elsewhere+"/holes")

	archive := func(name, from, to string) {
		t.Helper()
		file := filepath.Join(dir, name)
		c.run("tar", "--create", "--format=posix", "--sparse", "--xattrs", "--file", file, "--directory", from, ".")
		c.run("tar", "--extract", "--preserve-permissions", "--delay-directory-restore",
			"--xattrs", "--xattrs-include=*", "--file", file, "--directory", to)
		st, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", name, st.Size())
		compareTrees(t, to, from)
	}
	archive("tree.tar", tree, copied)
	extracted := dir + "/holes"
	mkdir(t, extracted)
	archive("holes.tar", elsewhere, extracted)
}

// Rsync copies the same tree, then changes the copy and has it brought back,
// once by renaming a new file over the old one and once in place.
func Rsync(t *testing.T, dir string, _ Effort) {
	need(t, "rsync")
	c := in(t, dir)
	tree, copied := dir+"/tree", dir+"/copy"
	makeTree(t, tree)
	sync := func(more ...string) string {
		return c.run(append([]string{"rsync", "--archive", "--hard-links", "--xattrs", "--checksum", "--delete",
			"--itemize-changes", tree + "/", copied}, more...)...)
	}
	sync()
	compareTrees(t, copied, tree)
	for _, more := range [][]string{nil, {"--inplace", "--no-whole-file"}} {
		damage(t, copied)
		sync(more...)
		compareTrees(t, copied, tree)
	}
	if changes := sync(); changes != "" {
		t.Errorf("rsync sees differences where there are none:\n%s", changes)
	}
}

// damage makes a tree from makeTree differ from it.
func damage(t *testing.T, tree string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(tree, "deep/er/250"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("damaged"), 100); err != nil {
		t.Error(err)
	}
	if err := os.Truncate(filepath.Join(tree, "deep/er/200"), 10); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(tree, "deep/linked")); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(tree, "extra"), []byte("not in the source"), 0o644); err != nil {
		t.Error(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
}
