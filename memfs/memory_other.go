//go:build !linux

package memfs

import "golang.org/x/sys/unix"

// fallbackMemory stands in where the system does not tell.
const fallbackMemory = 1 << 30

// totalMemory returns the bytes of memory of the machine, without swap.
func totalMemory() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return fallbackMemory
	}
	return int64(n)
}
