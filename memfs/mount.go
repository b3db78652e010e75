package memfs

import (
	"context"

	"github.com/jacobsa/fuse"
)

// A MountPoint is a mounted filesystem that this process serves. Its methods
// may be called from several goroutines.
//
// The process should leave it to others to use the files: waiting for itself
// it can deadlock, because the Go runtime polls the files that it opens.
type MountPoint struct {
	dir    string
	id     mountID
	loop   Loop
	stop   func() error  // ends serving a connection that was adopted, else nil
	served chan struct{} // closed when nothing is served any more
	err    error         // why that was; valid once served is closed
}

// Mount creates an empty filesystem, mounts it on the directory dir and serves
// it. When Mount returns without an error, the mount answers.
//
// It mounts with mount(2), or without the privilege with fusermount3(1). On
// Linux, /dev/fd/N as dir is the connection that descriptor N of this process
// is: a /dev/fuse that somebody else has mounted, or a socket of SOCK_SEQPACKET
// with a program at the other end. Then nothing is mounted, Mount waits for
// INIT, and the descriptor is closed when it is not served any more.
//
// The error is an *OptionError if the options are at fault, else an *Error. After
// an error nothing is left mounted.
func Mount(dir string, o Options) (*MountPoint, error) {
	o, err := o.resolve(availableMemory())
	if err != nil {
		return nil, err
	}
	return mount(dir, &o, newServer)
}

// A startFunc creates the filesystem that the resolved options describe, to be
// served from dev. It returns its server and what the server wants from the
// kernel.
type startFunc func(o *Options, dev device) (connectionServer, *fuse.MountConfig, error)

// A connectionServer knows why it stopped serving: nil if the filesystem was
// unmounted.
type connectionServer interface {
	fuse.Server
	stopped() error

	// discard gives back what the server has if it is never to serve.
	discard()
}

// newMountPoint returns the handle of a mount that is served until wait returns.
func newMountPoint(dir string, l Loop, wait func() error) *MountPoint {
	m := &MountPoint{dir: dir, loop: l, served: make(chan struct{})}
	go func() {
		m.err = wait()
		close(m.served)
	}()
	return m
}

// waitFor returns what waits until srv has stopped serving fs.
func waitFor(fs *fuse.MountedFileSystem, srv connectionServer) func() error {
	return func() error {
		err := fs.Join(context.Background())
		if why := srv.stopped(); why != nil {
			return why
		}
		return err
	}
}

// Dir returns the absolute path that the filesystem was mounted on.
func (m *MountPoint) Dir() string { return m.dir }

// Loop returns the loop that serves the filesystem: with LoopAuto, which one that
// was.
func (m *MountPoint) Loop() Loop { return m.loop }

// Wait returns when the filesystem is unmounted and its last open file closed.
// The error is not nil if serving it ended for any other reason.
func (m *MountPoint) Wait() error {
	<-m.served
	if m.err != nil {
		return &Error{Op: "serve", Dir: m.dir, Problem: "the connection to the kernel broke: " + m.err.Error(), Err: m.err}
	}
	return nil
}
