package fuzz

import (
	"bytes"
	"syscall"

	"github.com/scratchfs/memfs/inode"
)

// The programs of FuzzData work on one file: the first operation makes it, and
// the others are reads, writes, copies, seeks, truncations and fallocates of it, mostly within
// fileMax. So the model can be a slice of bytes, simpler still than that of
// FuzzOps, and the two models check each other.

// fileMax is how large a file of FuzzData gets.
const fileMax = leafSize + 16*blockSize

// RunData runs a program on one file, on the store and on a slice of bytes. It
// leaves out operations that would make the file larger than fileMax.
func (r *Runner) RunData(p Program) (f *Finding) {
	store, err := r.subject(p.Limits)
	if err != nil {
		return differ("limits", "%v", err)
	}
	defer r.watch(p)()
	number := 1
	defer func() {
		if f != nil {
			f.Op = number
			r.discard(p.Limits, f)
		}
	}()
	defer func() {
		if v := recover(); v != nil {
			f = panicked(v)
		}
	}()

	e, errno := store.Mknod(inode.RootID, p.Ops[0].Name, p.Ops[0].Mode, 0, inode.Caller{})
	if errno != 0 {
		return differ("errno", "%s, want no error", errnoName(errno))
	}
	r.flat.reset(p.Limits.Blocks)
	for k, o := range p.Ops[1:] {
		number = k + 2
		if !o.fits() {
			continue
		}
		if f := r.stepData(store.Store, e.ID, &o); f != nil {
			return f
		}
		if r.Invariants {
			if err := store.CheckInvariants(); err != nil {
				return differ("invariant", "%v", err)
			}
		}
	}
	number = 0
	if f := r.compareData(store.Store, e.ID); f != nil {
		return f
	}
	if err := store.CheckInvariants(); err != nil {
		return differ("invariant", "%v", err)
	}
	errno = store.Unlink(inode.RootID, p.Ops[0].Name)
	store.Forget(e.ID, 1)
	if s := store.StatFS(); errno != 0 || s.BlocksFree != s.Blocks || s.InodesFree != s.Inodes-2 {
		return differ("statfs", "%s, left behind: %+v", errnoName(errno), s)
	}
	return nil
}

// compareData reads the file, but what is a hole in the middle of holes only in
// part: reading 2 MiB of zeros takes longer than the program.
func (r *Runner) compareData(s *inode.Store, id inode.ID) *Finding {
	const step = 8 * blockSize
	for at := int64(0); at <= int64(len(r.flat.bytes)); at += step {
		size := int64(step)
		if r.flat.allHoles(at-blockSize, at+step+blockSize) {
			size = blockSize
		}
		if f := r.stepData(s, id, &Op{Kind: Read, Offset: at, Size: size}); f != nil {
			return f
		}
	}
	return nil
}

// fits reports whether the file stays within fileMax, or the operation fails.
func (o *Op) fits() bool {
	if o.Kind == Read || o.Kind == Seek || o.Offset < 0 || o.Size < 0 {
		return true
	}
	if o.Kind == CopyRange { // within the file, if it is not behind its end
		return o.NewOffset <= fileMax && o.Size <= fileMax && o.NewOffset+o.Size <= fileMax
	}
	return o.Offset <= fileMax && o.Size <= fileMax && o.Offset+o.Size <= fileMax
}

// stepData runs an operation on the store and on the slice.
func (r *Runner) stepData(s *inode.Store, id inode.ID, o *Op) *Finding {
	flat := &r.flat
	length := int(max(0, min(o.Size, fileMax)))
	var got, want int
	var errno, wantErrno syscall.Errno
	switch o.Kind {
	case Read:
		r.dst = sized(r.dst, length)
		got, errno = o.read(s, id, r.dst)
		var part []byte
		part, wantErrno = flat.read(o.Offset, length)
		want = len(part)
		if got == want && !bytes.Equal(r.dst[:got], part) {
			return sameBytes(r.dst[:got], part, o.Offset)
		}
	case Write:
		r.src = sized(r.src, length)
		pattern(r.src, o.Fill, o.Offset)
		got, errno = o.write(s, id, r.src)
		want, wantErrno = flat.write(r.src, o.Offset)
	case Seek:
		var at, wantAt int64
		at, errno = s.Seek(id, o.Offset, int(o.Flags))
		wantAt, wantErrno = flat.seek(o.Offset, o.Flags)
		got, want = int(at), int(wantAt)
	case CopyRange:
		var n, wantN int64
		n, errno = s.CopyRange(id, o.Offset, id, o.NewOffset, o.Size)
		wantN, wantErrno = flat.copy(o.Offset, o.NewOffset, o.Size)
		got, want = int(n), int(wantN)
	case SetAttr:
		_, errno = s.SetAttr(id, inode.SetAttr{Size: &o.Size})
		wantErrno = flat.truncate(o.Size)
	case Fallocate:
		errno = s.Fallocate(id, o.Flags, o.Offset, o.Size)
		wantErrno = flat.fallocate(o.Flags, o.Offset, o.Size)
	}
	if errno != wantErrno {
		return differ("errno", "%s, want %s", errnoName(errno), errnoName(wantErrno))
	}
	if got != want {
		return differ("count", "%d, want %d", got, want)
	}
	a, errno := s.GetAttr(id)
	blocks := flat.blocks()
	if errno != 0 || a.Size != int64(len(flat.bytes)) || a.Blocks != blocks {
		return differ("attributes", "%d bytes, %d blocks, %s, want %d bytes, %d blocks", a.Size, a.Blocks, errnoName(errno), len(flat.bytes), blocks)
	}
	return nil
}
