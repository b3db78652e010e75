//go:build !linux

package memfs

// kernelSkips returns which requests an answer of ENOSYS makes this kernel do
// without: none that we know of.
func kernelSkips() skips { return skips{} }
