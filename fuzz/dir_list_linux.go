package fuzz

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// entryOf is a name as getdents64(2) returns it.
type entryOf struct {
	name string
	ino  uint64
	kind uint8
}

// getdents reads some names of a directory, none at its end.
func getdents(fd int, buf []byte) (list []entryOf, errno syscall.Errno) {
	n, err := unix.Getdents(fd, buf)
	if err != nil {
		return nil, errnoOf(err)
	}
	for b := buf[:n]; len(b) > 0; {
		length := binary.NativeEndian.Uint16(b[16:])
		list = append(list, entryOf{
			name: unix.ByteSliceToString(b[19:length]),
			ino:  binary.NativeEndian.Uint64(b),
			kind: b[18],
		})
		b = b[length:]
	}
	return list, 0
}

// list returns what is in a directory, sorted.
func (r *dirRun) list(fd int) (list []entryOf, errno syscall.Errno) {
	if _, err := unix.Seek(fd, 0, unix.SEEK_SET); err != nil {
		return nil, errnoOf(err)
	}
	buf := make([]byte, 8192)
	for {
		some, errno := getdents(fd, buf)
		if errno != 0 {
			return nil, errno
		}
		if len(some) == 0 {
			break
		}
		list = append(list, some...)
	}
	list = slices.DeleteFunc(list, func(e entryOf) bool { return e.name == "." || e.name == ".." })
	slices.SortFunc(list, func(a, b entryOf) int { return strings.Compare(a.name, b.name) })
	return list, 0
}

// opened opens a directory for reading.
func (r *dirRun) opened(f *dirInode) (int, syscall.Errno) {
	fd, err := unix.Open(f.path(), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return fd, errnoOf(err)
}

// dirListing is a listing in pieces. Where a piece ends is the filesystem's
// choice. But names that are there from beginning to end must be listed once,
// and none may be that was not there in that time.
type dirListing struct {
	fd    int
	stays map[string]bool // since it began; true once it was listed
	was   map[string]bool // at any time since
	wrong string          // what it did so far that it must not
}

func (r *dirRun) readDir(f *dirInode, o *Op) (Answer, syscall.Errno) {
	r.read[f.ino] = true
	l := r.listings[f.ino]
	if l == nil || o.Flags&Resume == 0 {
		fd, errno := r.opened(f)
		if errno != 0 {
			return nil, errno
		}
		if l != nil {
			unix.Close(l.fd)
		}
		l = &dirListing{fd: fd, stays: map[string]bool{}, was: map[string]bool{}}
		for name := range r.names[f.ino] {
			l.stays[name] = false
			l.was[name] = true
		}
		r.listings[f.ino] = l
		if o.Count == 0 { // all of it
			a, errno := r.whole(f, l.fd, o.Kind == ReadDirPlus)
			for name := range l.stays {
				l.stays[name] = true
			}
			return a, errno
		}
	}
	return l.more(o.Count)
}

// whole lists a directory from beginning to end, with the attributes of all that
// is in it if they are asked for.
func (r *dirRun) whole(dir *dirInode, fd int, plus bool) (a Answer, errno syscall.Errno) {
	list, errno := r.list(fd)
	if errno != 0 {
		return nil, errno
	}
	for _, e := range list {
		what := fmt.Sprintf("%o", uint32(e.kind)<<12)
		if ino, ok := r.names[dir.ino][e.name]; ok && ino != e.ino {
			what += " another inode"
		}
		if plus {
			f, errno := r.open(dir, e.name)
			if errno != 0 {
				return nil, errno
			}
			attr, errno := r.attributes(f)
			f.forget()
			if errno != 0 {
				return nil, errno
			}
			for _, at := range attr {
				a = append(a, Field{e.name + "/" + at.Key, at.Value})
			}
		}
		a = append(a, Field{e.name + "/listed", what})
	}
	return a, 0
}

// more lists about count more names, 0 for the rest.
func (l *dirListing) more(count uint64) (Answer, syscall.Errno) {
	size := 8192
	if count > 0 {
		size = 24 * int(min(count, 300)) // 24 is that of a short name
	}
	for {
		list, errno := getdents(l.fd, make([]byte, size))
		if errno == unix.EINVAL && size < 280 {
			size = 280 // that of the longest
			continue
		}
		if errno != 0 {
			return nil, errno
		}
		for _, e := range list {
			l.take(e.name)
		}
		if len(list) == 0 {
			l.end()
		}
		if len(list) == 0 || count > 0 {
			if l.wrong == "" {
				return nil, 0
			}
			return Answer{{keyWrong, l.wrong}}, 0
		}
	}
}

func (l *dirListing) take(name string) {
	listed, stays := l.stays[name]
	switch {
	case name == "." || name == "..":
	case listed:
		l.wrong += fmt.Sprintf(" %q is listed twice", name)
	case stays:
		l.stays[name] = true
	case !l.was[name]:
		l.wrong += fmt.Sprintf(" %q is listed and was not there", name)
	}
}

func (l *dirListing) end() {
	for _, name := range slices.Sorted(maps.Keys(l.stays)) {
		if !l.stays[name] {
			l.wrong += fmt.Sprintf(" %q is not listed", name)
			l.stays[name] = true // said once
		}
	}
	for name := range l.stays { // nothing more may come, but this is not checked
		delete(l.stays, name)
		l.was[name] = true
	}
}

// add takes note of a new name.
func (r *dirRun) add(dir *dirInode, name string, ino uint64) {
	if r.names[dir.ino] == nil {
		r.names[dir.ino] = nameSet{}
	}
	r.names[dir.ino][name] = ino
	if l := r.listings[dir.ino]; l != nil {
		l.was[name] = true
	}
}

// drop takes note of a name that is gone.
func (r *dirRun) drop(dir *dirInode, name string) {
	delete(r.names[dir.ino], name)
	if l := r.listings[dir.ino]; l != nil {
		delete(l.stays, name)
	}
}
