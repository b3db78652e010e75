package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/scratchfs/memfs/memfs"
)

// output runs a command line that prints and does nothing else.
func output(t *testing.T, args ...string) string {
	t.Helper()
	root := newRootCommand("memfs")
	var b bytes.Buffer
	root.SetOut(&b)
	root.SetErr(&b)
	root.SetArgs(args)
	if err := root.Execute(); err != nil {
		t.Fatalf("memfs %q: %v", args, err)
	}
	return b.String()
}

func TestHelpFitsAScreen(t *testing.T) {
	for _, args := range []string{"help", "--help", "help mount", "mount --help", "mount -h", "help umount", "help replay", "help version", "help bench"} {
		text := output(t, strings.Fields(args)...)
		if n := strings.Count(text, "\n"); n < 3 || n > 23 { // the last line is the prompt's
			t.Errorf("memfs %s: %d lines", args, n)
		}
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(line) - 1; n > 80 {
				t.Errorf("memfs %s: %d columns: %s", args, n, line)
			}
		}
	}
}

// The texts are written by hand; they must not forget anything.
func TestHelpIsComplete(t *testing.T) {
	for _, cmd := range newRootCommand("memfs").Commands() {
		if cmd.Hidden {
			continue
		}
		if !strings.Contains(rootHelp, "\n  memfs "+cmd.Use) {
			t.Errorf("memfs help is silent on: %s", cmd.Use)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			line := "\n  -" + f.Shorthand + ", --" + f.Name + " "
			if f.Shorthand == "" {
				line = "\n      --" + f.Name + " "
			}
			if !strings.Contains(cmd.Long, line) {
				t.Errorf("memfs help %s is silent on --%s", cmd.Name(), f.Name)
			}
		})
	}
	words := strings.FieldsFunc(mountHelp, func(r rune) bool { return strings.ContainsRune(" \n,;", r) })
	for _, w := range memfs.OptionWords() {
		found := false
		for _, h := range words {
			found = found || h == w.Name || strings.HasSuffix(w.Name, "=") && strings.HasPrefix(h, w.Name)
		}
		if !found {
			t.Errorf("memfs help mount is silent on %s", w.Name)
		}
	}
}

func TestVersion(t *testing.T) {
	if got := output(t, "version"); !strings.HasPrefix(got, "memfs ") || strings.Count(got, "\n") != 1 {
		t.Errorf("version prints %q", got)
	}
	got := output(t, "version", "-v")
	for _, want := range []string{"\nkernel: ", "\n/dev/fuse: ", "\nfusermount3: ", "\nloops: ", " serial goroutine workers dev clone uring\n", "\nloop=auto: "} {
		if !strings.Contains(got, want) {
			t.Errorf("version -v prints %q, without %q", got, want)
		}
	}
}

func TestCompletion(t *testing.T) {
	for args, want := range map[string][]string{
		"mount|-o|":              {"size=", "ro", "loop=", "noxattr"},
		"mount|-o|ro,no":         {"ro,nosuid", "ro,noatime", "ro,noxattr"},
		"mount|-o|size=1m,loop=": {"size=1m,loop=serial", "size=1m,loop=workers"},
		"mount|-o|loop=s":        {"loop=serial"},
		"":                       {"mount", "umount", "replay", "version", "completion"},
	} {
		got := "\n" + output(t, append([]string{"__complete"}, strings.Split(args, "|")...)...)
		for _, w := range want {
			if !strings.Contains(got, "\n"+w+"\t") && !strings.Contains(got, "\n"+w+"\n") {
				t.Errorf("completion of %s lacks %s: %s", args, w, got)
			}
		}
		if strings.Contains(got, "mount-helper") {
			t.Errorf("completion offers the hidden command: %s", got)
		}
	}
	if got := output(t, "__complete", "mount", "-o", "loop=s"); strings.Contains(got, "loop=workers") {
		t.Errorf("completion of loop=s: %s", got)
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if got := output(t, "completion", shell); !strings.Contains(got, "memfs") {
			t.Errorf("no completion for %s", shell)
		}
	}
}
