package main

import (
	"context"
	"sync"
	"syscall"
)

// xattrs are the extended attributes of a file or a directory.
type xattrs struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (x *xattrs) Setxattr(_ context.Context, name string, value []byte, _ uint32) syscall.Errno {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.values == nil {
		x.values = map[string][]byte{}
	}
	x.values[name] = append([]byte{}, value...)
	return 0
}

func (x *xattrs) Getxattr(_ context.Context, name string, dest []byte) (uint32, syscall.Errno) {
	x.mu.Lock()
	defer x.mu.Unlock()
	value, ok := x.values[name]
	switch {
	case !ok:
		return 0, syscall.ENODATA
	case len(dest) < len(value):
		return uint32(len(value)), syscall.ERANGE
	}
	return uint32(copy(dest, value)), 0
}

func (x *xattrs) Listxattr(_ context.Context, dest []byte) (uint32, syscall.Errno) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var names []byte
	for name := range x.values {
		names = append(append(names, name...), 0)
	}
	if len(dest) < len(names) {
		return uint32(len(names)), syscall.ERANGE
	}
	return uint32(copy(dest, names)), 0
}
