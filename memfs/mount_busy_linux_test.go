package memfs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestSummary(t *testing.T) {
	for want, list := range map[string][]string{
		"":                   nil,
		"a (1)":              {"a (1)"},
		"a, b, c, d":         {"a", "b", "c", "d"},
		"a, b, c, d, 2 more": {"a", "b", "c", "d", "e", "f"},
	} {
		saved := slices.Clone(list)
		if got := summary(list); got != want || !slices.Equal(list, saved) {
			t.Errorf("summary(%q) = %q, want %q", saved, got, want)
		}
	}
}

func TestMapsDevice(t *testing.T) {
	maps := filepath.Join(t.TempDir(), "maps")
	text := "00400000-00452000 r-xp 00000000 fe:00 173521 /usr/bin/x\n" +
		"7f0000000000-7f0000001000 r--p 00000000 00:24 2 /mnt/x/a b\n" +
		"7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]\n"
	if err := os.WriteFile(maps, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for device, want := range map[string]bool{"0:36": true, "254:0": true, "0:24": false, "254:36": false, "": false} {
		if got := mapsDevice(maps, device); got != want {
			t.Errorf("device %q is mapped: %v, want %v", device, got, want)
		}
	}
	if mapsDevice(maps+"-missing", "0:36") {
		t.Error("a missing file maps a device")
	}
}

// The process that runs the test uses the mount of its working directory.
func TestMountUsers(t *testing.T) {
	fd, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer fd.Close()
	id := mountOf(fmt.Sprint("/proc/self/fdinfo/", fd.Fd()))
	if id == "" {
		t.Fatal("no mount id in fdinfo")
	}
	if !usesMount("/proc/self", mountID{mount: id}) {
		t.Errorf("an open file does not use mount %s", id)
	}
	if usesMount("/proc/self", mountID{mount: "0"}) {
		t.Error("mount 0 is used")
	}
}
