package fuzz

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	defectTime = flag.Duration("defects", 0, "how long TestDefects may look for each defect; 0: it does not look")
	defectOnly = flag.String("defect", "", "regular expression: the defects that TestDefects looks for")
)

// fuzzTarget is a fuzz target of some package.
type fuzzTarget struct {
	name, pkg string
	flags     []string // of go test -c
}

// fuzzTargets find the defects.
var fuzzTargets = []fuzzTarget{
	{"FuzzOps", "./fuzz", nil},
	{"FuzzData", "./fuzz", nil},
	{"FuzzWire", "./fuzz", nil},
	{"FuzzMount", "./fuzz", nil},
	{"FuzzMountData", "./fuzz", nil},
	{"FuzzConcurrent", "./fuzz", []string{"-race", "-tags", "perturb"}},
}

// defect is a mistake that a person could make, as a patch in defects/. What
// stands before the patch says what it is and what a user would see; a line
// "Fuzzer: FuzzX" names the target that finds it. Without one all are tried.
type defect struct {
	name, about string
	patch       string // file
	files       []string
	targets     []fuzzTarget
}

// TestDefects has each defect apply to the sources and compile. With -defects it
// also has the fuzz targets find them: `make defects`.
//
// A defect is never in the build: go test -overlay puts changed copies of the
// sources in their place.
func TestDefects(t *testing.T) {
	patches, err := filepath.Glob("defects/*.patch")
	if err != nil || len(patches) == 0 {
		t.Fatalf("no defects: %v", err)
	}
	only, err := regexp.Compile(*defectOnly)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("git, which applies the patches, is missing")
		}
		t.Skip("git, which applies the patches, is missing")
	}
	c := newCompiler(t)
	if *defectTime > 0 {
		fmt.Printf("%-26s %-15s %6s %6s  %s\n", "defect", "found by", "after", "CPU s", "what it is")
	}
	for _, patch := range patches {
		d := readDefect(t, patch)
		if !only.MatchString(d.name) {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			changed := d.apply(t)
			if *defectTime == 0 {
				c.compile(t, d, changed)
				return
			}
			var took, cpu time.Duration
			for _, f := range d.targets {
				var found bool
				took, cpu, found = f.finds(t, changed)
				if found {
					fmt.Printf("%-26s %-15s %6.1f %6.1f  %s\n", d.name, f.name, took.Seconds(), cpu.Seconds(), d.about)
					return
				}
			}
			fmt.Printf("%-26s %-15s %6.1f %6.1f  %s\n", d.name, "not found", took.Seconds(), cpu.Seconds(), d.about)
			t.Errorf("not found within %v", *defectTime)
		})
	}
}

func readDefect(t *testing.T, patch string) defect {
	t.Helper()
	b, err := os.ReadFile(patch)
	if err != nil {
		t.Fatal(err)
	}
	d := defect{name: strings.TrimSuffix(filepath.Base(patch), ".patch"), patch: patch, targets: fuzzTargets}
	about, _, ok := strings.Cut(string(b), "\n\n--- a/")
	for line := range strings.Lines(about) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "Fuzzer: "); ok {
			at := slices.IndexFunc(fuzzTargets, func(f fuzzTarget) bool { return f.name == name })
			if at < 0 {
				t.Fatalf("%s: there is no fuzz target %s", patch, name)
			}
			d.targets = fuzzTargets[at : at+1]
			continue
		}
		d.about = strings.TrimSpace(d.about + " " + line)
	}
	if !ok || d.about == "" {
		t.Fatalf("%s: want lines that say what the defect is, an empty line, and a patch", patch)
	}
	for line := range strings.Lines(string(b)) {
		if file, ok := strings.CutPrefix(line, "+++ b/"); ok {
			d.files = append(d.files, strings.TrimSpace(file))
		}
	}
	return d
}

// apply applies the patch to copies of its files. It returns their paths by those
// of the sources.
func (d defect) apply(t *testing.T) map[string]string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir, changed := t.TempDir(), map[string]string{}
	for _, file := range d.files {
		source, copied := filepath.Join(root, file), filepath.Join(dir, file)
		b, err := os.ReadFile(source)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(copied), 0o777)
		}
		if err == nil {
			err = os.WriteFile(copied, b, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		changed[source] = copied
	}
	apply := exec.Command("git", "apply", filepath.Join(root, "fuzz", d.patch))
	apply.Dir = dir
	apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir)) // this is no repository
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("%s does not apply any more: %v\n%s", d.patch, err, out)
	}
	return changed
}

// compiler finds out whether a package compiles, in a fraction of the time that
// compiling takes.
type compiler struct {
	fset *token.FileSet
	types.Config
}

func newCompiler(t *testing.T) compiler {
	t.Helper()
	exports := map[string]string{} // the files with what packages export
	out := goTool(t, "list", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}", "./inode", "./memfs")
	for line := range strings.Lines(out) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	fset := token.NewFileSet()
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	return compiler{fset, types.Config{Importer: importer.ForCompiler(fset, "gc", open)}}
}

// compile checks the packages with the defect.
func (c compiler) compile(t *testing.T, d defect, changed map[string]string) {
	t.Helper()
	packages := map[string]bool{}
	for source := range changed {
		packages[filepath.Dir(source)] = true
	}
	for dir := range packages {
		p, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		var files []*ast.File
		for _, name := range p.GoFiles {
			path := filepath.Join(dir, name)
			if copied, ok := changed[path]; ok {
				path = copied
			}
			f, err := parser.ParseFile(c.fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		if _, err := c.Check(p.Name, c.fset, files, nil); err != nil {
			t.Errorf("%s does not compile any more: %v", d.patch, err)
		}
	}
}

// finds runs the fuzz target with the changed sources until it fails, and returns
// how long that took and how much time of processors it had: on a busy machine
// that says more. The test binary
// has a directory of its own, so that nothing is left in testdata.
func (f fuzzTarget) finds(t *testing.T, changed map[string]string) (took, cpu time.Duration, found bool) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS(filepath.Join("..", f.pkg, "testdata"))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	b, err := json.Marshal(map[string]any{"Replace": changed})
	overlay := filepath.Join(dir, "overlay.json")
	if err == nil {
		err = os.WriteFile(overlay, b, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "fuzz.test")
	build := append([]string{"test", "-c", "-ldflags=-s -w", "-overlay", overlay, "-fuzz", f.name, "-o", binary}, f.flags...)
	goTool(t, append(build, f.pkg)...)

	// The engine notices the end of the time when an input is done.
	ctx, cancel := context.WithTimeout(t.Context(), *defectTime+30*time.Second)
	defer cancel()
	run := exec.CommandContext(ctx, binary, "-test.v", "-test.run=^$", "-test.fuzz=^"+f.name+"$", "-test.fuzztime="+defectTime.String(),
		"-test.fuzzminimizetime=1x", "-test.fuzzcachedir="+filepath.Join(dir, "cache"), "-test.parallel=1", "-shrink=0")
	run.Dir = dir
	var out bytes.Buffer
	run.Stdout, run.Stderr = &out, &out
	began := time.Now()
	err = run.Run()
	took = time.Since(began)
	cpu = run.ProcessState.UserTime() + run.ProcessState.SystemTime()
	switch {
	case ctx.Err() != nil:
		t.Fatalf("%s hung:\n%s", f.name, out.Bytes())
	case bytes.Contains(out.Bytes(), []byte("--- SKIP: "+f.name)):
		t.Skipf("%s needs what is missing here:\n%s", f.name, out.Bytes())
	case err == nil:
		return took, cpu, false
	case !bytes.Contains(out.Bytes(), []byte("--- FAIL: "+f.name)):
		t.Fatalf("%s: %v\n%s", f.name, err, out.Bytes())
	}
	return took, cpu, true
}

// goTool runs the go command at the root of the module and returns what it
// prints.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = ".."
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
