// The filesystems that memfs is measured beside: a module of their own, so that
// memfs needs none of what they need.
module github.com/scratchfs/memfs/bench/peers

go 1.26.0

require (
	github.com/hanwen/go-fuse/v2 v2.12.1
	github.com/jacobsa/fuse v0.0.0-20260630194014-a124548f6da7
)

require (
	github.com/jacobsa/syncutil v0.0.0-20180201203307-228ac8e5a6c3 // indirect
	golang.org/x/net v0.38.0 // indirect
	golang.org/x/sys v0.31.0 // indirect
)
