package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// openDirectory checks the directory of the target and learns who serves it.
func (c *client) openDirectory() error {
	if err := checkEmpty(c.path); err != nil {
		return err
	}
	var st unix.Stat_t
	var fs unix.Statfs_t
	if err := unix.Stat(c.path, &st); err != nil {
		return err
	}
	if err := unix.Statfs(c.path, &fs); err != nil {
		return err
	}
	if fs.Type == unix.FUSE_SUPER_MAGIC {
		c.connection = unix.Minor(st.Dev)
		c.server = serverOf(c.connection)
	}
	return nil
}

// checkEmpty reports why a directory cannot be a target.
func checkEmpty(dir string) error {
	work := filepath.Join(dir, workName)
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, unix.ENOENT):
		return fmt.Errorf("%s: no such directory; create it, or mount what is to be measured", dir)
	case errors.Is(err, unix.ENOTDIR):
		return fmt.Errorf("%s: not a directory", dir)
	case errors.Is(err, unix.ENOTCONN):
		return fmt.Errorf("%s: a dead mount, its server is gone; remove it: umount -l", dir)
	case err != nil:
		return err
	case len(entries) > 0:
		return fmt.Errorf("%s: not empty, it has %q; give a directory with nothing in it", dir, entries[0].Name())
	}
	switch err := os.Mkdir(work, 0o755); {
	case errors.Is(err, unix.EROFS), errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return fmt.Errorf("%s: not writable", dir)
	case err != nil:
		return err
	}
	return os.Remove(work)
}

// serverOf returns the process that serves a FUSE connection: Linux 6.18 says of
// each descriptor of /dev/fuse which connection it is of. 0 if it cannot be found,
// as on a kernel that does not say so.
func serverOf(connection uint32) int {
	want := fmt.Sprintf("fuse_connection:\t%d\n", connection)
	fds, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err != nil || to != "/dev/fuse" {
			continue
		}
		pid := strings.Split(fd, "/")[2]
		info, err := os.ReadFile(strings.Replace(fd, "/fd/", "/fdinfo/", 1))
		if err == nil && strings.Contains(string(info), want) {
			var n int
			fmt.Sscan(pid, &n)
			return n
		}
	}
	return 0
}
