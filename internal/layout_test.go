package internal

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/scratchfs/memfs/"

// mayImport says what of this module a package may import, but in its tests.
var mayImport = map[string][]string{
	"inode":               {},
	"bench":               {"inode", "memfs", "internal/fuseclient", "internal/nearest"},
	"fuzz":                {"inode", "internal/fuseclient"},
	"memfs":               {"inode", "internal/fusedev", "internal/nearest"},
	"cmd/memfs":           {"bench", "fuzz", "memfs"},
	"internal/fstest":     {},
	"internal/fuseclient": {},
	"internal/fusedev":    {},
	"internal/programs":   {},
	"internal/mounttest":  {"memfs"},
	"internal/nearest":    {},
}

// TestLayout holds the imports to the table in ARCHITECTURE.md. The store must
// not know FUSE.
func TestLayout(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for packages := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, ok := mayImport[name]
		if !ok && name != "internal" {
			t.Errorf("package %s is not in the table", name)
		}
		for _, i := range p.Imports {
			if rest, ours := strings.CutPrefix(i, module); ours && !slices.Contains(allowed, rest) {
				t.Errorf("%s must not import %s", name, rest)
			}
			if name == "inode" && strings.Contains(i, "fuse") {
				t.Errorf("the store must not import %s", i)
			}
		}
	}
}
