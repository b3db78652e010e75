package fuzz_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"testing"

	"github.com/scratchfs/memfs/fuzz"
)

// What the calls of a trace return on the filesystem of a directory.
func ExampleRunAt() {
	p, err := fuzz.Parse(`
limits blocks=64 inodes=32 atime=0
1 mknod root "a" mode=0644
2 write #1 offset=5 size=10
3 rename root "a" root "b"
4 unlink root "a"
`)
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(dir) // which is empty again then

	res, err := fuzz.RunAt(context.Background(), dir, p)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("write:", res.Ops[1])
	fmt.Println("unlink:", res.Ops[3])
	for _, s := range res.Tree {
		if s.Where == "b" {
			fmt.Println("b:", s.Get("size"), "bytes")
		}
	}
	// Output:
	// write: count=10
	// unlink: ENOENT
	// b: 15 bytes
}

// A filesystem that is mounted on a directory, compared with tmpfs.
func ExampleTarget() {
	// In TestMain, before m.Run: fuzz.Client()
	_ = func(f *testing.F) { // FuzzMine
		target, err := fuzz.NewTarget("/mnt/mine")
		if err != nil {
			f.Fatal(err)
		}
		f.Cleanup(target.Close)
		f.Fuzz(func(t *testing.T, data []byte) {
			if err := target.Check(fuzz.Decode(data)); err != nil {
				t.Fatal(err)
			}
		})
	}
}
