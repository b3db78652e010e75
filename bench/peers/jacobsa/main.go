// Command jacobsa serves the in-memory filesystem among the samples of
// github.com/jacobsa/fuse, with the options of its samples/mount_memfs.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/jacobsa/fuse"
	"github.com/jacobsa/fuse/samples/memfs"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: jacobsa DIR")
	}
	if err := serve(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// serve mounts on dir, says that it is ready and serves until standard input
// ends.
func serve(dir string) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	server := memfs.NewMemFS(uint32(os.Getuid()), uint32(os.Getgid()))
	m, err := fuse.Mount(dir, server, &fuse.MountConfig{DisableWritebackCaching: true})
	if err != nil {
		return err
	}
	fmt.Println("{}")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := fuse.Unmount(dir); err != nil {
		return err
	}
	return m.Join(context.Background())
}
