package memfs

import (
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/inode"
	"github.com/scratchfs/memfs/internal/fusedev"
)

// read answers read(2) of what is not in the page cache.
func (h *handler) read(r *fusedev.Request) syscall.Errno {
	in := r.ReadIn()
	b := r.Buffer(int(in.Size))
	read := h.contents.Read
	if in.Flags&unix.O_NOATIME != 0 {
		read = h.contents.Peek
	}
	n, errno := read(node(r), b, int64(in.Offset))
	r.BytesOut(b[:n])
	return errno
}

// write answers write(2). At the limit it writes less than it was given, and says
// so; but to a kernel not before there is no space to come (forget_linux.go).
func (h *handler) write(r *fusedev.Request) syscall.Errno {
	in, data := r.WriteIn(), r.Bytes()[r.Done:]
	offset := int64(in.Offset) + int64(r.Done)
	put := h.contents.Write
	if in.WriteFlags&fusedev.WriteCache != 0 {
		put = h.contents.WriteBack
	} else if kill := in.WriteFlags&fusedev.WriteKillSUIDGID != 0; kill || h.directIO {
		// Past the page cache the kernel does not look for capabilities.
		if errno := h.store.KillPriv(node(r), kill); errno != 0 {
			return errno
		}
	}
	n, errno := put(node(r), data, offset)
	r.Done += n
	r.WriteOut().Size = uint32(r.Done)
	if errno == 0 && n < len(data) && (h.kernel || in.WriteFlags&fusedev.WriteCache != 0) {
		return syscall.ENOSPC
	}
	return errno
}

// wroteSome reports whether write(2) has written less than it was given. Who writes
// pages back, after a store to a shared mapping and with Writeback, looks for an error,
// but not for a short count (fuse_writepage_end): that has failed.
func wroteSome(r *fusedev.Request) bool {
	return r.Opcode == fusedev.OpWrite && r.Done > 0 && r.WriteIn().WriteFlags&fusedev.WriteCache == 0
}

// fallocate answers fallocate(2). The kernel passes on the modes that the store
// has.
func (h *handler) fallocate(r *fusedev.Request) syscall.Errno {
	in := r.FallocateIn()
	return h.store.Fallocate(node(r), in.Mode, int64(in.Offset), int64(in.Length))
}

// lseek answers lseek(2) with SEEK_DATA and SEEK_HOLE. With Writeback it cannot: the
// kernel may have data for what is a hole here, and does not look for that.
func (h *handler) lseek(r *fusedev.Request) syscall.Errno {
	if h.writeback {
		return syscall.ENOSYS
	}
	in := r.LseekIn()
	at, errno := h.store.Seek(node(r), int64(in.Offset), int(in.Whence))
	r.LseekOut().Offset = uint64(at)
	return errno
}

// copyFileRange answers copy_file_range(2): no data goes through the kernel. It
// may copy less than it was asked to, as read(2) does.
func (h *handler) copyFileRange(r *fusedev.Request) syscall.Errno {
	in := r.CopyFileRangeIn()
	if r.Opcode == fusedev.OpCopyFileRange {
		in.Len = min(in.Len, 1<<31) // the reply has 32 bits for it
	}
	n, errno := h.store.CopyRange(node(r), int64(in.OffIn), inode.ID(in.NodeIDOut), int64(in.OffOut), int64(in.Len))
	if r.Opcode == fusedev.OpCopyFileRange {
		r.WriteOut().Size = uint32(n)
	} else {
		r.CopyFileRangeOut().BytesCopied = uint64(n)
	}
	return errno
}
