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
func (m *MountPoint) Unmount() error { return m.unmount(false) }

// Detach removes the filesystem from the file tree at once. Wait returns when
// the last file in use is closed. The error is as for the function Unmount.
func (m *MountPoint) Detach() error { return m.unmount(true) }
