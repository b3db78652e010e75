package memfs

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// kernelSkips returns which requests an answer of ENOSYS makes this kernel do
// without: fs/fuse/file.c and dir.c say so for OPEN since Linux 3.16, for
// OPENDIR since 5.1, for CREATE and FLUSH always.
func kernelSkips() skips {
	return skips{
		open:    kernelAtLeast(3, 16),
		opendir: kernelAtLeast(5, 1),
		create:  true,
		flush:   true,
	}
}

// kernelAtLeast reports whether the kernel's release is major.minor or later.
func kernelAtLeast(major, minor int) bool {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return false
	}
	var a, b int
	if n, _ := fmt.Sscanf(unix.ByteSliceToString(name.Release[:]), "%d.%d", &a, &b); n < 2 {
		return false
	}
	return a > major || a == major && b >= minor
}
