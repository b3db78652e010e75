package memfs

import (
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// getattr answers stat(2) of what is not cached.
func (h *handler) getattr(r *fusedev.Request) syscall.Errno {
	a, errno := h.store.GetAttr(node(r))
	return replyAttr(r, &a, errno)
}

func replyAttr(r *fusedev.Request, a *inode.Attr, errno syscall.Errno) syscall.Errno {
	if errno == 0 {
		out := r.AttrOut()
		out.AttrValid = foreverSeconds
		setAttributes(&out.Attr, a)
	}
	return errno
}

// statx answers statx(2) that wants the time of birth. The kernel passes on
// neither the attributes nor anything else that stat(2) does not have.
func (h *handler) statx(r *fusedev.Request) syscall.Errno {
	a, errno := h.store.GetAttr(node(r))
	if errno == 0 {
		out := r.StatxOut()
		out.AttrValid = foreverSeconds
		setStatx(&out.Stat, &a)
	}
	return errno
}

// setattr answers chmod(2), chown(2), truncate(2), utimensat(2) and open(2) with
// O_TRUNC.
func (h *handler) setattr(r *fusedev.Request) syscall.Errno {
	in := r.SetattrIn()
	const changes = fusedev.FattrMode | fusedev.FattrUID | fusedev.FattrGID | fusedev.FattrSize |
		fusedev.FattrAtime | fusedev.FattrMtime | fusedev.FattrCtime
	if in.Valid&changes == 0 {
		// Only to take privileges away, as the kernel leaves to us: of chown(2)
		// without owner and group; and ahead of write(2), fallocate(2) and
		// copy_file_range(2) by who may not keep them (file_remove_privs).
		if errno := h.store.KillPriv(node(r), true); errno != 0 {
			return errno
		}
	}
	set := inode.SetAttr{KillSetID: in.Valid&fusedev.FattrKillSUIDGID != 0}
	if in.Valid&fusedev.FattrMode != 0 {
		set.Mode = &in.Mode
	}
	if in.Valid&fusedev.FattrUID != 0 {
		set.UID = &in.UID
	}
	if in.Valid&fusedev.FattrGID != 0 {
		set.GID = &in.GID
	}
	if in.Valid&fusedev.FattrSize != 0 {
		set.Size = new(int64(in.Size)) // negative if too large, which the store refuses
		// As in SetInodeAttributes: the kernel does not say what truncates.
		set.MTimeNow = in.Valid&fusedev.FattrMtime == 0 && (in.Valid&fusedev.FattrFH != 0 || in.Size == 0)
	}
	// Without times given it takes no more than the right to write, even to an
	// append-only file.
	const now = fusedev.FattrAtimeNow | fusedev.FattrMtimeNow
	set.Touch = in.Valid&now == now
	if in.Valid&fusedev.FattrAtime != 0 {
		set.ATime = new(fromTime(in.Atime, in.AtimeNsec))
	}
	if in.Valid&fusedev.FattrMtime != 0 {
		set.MTime = new(fromTime(in.Mtime, in.MtimeNsec))
	}
	if in.Valid&fusedev.FattrCtime != 0 {
		set.CTime = new(fromTime(in.Ctime, in.CtimeNsec))
	}
	a, errno := h.store.SetAttr(node(r), set)
	return replyAttr(r, &a, errno)
}

// access answers access(2) and chdir(2) where the kernel leaves the checks to us:
// on a mount that only root can reach. Root passes all of them, but does not
// execute what nobody may.
func (h *handler) access(r *fusedev.Request) syscall.Errno {
	a, errno := h.store.GetAttr(node(r))
	if errno != 0 {
		return errno
	}
	mask := r.AccessIn().Mask
	switch {
	case r.UID != 0:
		if mask&^permitted(&a, r.UID, r.GID) != 0 {
			return syscall.EACCES
		}
	case mask&unix.X_OK != 0 && a.Mode&unix.S_IFMT != unix.S_IFDIR && a.Mode&0o111 == 0:
		return syscall.EACCES
	}
	return 0
}

// permitted returns what the permission bits let somebody do.
func permitted(a *inode.Attr, uid, gid uint32) uint32 {
	switch {
	case uid == a.UID:
		return a.Mode >> 6 & 7
	case gid == a.GID:
		return a.Mode >> 3 & 7
	}
	return a.Mode & 7
}

// readlink answers readlink(2) and the walk of a path; the kernel caches the
// target.
func (h *handler) readlink(r *fusedev.Request) syscall.Errno {
	target, errno := h.store.Readlink(node(r))
	b := r.Buffer(len(target))
	copy(b, target)
	r.BytesOut(b)
	return errno
}
