package memfs

import "golang.org/x/sys/unix"

// totalMemory returns the bytes of memory of the machine, without swap.
func totalMemory() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		// sysinfo(2) fails for a bad address only.
		panic(err)
	}
	return int64(uint64(info.Totalram) * uint64(info.Unit))
}
