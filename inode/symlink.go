package inode

import (
	"strings"
	"syscall"
)

// symlink is the content of a symbolic link.
type symlink struct{ target string }

// shortSymlink is the size in bytes, with its NUL, up to which a target takes
// no block (SHORT_SYMLINK_LEN, mm/shmem.c).
const shortSymlink = 128

func newSymlink(target string) (*symlink, syscall.Errno) {
	switch {
	case target == "":
		return nil, syscall.ENOENT
	case len(target) >= PathMax:
		return nil, syscall.ENAMETOOLONG
	}
	return &symlink{strings.Clone(target)}, 0
}

// blocks returns how many blocks the target takes; none if l is nil.
func (l *symlink) blocks() int64 {
	if l == nil || len(l.target) < shortSymlink {
		return 0
	}
	return 1
}

// Readlink returns the target of a symbolic link (readlink(2)); EINVAL for
// another file.
func (s *Store) Readlink(id ID) (string, syscall.Errno) {
	i, errno := s.rlock(id)
	if errno != 0 {
		return "", errno
	}
	defer i.mu.RUnlock()
	l, ok := i.content.(*symlink)
	if !ok {
		return "", syscall.EINVAL
	}
	s.accessedLocked(i)
	return l.target, 0
}
