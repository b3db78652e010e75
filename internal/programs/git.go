//go:build linux

package programs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Git clones this repository through the pack protocol and works in the clone:
// fsck, gc, checkout of every file, a second worktree, a commit and a merge.
func Git(t *testing.T, dir string, _ Effort) {
	need(t, "git")
	c := in(t, dir)
	config := filepath.Join(dir, ".home", "gitconfig")
	// Whoever runs this need not own the repository. No gc in the background.
	if err := os.WriteFile(config, []byte("[safe]\ndirectory = *\n[user]\nname = Nobody\nemail = nobody@invalid\n"+
		"[init]\ndefaultBranch = main\n[gc]\nauto = 0\n[maintenance]\nauto = false\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c = c.with("GIT_CONFIG_GLOBAL="+config, "GIT_CONFIG_NOSYSTEM=1")

	clone := filepath.Join(dir, "clone")
	c.run("git", "clone", "--quiet", "--no-local", repository(c), clone)
	work := c.at(clone)
	clean := func(c *command) {
		t.Helper()
		dropPages(t, dir)
		c.run("git", "fsck", "--full", "--strict")
		if status := c.run("git", "status", "--porcelain"); status != "" {
			t.Errorf("the tree is not what was checked out:\n%s", status)
		}
	}
	clean(work)
	commits := work.run("git", "rev-list", "--count", "HEAD")
	work.run("git", "gc", "--quiet", "--aggressive", "--prune=now")
	clean(work)
	if after := work.run("git", "rev-list", "--count", "HEAD"); after != commits {
		t.Errorf("%s commits after gc, %s before", after, commits)
	}

	// A checkout rewrites each file that is gone or has changed.
	files := strings.Split(strings.TrimSuffix(work.run("git", "ls-files", "-z"), "\x00"), "\x00")
	for _, name := range files {
		if err := os.Remove(filepath.Join(clone, name)); err != nil {
			t.Fatal(err)
		}
	}
	work.run("git", "checkout", "--quiet", ".")
	clean(work)

	work.run("git", "worktree", "add", "--quiet", "-b", "side", "../side")
	side := c.at(filepath.Join(dir, "side"))
	if err := os.WriteFile(filepath.Join(dir, "side", "new file"), []byte("on a branch\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	side.run("git", "add", "--all")
	side.run("git", "commit", "--quiet", "--message", "on the side")
	work.run("git", "merge", "--quiet", "--no-ff", "--message", "merged", "side")
	clean(work)
	if content, err := os.ReadFile(filepath.Join(clone, "new file")); string(content) != "on a branch\n" {
		t.Errorf("after the merge the new file has %q, %v", content, err)
	}
	work.run("git", "worktree", "remove", "../side")
	clean(work)
	t.Logf("%s commits, %d files", strings.TrimSpace(commits), len(files))
}

// repository returns a repository to clone: this one, or where there is none,
// as in a source archive, a new one with these files.
func repository(c *command) string {
	c.t.Helper()
	top := source(c.t)
	if _, err := os.Stat(filepath.Join(top, ".git")); err == nil {
		return "file://" + top
	}
	made := filepath.Join(c.dir, "made")
	c.run("cp", "-a", top, made)
	work := c.at(made)
	work.run("git", "init", "--quiet")
	work.run("git", "add", "--all")
	work.run("git", "commit", "--quiet", "--message", "all of it")
	return "file://" + made
}
