package main

import (
	"context"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
)

// A file is the library's file in memory, and extended attributes.
type file struct {
	fs.MemRegularFile

	mu     sync.Mutex
	xattrs map[string][]byte
}

var (
	_ fs.NodeSetxattrer  = (*file)(nil)
	_ fs.NodeGetxattrer  = (*file)(nil)
	_ fs.NodeListxattrer = (*file)(nil)
)

func (f *file) Setxattr(_ context.Context, name string, value []byte, _ uint32) syscall.Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.xattrs == nil {
		f.xattrs = map[string][]byte{}
	}
	f.xattrs[name] = append([]byte{}, value...)
	return 0
}

func (f *file) Getxattr(_ context.Context, name string, dest []byte) (uint32, syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	value, ok := f.xattrs[name]
	switch {
	case !ok:
		return 0, syscall.ENODATA
	case len(dest) < len(value):
		return uint32(len(value)), syscall.ERANGE
	}
	return uint32(copy(dest, value)), 0
}

func (f *file) Listxattr(_ context.Context, dest []byte) (uint32, syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []byte
	for name := range f.xattrs {
		names = append(append(names, name...), 0)
	}
	if len(dest) < len(names) {
		return uint32(len(names)), syscall.ERANGE
	}
	return uint32(copy(dest, names)), 0
}
