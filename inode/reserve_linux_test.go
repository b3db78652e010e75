package inode

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// vmFlags returns the flags of the mapping that b begins in (/proc/self/smaps).
func vmFlags(t *testing.T, b []byte) []string {
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	at, within := uint64(uintptr(unsafe.Pointer(&b[0]))), false
	for line := range strings.Lines(string(smaps)) {
		name, rest, _ := strings.Cut(line, " ")
		var first, end uint64
		if n, _ := fmt.Sscanf(name, "%x-%x", &first, &end); n == 2 {
			within = first <= at && at < end
		}
		if within && name == "VmFlags:" {
			return strings.Fields(rest)
		}
	}
	t.Fatal("the mapping is not in /proc/self/smaps")
	return nil
}

func TestReserveTakesNoHugePages(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("no huge pages in this kernel: ", err)
	}
	mem, err := reserve(4 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer unreserve(mem)
	if flags := vmFlags(t, mem); !slices.Contains(flags, "nh") {
		t.Errorf("flags of the mapping: %v, want nh", flags)
	}
}
