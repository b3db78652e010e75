package main

import (
	"context"
	"sync"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// attributes are those of a file or a directory.
type attributes struct {
	mu   sync.Mutex
	attr fuse.Attr
}

// newAttributes returns those of what the caller makes.
func newAttributes(ctx context.Context, mode, links uint32) attributes {
	a := fuse.Attr{Mode: mode, Nlink: links}
	if c, ok := fuse.FromContext(ctx); ok {
		a.Owner = c.Owner
	}
	return attributes{attr: a}
}

func (a *attributes) get() fuse.Attr {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.attr
}

// link adds names to a file, or takes them away.
func (a *attributes) link(names int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.attr.Nlink += uint32(names)
}

// set applies what in asks for, but the size.
func (a *attributes) set(in *fuse.SetAttrIn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if mode, ok := in.GetMode(); ok {
		a.attr.Mode = a.attr.Mode&^0o7777 | mode&0o7777
	}
	if uid, ok := in.GetUID(); ok {
		a.attr.Uid = uid
	}
	if gid, ok := in.GetGID(); ok {
		a.attr.Gid = gid
	}
	if t, ok := in.GetATime(); ok {
		a.attr.SetTimes(&t, nil, nil)
	}
	if t, ok := in.GetMTime(); ok {
		a.attr.SetTimes(nil, &t, nil)
	}
}
