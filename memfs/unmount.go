package memfs

// Unmount unmounts the memfs on dir, which any process may serve. The error is
// an *Error. It wraps EBUSY if files are in use, and then names the processes
// as far as it can tell, and EINVAL if dir is not a mount point.
func Unmount(dir string) error { return unmount(dir, false) }

// Detach removes the memfs on dir from the file tree at once. The filesystem
// lives on until the last file in use is closed. The error is as for Unmount.
func Detach(dir string) error { return unmount(dir, true) }

// Unmount unmounts the filesystem, after which Wait returns. The error is as
// for the function Unmount.
//
// A socket that Mount was given as /dev/fd/N is not read any more. A /dev/fuse
// that it was given can be unmounted by whoever mounted it only: ENOTSUP.
func (m *MountPoint) Unmount() error {
	if m.stop != nil {
		return m.stop()
	}
	return m.unmount(false)
}

// Detach removes the filesystem from the file tree at once. Wait returns when
// the last file in use is closed. The error is as for the function Unmount, and
// for /dev/fd/N it is the same as the method Unmount.
func (m *MountPoint) Detach() error {
	if m.stop != nil {
		return m.stop()
	}
	return m.unmount(true)
}
