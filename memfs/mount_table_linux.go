package memfs

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// A mountID tells a mount from all others while it lasts: the id that the
// kernel gives it, and its device number, both as /proc writes them.
type mountID struct{ mount, device string }

// A mountEntry is a line of the table of mounts, see proc_pid_mountinfo(5).
type mountEntry struct {
	id     mountID
	parent string // the id of the mount that it is mounted on
	dir    string
	fsType string
	source string
}

// A mountTable lists the mounts of this process's namespace, oldest first.
type mountTable []mountEntry

func readMountTable() (mountTable, error) {
	const file = "/proc/self/mountinfo"
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, &Error{Op: "mount", Problem: "cannot read " + file, Remedy: "mount /proc first", Err: err}
	}
	return parseMountTable(string(b)), nil
}

// parseMountTable reads the text of a table, leaving out what is no line of one.
func parseMountTable(text string) mountTable {
	var t mountTable
	for line := range strings.Lines(text) {
		// id parent major:minor root dir options [tag...] - type source super
		mount, fs, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
		m, s := strings.Split(mount, " "), strings.Split(fs, " ")
		if !ok || len(m) < 6 || len(s) < 3 {
			continue
		}
		t = append(t, mountEntry{
			id:     mountID{mount: m[0], device: m[2]},
			parent: m[1],
			dir:    unescape.Replace(m[4]),
			fsType: unescape.Replace(s[0]),
			source: unescape.Replace(s[1]),
		})
	}
	return t
}

// unescape undoes what the kernel does to the bytes that would break a line of
// the table into the wrong fields.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\043`, "#", `\134`, `\`)

// top returns the mount that is seen at dir, the last of those stacked there.
func (t mountTable) top(dir string) *mountEntry {
	for i := len(t) - 1; i >= 0; i-- {
		if t[i].dir == dir {
			return &t[i]
		}
	}
	return nil
}

// byID returns the mount with an id, wherever it was moved to.
func (t mountTable) byID(id mountID) *mountEntry {
	for i := range t {
		if t[i].id == id {
			return &t[i]
		}
	}
	return nil
}

// locate returns the absolute path of dir, free of symbolic links, without
// asking the filesystem mounted there for anything: its server may be gone, or
// be this process.
func (t mountTable) locate(dir string) (string, error) {
	if dir == "" { // no path, as for system calls, and not the working directory
		return "", unix.ENOENT
	}
	p := dir
	if !filepath.IsAbs(p) {
		wd, err := os.Getwd()
		if err != nil {
			return "", err
		}
		p = wd + "/" + p
	}
	for range 40 { // as many links as the kernel follows
		parent, base := splitPath(p)
		parent, err := filepath.EvalSymlinks(parent)
		if err != nil {
			return "", err
		}
		p = filepath.Join(parent, base)
		if t.top(p) != nil {
			return p, nil
		}
		target, err := os.Readlink(p)
		if err != nil {
			return p, nil // not a link, or missing: the caller finds out which
		}
		if !filepath.IsAbs(target) {
			target = parent + "/" + target
		}
		p = target
	}
	return "", unix.ELOOP
}

// splitPath cuts the last name off an absolute path. It leaves a ".." where it
// is, unlike package filepath: what that means depends on links before it.
func splitPath(p string) (parent, base string) {
	for strings.HasSuffix(p, "/") || strings.HasSuffix(p, "/.") {
		p = p[:strings.LastIndexByte(p, '/')]
	}
	i := strings.LastIndexByte(p, '/')
	if i < 0 || p[i+1:] == ".." {
		return p + "/", ""
	}
	return p[:i+1], p[i+1:]
}

// isFUSE reports whether the mount is served by a process.
func (e *mountEntry) isFUSE() bool { return e.fsType == "fuse" || strings.HasPrefix(e.fsType, "fuse.") }

// isMemfs reports whether the mount is known to be one of memfs. With a type and
// a source of the user's choosing it may be one all the same.
func (e *mountEntry) isMemfs() bool {
	return e.fsType == "fuse.memfs" || e.isFUSE() && e.source == "memfs"
}

// isDead reports whether the process that served the mount is gone. It asks for
// the one thing that the kernel never answers from a cache.
func (e *mountEntry) isDead() bool {
	if !e.isFUSE() {
		return false
	}
	switch unix.Statfs(e.dir, new(unix.Statfs_t)) {
	case unix.ENOTCONN, unix.ECONNABORTED: // the latter if it died just now
		return true
	}
	return false
}
