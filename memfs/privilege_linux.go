package memfs

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// mayAdminister reports whether a thread has CAP_SYS_ADMIN in the user namespace of this
// process: what /proc shows is what it has in its own. A request does not say so; and with
// idmapped mounts allowed it says not even who the user is.
func mayAdminister(thread uint32) bool {
	theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/user", thread))
	if err != nil {
		return false
	}
	if ours, err := os.Readlink("/proc/self/ns/user"); err != nil || ours != theirs {
		return false
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", thread))
	if err != nil {
		return false
	}
	lines := bufio.NewScanner(bytes.NewReader(status))
	for lines.Scan() {
		if hex, ok := bytes.CutPrefix(lines.Bytes(), []byte("CapEff:\t")); ok {
			set, err := strconv.ParseUint(string(hex), 16, 64)
			return err == nil && set>>unix.CAP_SYS_ADMIN&1 != 0
		}
	}
	return false
}
