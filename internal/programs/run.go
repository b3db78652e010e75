//go:build linux

package programs

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// An Effort says how much a program is given to do.
type Effort int

const (
	Smoke Effort = iota // seconds in all: go test -short
	Some                // whole trees and builds, but little stress
	Much
)

// All holds the programs. Each is given an empty directory.
var All = map[string]func(t *testing.T, dir string, effort Effort){
	"Dbench":   Dbench,
	"Fio":      Fio,
	"Git":      Git,
	"GoBuild":  GoBuild,
	"GoTree":   GoTree,
	"Rsync":    Rsync,
	"SQLite":   SQLite,
	"StressNG": StressNG,
	"Tar":      Tar,
}

// Run runs the programs of All as subtests of t, each in a directory of its own
// under root.
func Run(t *testing.T, root string, effort Effort) {
	t.Helper()
	if testing.Short() {
		effort = Smoke
	}
	for _, name := range slices.Sorted(maps.Keys(All)) {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(root, name)
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			// The next program finds the filesystem empty, and this one's
			// removal is a test as well.
			t.Cleanup(func() {
				if err := os.RemoveAll(dir); err != nil {
					t.Errorf("cleaning up: %v", err)
				}
			})
			All[name](t, dir, effort)
		})
	}
}
