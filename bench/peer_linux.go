package bench

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// The peers: other in-memory filesystems. Their programs are a module of their
// own in the folder peers, so that this module needs none of what they need.
var peers = []target{
	{name: "jacobsa", what: "the sample memfs of jacobsa/fuse", peer: "jacobsa", module: "github.com/jacobsa/fuse",
		options: "as samples/mount_memfs: a goroutine for each request, no writeback"},
	{name: "go-fuse", what: "hanwen/go-fuse, a tree of fs.MemRegularFile", peer: "gofuse", module: "github.com/hanwen/go-fuse/v2", more: true,
		options: "attributes and entries cached for an hour, as memfs caches them for ever"},
}

// buildPeer builds the program of a peer in the user's cache directory, and
// returns its path. The Go tool caches what it builds, so that it takes long
// only once.
func buildPeer(ctx context.Context, name string) (string, error) {
	_, file, _, ok := runtime.Caller(0)
	source := filepath.Join(filepath.Dir(file), "peers")
	if _, err := os.Stat(filepath.Join(source, "go.mod")); !ok || err != nil {
		return "", errors.New("its source is not on this machine; build memfs in its source tree")
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		return "", errors.New("to build it Go is needed, and there is no go in PATH")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	program := filepath.Join(cache, "memfs", "peers", name)
	cmd := exec.CommandContext(ctx, goTool, "build", "-o", program, "./"+name)
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("it does not build: %s", lastLine(out))
	}
	return program, nil
}

// peerVersion returns the version of a module in a program, to be added to what
// it is.
func peerVersion(program, module string) string {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return " " + m.Version
		}
	}
	return ""
}
