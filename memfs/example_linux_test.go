package memfs_test

import (
	"fmt"
	"log"
	"os"
	"os/exec"

	"github.com/scratchfs/memfs/memfs"
)

// A scratch filesystem of 64 MiB for another program.
func Example() {
	dir, err := os.MkdirTemp("", "scratch")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(dir)

	m, err := memfs.Mount(dir, memfs.Options{Size: 64 << 20})
	if err != nil {
		log.Fatal(err)
	}
	out, err := exec.Command("sh", "-c", `cd "$1" && echo hello >file && cat file`, "sh", dir).Output()
	if err != nil {
		log.Print(err)
	}
	fmt.Printf("%s", out)

	if err := m.Unmount(); err != nil {
		log.Fatal(err)
	}
	if err := m.Wait(); err != nil {
		log.Fatal(err)
	}
	// Output: hello
}
