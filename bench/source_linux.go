package bench

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// makeSource makes in dir what the applications work with, the same each time:
// a tree of text files (tree), a repository of it (repository) and a Go module
// (module). Where there is no git there is no repository.
func makeSource(ctx context.Context, dir string) error {
	if err := makeTree(filepath.Join(dir, "tree")); err != nil {
		return err
	}
	if err := makeModule(filepath.Join(dir, "module")); err != nil {
		return err
	}
	if _, err := exec.LookPath("git"); err != nil {
		return nil
	}
	repository := filepath.Join(dir, "repository")
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "--all"},
		{"-c", "user.name=nobody", "-c", "user.email=nobody@invalid", "commit", "--quiet", "--message", "all of it"},
	} {
		cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir=" + repository, "--work-tree=" + filepath.Join(dir, "tree")}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %s", args[0], lastLine(out))
		}
	}
	return nil
}

// The source tree: so many directories of so many files.
const treeDirs, treeFiles = 10, 20

// makeTree makes a tree of text, whose sizes are those of source code: most are
// small, a few are large.
func makeTree(dir string) error {
	random := rand.New(rand.NewPCG(2, 3))
	for d := range treeDirs {
		sub := filepath.Join(dir, fmt.Sprintf("package%02d", d))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			return err
		}
		for f := range treeFiles {
			size := 1 << (8 + random.IntN(8)) // 256 B to 32 KiB
			size += random.IntN(size)
			if err := os.WriteFile(filepath.Join(sub, fmt.Sprintf("file%02d.txt", f)), text(random, size), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// text returns so many bytes of lines of words.
func text(random *rand.Rand, size int) []byte {
	b := make([]byte, 0, size+16)
	for len(b) < size {
		for range 1 + random.IntN(8) {
			b = append(b, byte('a'+random.IntN(26)))
		}
		b = append(b, " \n"[random.IntN(12)/11])
	}
	return b[:size]
}

// makeModule makes a Go module of packages that import nothing but each other,
// so that nothing of the standard library has to be compiled.
func makeModule(dir string) error {
	files := map[string]string{"go.mod": "module example.invalid/module\n\ngo 1.24\n"}
	for p := range 10 {
		src := new(strings.Builder)
		fmt.Fprintf(src, "package p%d\n\n", p)
		if p > 1 {
			fmt.Fprintf(src, "import q %q\n\nvar _ = q.F0\n\n", fmt.Sprintf("example.invalid/module/p%d", p/2))
		}
		for f := range 50 {
			fmt.Fprintf(src, "func F%d(a, b int) int {\n\tfor a < b {\n\t\ta = a*%d + b\n\t}\n\treturn a - b\n}\n\n", f, f+2)
		}
		files[fmt.Sprintf("p%d/p.go", p)] = src.String()
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// treeSize counts the regular files of a tree, and their bytes.
func treeSize(root string) (files, size int64, err error) {
	err = filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files++
			size += info.Size()
		}
		return err
	})
	return files, size, err
}

// sameTree reports a difference between the files of want and those in got with
// the same names.
func sameTree(want, got string) error {
	return filepath.WalkDir(want, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(want, path)
		if err != nil {
			return err
		}
		a, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(filepath.Join(got, name))
		if err == nil && !bytes.Equal(a, b) {
			err = fmt.Errorf("%s: other contents than the original", name)
		}
		return err
	})
}
