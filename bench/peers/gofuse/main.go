// Command gofuse serves an in-memory filesystem made of what
// github.com/hanwen/go-fuse has for that: its tree of inodes, and
// fs.MemRegularFile for contents.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: gofuse DIR")
	}
	if err := serve(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// serve mounts on dir, says that it is ready and serves until standard input
// ends. Nobody else changes the tree, so the kernel may keep what it has seen.
func serve(dir string) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	hour := time.Hour
	server, err := fs.Mount(dir, newDirectory(context.Background(), 0o777), &fs.Options{
		MountOptions: fuse.MountOptions{
			Name: "gofuse", FsName: "gofuse", MaxWrite: 1 << 20,
			Options: []string{"default_permissions"},
		},
		EntryTimeout: &hour, AttrTimeout: &hour, NegativeTimeout: &hour,
	})
	if err != nil {
		return err
	}
	fmt.Println("{}")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := server.Unmount(); err != nil {
		return err
	}
	server.Wait()
	return nil
}
