package memfs

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// busyError reports that a mount is in use, and by whom as far as /proc tells.
func busyError(table mountTable, e *mountEntry) error {
	err := &Error{Op: "unmount", Dir: e.dir, Problem: "busy", Remedy: "stop what uses it, or detach it: memfs umount -l " + quote(e.dir), Err: unix.EBUSY}
	if users := mountUsers(e.id); len(users) > 0 {
		err.Problem = "busy, in use by " + summary(users)
		return err
	}
	for _, inner := range table {
		if inner.parent == e.id.mount && inner.id != e.id {
			err.Problem = "busy, " + quote(inner.dir) + " is mounted in it"
			err.Remedy = "unmount that first"
			break
		}
	}
	return err
}

// summary names the first few of a list.
func summary(list []string) string {
	const few = 4
	if len(list) > few {
		list = append(list[:few:few], fmt.Sprintf("%d more", len(list)-few))
	}
	return strings.Join(list, ", ")
}

// mountUsers lists the processes that keep a mount busy as "name (pid)": by an
// open file, a working or root directory, a program or a mapping. It sees those
// that the caller may look into.
//
// No file on the mount is examined, only which mount it belongs to. A stat would
// be a request to a server that may hang, or be waiting for this very call.
func mountUsers(id mountID) []string {
	procs, _ := filepath.Glob("/proc/[0-9]*")
	var users []string
	for _, proc := range procs {
		if usesMount(proc, id) {
			name, _ := os.ReadFile(proc + "/comm")
			users = append(users, fmt.Sprintf("%s (%s)", strings.TrimSpace(string(name)), filepath.Base(proc)))
		}
	}
	return users
}

// usesMount reports whether the process with the directory proc uses a mount.
func usesMount(proc string, id mountID) bool {
	for _, link := range []string{"cwd", "root", "exe"} {
		// O_PATH takes the file from the link as it is, without a request.
		fd, err := unix.Open(filepath.Join(proc, link), unix.O_PATH|unix.O_CLOEXEC, 0)
		if err != nil {
			continue
		}
		on := mountOf("/proc/self/fdinfo/" + strconv.Itoa(fd))
		unix.Close(fd)
		if on == id.mount {
			return true
		}
	}
	files, _ := filepath.Glob(proc + "/fdinfo/*")
	for _, f := range files {
		if mountOf(f) == id.mount {
			return true
		}
	}
	return mapsDevice(proc+"/maps", id.device)
}

// mountOf returns the id of the mount that an open file is on, from its fdinfo,
// see proc_pid_fdinfo(5).
func mountOf(fdinfo string) string {
	b, _ := os.ReadFile(fdinfo)
	for line := range strings.Lines(string(b)) {
		if id, ok := strings.CutPrefix(line, "mnt_id:"); ok {
			return strings.TrimSpace(id)
		}
	}
	return ""
}

// mapsDevice reports whether a file with a device number, written as in
// mountinfo, is mapped. A map does not tell the mount, only the device.
func mapsDevice(maps, device string) bool {
	var major, minor uint32
	if n, _ := fmt.Sscanf(device, "%d:%d", &major, &minor); n != 2 {
		return false
	}
	want := fmt.Sprintf("%02x:%02x", major, minor)
	b, _ := os.ReadFile(maps)
	for line := range strings.Lines(string(b)) {
		// address perms offset device inode path
		if f := strings.Fields(line); len(f) >= 5 && f[3] == want {
			return true
		}
	}
	return false
}
