// Package fuseclient is the kernel's end of a FUSE connection, for tests,
// fuzzing and benchmarks: it sends requests through a socket to a server in this
// process or another, with no mount and no privilege.
//
//	c, fd, err := fuseclient.Pair()
//	m, err := memfs.Mount(fmt.Sprintf("/dev/fd/%d", fd), memfs.Options{}) // in another goroutine
//	init, err := c.Init()
//	frame := fuseclient.Begin(nil, fuseclient.Lookup, c.Unique(), fuseclient.RootID)
//	frame = fuseclient.End(fuseclient.AppendString(frame, "name"))
//	err = c.Send(frame)
//	reply, err := c.Receive()
//	err = reply.Check(fuseclient.Lookup, 0)
//
// Messages and opcodes are those of linux/fuse.h, protocol 7.45, written down
// here once more: what checks a server should not share its definitions.
package fuseclient
