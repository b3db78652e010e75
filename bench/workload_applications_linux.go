package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The applications: real programs at their daily work. What they work with is
// made by makeSource.
var applicationWorkloads = []workload{
	{name: "tree", what: "a source tree of 200 files: cp -a, find, cat twice, tar, untar, rm -r", unit: "file",
		programs: []string{"cp", "find", "cat", "tar", "rm"}, run: runTree},
	{name: "git-clone", what: "git clone of a repository of 200 files", unit: "run",
		programs: []string{"git"}, run: runGit},
	{name: "go-build", what: "go build of 10 packages, with source, cache and temporary files on the target", unit: "run",
		programs: []string{"go", "cp"}, run: runGoBuild},
	{name: "sqlite", what: "50 transactions of sqlite3, with a rollback journal", unit: "transaction",
		programs: []string{"sqlite3"}, run: runSQLite},
	{name: "fio-random", what: "fio: 8 MiB written in pieces of 4 KiB at random, and verified", unit: "op",
		programs: []string{"fio"}, run: runFio("randwrite", "4k")},
	{name: "fio-sequential", what: "fio: 8 MiB written in pieces of 64 KiB, and verified", unit: "op",
		programs: []string{"fio"}, run: runFio("write", "64k")},
}

// path is where a task works.
func (t *task) path() string { return t.fs.(*kernel).path }

// command runs a program in the directory of the task, with nothing of the
// user's configuration, and returns what it prints.
func (t *task) command(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = t.path()
	// Without a place for its configuration the Go tool leaves no process behind
	// that writes telemetry there.
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+t.path(), "XDG_CONFIG_HOME=/dev/null", "TMPDIR="+t.path(),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GOCACHE="+filepath.Join(t.path(), "cache"), "GOTMPDIR=", "GOENV=off", "GOFLAGS=-buildvcs=false -mod=mod", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && said.Len() > 0 {
			return "", fmt.Errorf("%s: %s", name, lastLine(said.Bytes()))
		}
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return out.String(), nil
}

func runTree(t *task) ([]sample, error) {
	source := filepath.Join(t.job.Source, "tree")
	files, size, err := treeSize(source)
	if err != nil {
		return nil, err
	}
	run := func(name string, args ...string) func() error {
		return func() error {
			_, err := t.command(name, args...)
			return err
		}
	}
	cat := func() error {
		out, err := t.command("sh", "-c", "find copy -type f -exec cat {} + | wc -c")
		if got := strings.TrimSpace(out); err == nil && got != strconv.FormatInt(size, 10) {
			err = fmt.Errorf("read %s bytes, want %d", got, size)
		}
		return err
	}
	samples, err := t.parts([]part{
		{"copy", files, run("cp", "-a", source, "copy")},
		{"walk", files, func() error {
			out, err := t.command("find", "copy", "-type", "f", "-size", "-1024k")
			if got := int64(strings.Count(out, "\n")); err == nil && got != files {
				err = fmt.Errorf("found %d files, want %d", got, files)
			}
			return err
		}},
		{"read", files, cat},
		{"read-again", files, cat},
		{"tar", files, run("tar", "-cf", "tree.tar", "copy")},
		{"untar", files, func() error {
			if err := os.Mkdir(filepath.Join(t.path(), "untarred"), 0o755); err != nil {
				return err
			}
			_, err := t.command("tar", "-xf", "tree.tar", "-C", "untarred")
			return err
		}},
	})
	if err == nil {
		err = sameTree(source, filepath.Join(t.path(), "untarred/copy"))
	}
	if err != nil {
		return nil, err
	}
	last, err := t.parts([]part{{"remove", files, run("rm", "-r", "copy")}})
	if _, e := os.Lstat(filepath.Join(t.path(), "copy")); err == nil && !errors.Is(e, os.ErrNotExist) {
		err = fmt.Errorf("the tree is still there after rm -r: %v", e)
	}
	return append(samples, last...), err
}

func runGit(t *task) ([]sample, error) {
	samples, err := t.parts([]part{{"", 1, func() error {
		_, err := t.command("git", "clone", "--quiet", "--no-local", "file://"+filepath.Join(t.job.Source, "repository"), "clone")
		return err
	}}})
	if err != nil {
		return nil, err
	}
	status, err := t.command("git", "-C", "clone", "status", "--porcelain")
	if err == nil && status != "" {
		err = fmt.Errorf("git status of the clone says %q", lastLine([]byte(status)))
	}
	if err == nil {
		err = sameTree(filepath.Join(t.job.Source, "tree"), filepath.Join(t.path(), "clone"))
	}
	return samples, err
}

func runGoBuild(t *task) ([]sample, error) {
	if _, err := t.command("cp", "-a", filepath.Join(t.job.Source, "module"), "module"); err != nil {
		return nil, err
	}
	samples, err := t.parts([]part{{"", 1, func() error {
		_, err := t.command("go", "build", "-C", "module", "./...")
		return err
	}}})
	if err != nil {
		return nil, err
	}
	// -v prints what is compiled: nothing, if all is in the cache.
	again, err := t.command("sh", "-c", "exec go build -C module -v ./... 2>&1")
	if err == nil && again != "" {
		err = fmt.Errorf("not found in the build cache: %s", lastLine([]byte(again)))
	}
	return samples, err
}

func runSQLite(t *task) ([]sample, error) {
	const transactions = 50
	script := new(strings.Builder)
	script.WriteString("CREATE TABLE log (id INTEGER PRIMARY KEY, body TEXT);\n")
	for i := range transactions {
		fmt.Fprintf(script, "INSERT INTO log VALUES (%d, '%s');\n", i, strings.Repeat("x", 100))
	}
	input := filepath.Join(t.path(), "script")
	if err := os.WriteFile(input, []byte(script.String()), 0o644); err != nil {
		return nil, err
	}
	samples, err := t.parts([]part{{"", transactions, func() error {
		_, err := t.command("sqlite3", "-bail", "log.db", ".read script")
		return err
	}}})
	if err != nil {
		return nil, err
	}
	said, err := t.command("sqlite3", "log.db", "PRAGMA integrity_check; SELECT count(*) FROM log;")
	if want := fmt.Sprintf("ok\n%d\n", transactions); err == nil && said != want {
		err = fmt.Errorf("the database has %q, want %q", said, want)
	}
	return samples, err
}

// runFio lets fio measure: its starting and ending would be most of the time.
func runFio(mode, size string) func(*task) ([]sample, error) {
	return func(t *task) ([]sample, error) {
		var report struct {
			Jobs []struct {
				Error int
				Read  struct {
					Total   int64   `json:"total_ios"`
					Runtime float64 `json:"runtime"` // ms
				}
				Write struct {
					Total   int64   `json:"total_ios"`
					Runtime float64 `json:"runtime"`
				}
			}
		}
		samples, err := t.parts([]part{{"", 0, func() error {
			out, err := t.command("fio", "--name=bench", "--ioengine=psync", "--rw="+mode, "--bs="+size, "--size=8m", "--randseed=1",
				"--verify=crc32c", "--verify_fatal=1", "--output-format=json")
			if err != nil {
				return err
			}
			// Notes may come ahead of the report.
			return json.Unmarshal([]byte(out[max(0, strings.Index(out, "{")):]), &report)
		}}})
		if err != nil {
			return nil, err
		}
		if len(report.Jobs) != 1 || report.Jobs[0].Error != 0 || report.Jobs[0].Read.Total == 0 {
			return nil, fmt.Errorf("fio: it reports an error, or verified nothing")
		}
		job := report.Jobs[0]
		samples[0].Round.Ops = job.Read.Total + job.Write.Total
		samples[0].Round.Elapsed = int64((job.Read.Runtime + job.Write.Runtime) * float64(time.Millisecond))
		return samples, nil
	}
}
