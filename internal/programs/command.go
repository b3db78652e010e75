//go:build linux

package programs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	// patience is how long one run of a program may take before it counts as
	// hung. A loaded two-core machine under the race detector needs a tenth.
	patience = 3 * time.Minute

	// grace is how long a process may take to disappear once its work is done.
	grace = 10 * time.Second

	// shown limits what a failure shows of a program's output: its end.
	shown = 4 << 10
)

// A command runs programs in one directory, with one environment.
type command struct {
	t        *testing.T
	dir      string
	env      []string
	patience time.Duration
}

// in prepares to run programs in dir, with their home and temporary files in
// new directories there.
func in(t *testing.T, dir string) *command {
	t.Helper()
	c := &command{t: t, dir: dir, patience: patience}
	for _, variable := range os.Environ() {
		// A caller's git hook or go command says where its own work is.
		if !strings.HasPrefix(variable, "GIT_") && !strings.HasPrefix(variable, "GO") {
			c.env = append(c.env, variable)
		}
	}
	home, tmp := filepath.Join(dir, ".home"), filepath.Join(dir, ".tmp")
	if err := errors.Join(os.Mkdir(home, 0o755), os.Mkdir(tmp, 0o755)); err != nil {
		t.Fatal(err)
	}
	return c.with("HOME="+home, "XDG_CONFIG_HOME="+home, "TMPDIR="+tmp, "LC_ALL=C", "TZ=UTC")
}

// with returns a copy of c with more variables in its environment.
func (c *command) with(variables ...string) *command {
	d := *c
	d.env = append(c.env[:len(c.env):len(c.env)], variables...)
	return &d
}

// at returns a copy of c that runs in another directory.
func (c *command) at(dir string) *command {
	d := *c
	d.dir = dir
	return &d
}

// as returns a copy of c that reports to another test.
func (c *command) as(t *testing.T) *command {
	d := *c
	d.t = t
	return &d
}

// within returns a copy of c with another deadline.
func (c *command) within(patience time.Duration) *command {
	d := *c
	d.patience = patience
	return &d
}

// run runs a program, which must succeed, and returns what it wrote to its
// standard output.
func (c *command) run(argv ...string) string {
	c.t.Helper()
	return c.feed("", argv...)
}

// feed is like run for a program that reads input.
func (c *command) feed(input string, argv ...string) string {
	c.t.Helper()
	stdout, err := c.try(input, argv...)
	if err != nil {
		c.t.Fatal(err)
	}
	return stdout
}

// try is like feed, but returns the error: goroutines other than the test's may
// call it.
func (c *command) try(input string, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), c.patience)
	defer cancel()
	mark := newMark()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(c.env[:len(c.env):len(c.env)], mark, "PWD="+c.dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &stdout, &stderr
	// Descendants keep the output open, so they go before it is waited for.
	cmd.Cancel = func() error {
		kill(marked(mark))
		return cmd.Process.Kill()
	}
	cmd.WaitDelay = grace

	err := cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("not done after %v: %w", c.patience, err)
	}
	if left := stillThere(marked(mark)); len(left) > 0 {
		err = errors.Join(err, fmt.Errorf("left processes running: %s", kill(left)))
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(argv, " "), err, tail(stderr.String()), tail(stdout.String()))
	}
	return stdout.String(), nil
}

// tail returns the end of a program's output.
func tail(s string) string {
	if len(s) > shown {
		s = "…" + s[len(s)-shown:]
	}
	return s
}

// need skips the test if a program is not installed, and fails it if CI=true.
func need(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			unavailable(t, name+" is not installed")
		}
	}
}

func unavailable(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("needed in CI: ", why)
	}
	t.Skip(why)
}
