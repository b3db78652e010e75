package memfs

import (
	"errors"
	"os"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestResolveDefaults(t *testing.T) {
	const memory = 16 << 30
	got, err := Options{}.resolve(memory)
	if runtime.GOOS != "linux" && got.Loop == LoopWorkers {
		got.Loop = LoopAuto
	}
	want := Options{
		Size: 8 << 30, Inodes: 8 << 30 / 4096, Mode: 0o1777,
		UID: new(uint32(os.Geteuid())), GID: new(uint32(os.Getegid())),
		Loop: LoopAuto, ATime: RelATime, FSName: "memfs", Subtype: "memfs",
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestResolveKeeps(t *testing.T) {
	in := Options{
		Size: 8192, Inodes: 3, Mode: 0o700, UID: new(uint32(1)), GID: new(uint32(2)), Loop: LoopSerial, Threads: 4,
		ATime: NoATime, FSName: "a", Subtype: "b", MaxRead: 4096, ReadOnly: true,
	}
	got, err := in.resolve(8192)
	if err != nil || !reflect.DeepEqual(got, in) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, in)
	}
}

func TestResolveRounds(t *testing.T) {
	for in, want := range map[int64]int64{1: 4096, 4096: 4096, 4097: 8192} {
		if got, err := (Options{Size: in}).resolve(1 << 20); err != nil || got.Size != want {
			t.Errorf("size %d becomes %d, %v; want %d", in, got.Size, err, want)
		}
	}
	// A machine too small for a page of data still gets a filesystem.
	if got, err := (Options{}).resolve(4096); err != nil || got.Size != 4096 || got.Inodes != 1 {
		t.Errorf("size %d, %d inodes, %v; want 4096, 1", got.Size, got.Inodes, err)
	}
}

func TestResolveMode(t *testing.T) {
	for in, want := range map[uint32]uint32{0: 0o1777, syscall.S_IFDIR: 0, syscall.S_IFDIR | 0o755: 0o755, 0o4711: 0o4711} {
		if got, err := (Options{Mode: in}).resolve(1 << 20); err != nil || got.Mode != want {
			t.Errorf("mode %o becomes %o, %v; want %o", in, got.Mode, err, want)
		}
	}
}

func TestResolveErrors(t *testing.T) {
	for want, o := range map[string]Options{
		"size=-1: out of range":                  {Size: -1},
		"nr_inodes=-1: out of range":             {Inodes: -1},
		"threads=-1: not between 1 and 1024":     {Threads: -1},
		"threads=9999: not between 1 and 1024":   {Threads: 9999},
		"max_read=1: less than 4096":             {MaxRead: 1},
		"max_write=1: less than 4096":            {MaxWrite: 1},
		"queue_depth=-1: not between 1 and 1024": {QueueDepth: -1},
		"max_background=-1: not between 1 and":   {MaxBackground: -1},
		"congestion_threshold=65536: not":        {CongestionThreshold: 65536},
		"direct_io: not with loop=serial":        {Loop: LoopSerial, DirectIO: true},
		"loop=x: not one of serial, goroutine":   {Loop: "x"},
		"atime=x: not one of relatime, noatime,": {ATime: "x"},
	} {
		_, err := o.resolve(1 << 30)
		var oe *OptionError
		if !errors.As(err, &oe) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := Options{Size: 1<<30 + 1<<20}.resolve(1 << 30)
	var e *Error
	if want := "size=1025m is larger than the 1g of memory there is; ask for less"; !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFormatSize(t *testing.T) {
	for in, want := range map[int64]string{
		0: "0", 1: "1", 1023: "1023", 1024: "1k", 1025: "1025", 1 << 20: "1m", 3 << 29: "1536m", 1 << 40: "1t", 1 << 50: "1024t",
		25274494976: "23.5g", 10241: "10.0k",
	} {
		if got := formatSize(in); got != want {
			t.Errorf("formatSize(%d) = %s, want %s", in, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"/mnt/x":   "/mnt/x",
		"/mnt/é":   "/mnt/é",
		"/m n":     `'/m n'`,
		"/it's":    `'/it'\''s'`,
		"":         `''`,
		"/a\nb":    `"/a\nb"`,
		"/$(date)": `'/$(date)'`,
	} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %s, want %s", in, got, want)
		}
	}
}
