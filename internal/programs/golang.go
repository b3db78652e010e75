//go:build linux

package programs

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stageVariable names a directory with what stage has put there, for a process
// that may not read where it really is.
const stageVariable = "MEMFS_TEST_STAGE"

// source returns the top directory of this project.
func source(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv(stageVariable); dir != "" {
		return filepath.Join(dir, "source")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod in any directory above")
		}
		dir = up
	}
}

// modules returns the directory of the modules that were downloaded, in the
// layout of a module proxy.
func modules(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv(stageVariable); dir != "" {
		return filepath.Join(dir, "modules")
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(cache)), "cache", "download")
}

// stage copies source and modules to a directory.
func stage(c *command) {
	c.t.Helper()
	c.run("cp", "--archive", source(c.t), filepath.Join(c.dir, "source"))
	c.run("cp", "--archive", modules(c.t), filepath.Join(c.dir, "modules"))
}

// GoTree copies the source tree of Go, compares it and removes it.
func GoTree(t *testing.T, dir string, effort Effort) {
	need(t, "cp", "diff", "rm", "go")
	c := in(t, dir)
	tree := filepath.Join(strings.TrimSpace(c.run("go", "env", "GOROOT")), "src")
	if effort == Smoke {
		tree = filepath.Join(tree, "net")
	}
	copied := filepath.Join(dir, "copy")
	c.run("cp", "--archive", tree+"/.", copied)
	dropPages(t, copied)
	c.run("diff", "--recursive", "--no-dereference", tree, copied)
	files, bytes := sizeOf(t, copied)
	if wantFiles, wantBytes := sizeOf(t, tree); files != wantFiles || bytes != wantBytes {
		t.Errorf("got %d files, %d bytes, want %d, %d", files, bytes, wantFiles, wantBytes)
	}
	c.run("rm", "--recursive", copied)
	if _, err := os.Lstat(copied); !os.IsNotExist(err) {
		t.Errorf("after rm: %v", err)
	}
	t.Logf("%d files, %d bytes", files, bytes)
}

// sizeOf counts the files of a tree and the bytes of the regular ones.
func sizeOf(t *testing.T, root string) (files int, bytes int64) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		files++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, bytes
}

// GoBuild builds this project with its source, the modules it needs, the build
// cache and the temporary files on the filesystem under test, and runs the
// result from there. Building again must find everything in the cache.
func GoBuild(t *testing.T, dir string, effort Effort) {
	need(t, "go", "cp")
	c := in(t, dir)
	project := filepath.Join(dir, "source")
	c.run("cp", "--archive", source(t), project)
	work := c.at(project).with("GOENV=off", "GOTOOLCHAIN=local", "GOSUMDB=off",
		"GOCACHE="+filepath.Join(dir, "cache"), "GOMODCACHE="+filepath.Join(dir, "modules"), "GOPROXY=file://"+modules(t),
		// Without -modcacherw only root could remove the modules.
		"GOFLAGS=-buildvcs=false -mod=mod -modcacherw")
	packages := "./..."
	if effort == Smoke {
		packages = "./inode"
	}
	work.run("go", "build", packages)
	dropPages(t, dir)
	// -v prints the packages that are compiled.
	if again := work.run("sh", "-c", `exec go build -v "$0" 2>&1`, packages); again != "" {
		t.Errorf("not found in the build cache:\n%s", again)
	}
	if effort > Smoke {
		binary := filepath.Join(dir, "memfs")
		work.run("go", "build", "-o", binary, "./cmd/memfs")
		dropPages(t, dir)
		if version := work.run(binary, "version"); !strings.HasPrefix(version, "memfs ") {
			t.Errorf("memfs version prints %q", version)
		}
	}
	files, bytes := sizeOf(t, filepath.Join(dir, "cache"))
	t.Logf("%d files, %d bytes of build cache", files, bytes)
}
