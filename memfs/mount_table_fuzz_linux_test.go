package memfs

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// FuzzMountTable reads any text as a table of mounts. What is read can be written
// down as a table that says the same, and is found by what it is called.
func FuzzMountTable(f *testing.F) {
	if b, err := os.ReadFile("/proc/self/mountinfo"); err == nil {
		f.Add(string(b))
	}
	f.Add("36 35 98:0 /mnt1 /a\\040b rw,noatime master:1 - fuse.memfs memfs rw\n37 36 0:5 / /a rw - fuse memfs rw\n")
	f.Add("1 2 3:4 / /\\134011\\011\\012\\043 rw - fuse.x \\040 rw")
	f.Add("1 2 3 - 4 5 6\n - \n\n")
	escape := strings.NewReplacer(" ", `\040`, "\t", `\011`, "\n", `\012`, "#", `\043`, `\`, `\134`)
	f.Fuzz(func(t *testing.T, text string) {
		table := parseMountTable(text)
		var b strings.Builder
		for _, e := range table {
			fmt.Fprintf(&b, "%s %s %s / %s rw - %s %s rw\n", e.id.mount, e.parent, e.id.device, escape.Replace(e.dir), escape.Replace(e.fsType), escape.Replace(e.source))
		}
		if again := parseMountTable(b.String()); !slices.Equal(again, table) {
			t.Fatalf("%q is %+v, want %+v", b.String(), again, table)
		}
		for _, e := range table {
			if top := table.top(e.dir); top == nil || top.dir != e.dir {
				t.Fatalf("at %q is %+v", e.dir, top)
			}
			if found := table.byID(e.id); found == nil || found.id != e.id {
				t.Fatalf("%+v is %+v", e.id, found)
			}
			if e.isMemfs() && !e.isFUSE() {
				t.Fatalf("%+v is memfs and not FUSE", e)
			}
		}
	})
}
