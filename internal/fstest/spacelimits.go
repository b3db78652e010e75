//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var spaceLimits = table{
	"LimitStatfs":               limitStatfs,
	"LimitStatfsFollowsWrites":  limitStatfsFollowsWrites,
	"LimitWriteExactly":         limitWriteExactly,
	"LimitWritePartial":         limitWritePartial,
	"LimitDirectWritePartial":   limitDirectWritePartial,
	"LimitWriteManyFiles":       limitWriteManyFiles,
	"LimitOverwriteWhenFull":    limitOverwriteWhenFull,
	"LimitUnlinkGivesBack":      limitUnlinkGivesBack,
	"LimitUnlinkedOpenKeeps":    limitUnlinkedOpenKeeps,
	"LimitTruncateGivesBack":    limitTruncateGivesBack,
	"LimitPunchHoleGivesBack":   limitPunchHoleGivesBack,
	"LimitRenameOverGivesBack":  limitRenameOverGivesBack,
	"LimitHolesAreFree":         limitHolesAreFree,
	"LimitFallocate":            limitFallocate,
	"LimitFallocateReserves":    limitFallocateReserves,
	"LimitFailedWriteIsNoTrace": limitFailedWriteIsNoTrace,
	"LimitMmapWhenFull":         limitMmapWhenFull,
}

func limitStatfs(t *testing.T, dir string) {
	fs := settled(t, dir)
	mustEqual(t, fs.Blocks, limitBytes/uint64(pageSize), "blocks")
	mustEqual(t, fs.Bavail, fs.Bfree, "bavail")
	mustEqual(t, fs.Files, limitInodes, "files")
	mustEqual(t, fs.Namelen, 255, "namelen")
}

func limitStatfsFollowsWrites(t *testing.T, dir string) {
	fs := settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	awaitFree(t, dir, fs.Bfree, fs.Ffree-1)
	f.write(t, []byte("x"))
	awaitFree(t, dir, fs.Bfree-1, fs.Ffree-1)
	f.write(t, fill(pageSize-1))
	awaitFree(t, dir, fs.Bfree-1, fs.Ffree-1)
	f.write(t, fill(3*pageSize))
	awaitFree(t, dir, fs.Bfree-4, fs.Ffree-1)
	f.truncate(t, pages(1)+1)
	awaitFree(t, dir, fs.Bfree-2, fs.Ffree-1)
	must(t, unix.Unlink(dir+"/x"), "unlink")
	f.close(t)
	awaitFree(t, dir, fs.Bfree, fs.Ffree)
}

func limitWriteExactly(t *testing.T, dir string) {
	settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	want := fill(limitBytes)
	f.write(t, want)
	mustEqual(t, statfs(t, dir).Bfree, 0, "free blocks")
	_, err := unix.Write(f.fd, []byte("x"))
	mustErrno(t, err, unix.ENOSPC, "write to a full filesystem")
	mustEqual(t, f.stat(t).Size, limitBytes, "size")
	mustData(t, f.pread(t, limitBytes+1, 0), want, "data")
}

// write(2): a write for which there is room in part is done in part.
func limitWritePartial(t *testing.T, dir string) {
	settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(limitBytes-2*pageSize))
	n, err := unix.Write(f.fd, fill(5*pageSize))
	must(t, err, "write of more than there is room for")
	mustEqual(t, n, 2*pageSize, "bytes written")
	mustEqual(t, f.stat(t).Size, limitBytes, "size")
	_, err = unix.Write(f.fd, fill(5*pageSize))
	mustErrno(t, err, unix.ENOSPC, "write to a full filesystem")
}

// The same with O_DIRECT, which the kernel has another path for: extending the
// file, and into its hole.
func limitDirectWritePartial(t *testing.T, dir string) {
	settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(limitBytes-2*pageSize))
	d := open(t, dir+"/y", exclusive|unix.O_DIRECT, 0o644)
	mem, err := unix.Mmap(-1, 0, 5*pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	must(t, err, "mmap")
	defer unix.Munmap(mem)
	for _, size := range []int64{0, pages(5)} {
		d.truncate(t, 0)
		d.truncate(t, size)
		n, err := unix.Pwrite(d.fd, mem, 0)
		must(t, err, "direct write of more than there is room for")
		mustEqual(t, n, 2*pageSize, "bytes written")
		mustEqual(t, d.stat(t).Size, max(int64(n), size), "size")
		_, err = unix.Pwrite(d.fd, mem[:pageSize], int64(n))
		mustErrno(t, err, unix.ENOSPC, "direct write to a full filesystem")
	}
}

func limitWriteManyFiles(t *testing.T, dir string) {
	settled(t, dir)
	const files = 16
	per := limitBytes / files
	for _, name := range numbered("x", files) {
		put(t, string(fill(per)), dir, name)
	}
	f := open(t, dir+"/more", exclusive, 0o644)
	_, err := unix.Write(f.fd, []byte("x"))
	mustErrno(t, err, unix.ENOSPC, "write to a full filesystem")
	for _, name := range numbered("x", files) {
		mustHold(t, dir+"/"+name, string(fill(per)))
	}
}

func limitOverwriteWhenFull(t *testing.T, dir string) {
	settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	mustEqual(t, fillUp(t, f), limitBytes, "bytes that fitted")
	want := make([]byte, limitBytes)
	for i := range want {
		want[i] = 'y'
	}
	f.pwrite(t, want, 0)
	mustData(t, f.pread(t, limitBytes, 0), want, "data")
}

func limitUnlinkGivesBack(t *testing.T, dir string) {
	fs := settled(t, dir)
	for range 3 {
		f := open(t, dir+"/x", exclusive, 0o644)
		mustEqual(t, fillUp(t, f), limitBytes, "bytes that fitted")
		f.close(t)
		must(t, unix.Unlink(dir+"/x"), "unlink")
		awaitFree(t, dir, fs.Bfree, fs.Ffree)
	}
}

func limitUnlinkedOpenKeeps(t *testing.T, dir string) {
	fs := settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(limitBytes))
	must(t, unix.Unlink(dir+"/x"), "unlink")
	g := open(t, dir+"/y", exclusive, 0o644)
	_, err := unix.Write(g.fd, []byte("x"))
	mustErrno(t, err, unix.ENOSPC, "write while an unlinked file is open")
	mustData(t, f.pread(t, limitBytes, 0), fill(limitBytes), "data of the unlinked file")
	f.close(t)
	awaitFree(t, dir, fs.Bfree, fs.Ffree-1)
	g.write(t, []byte("x"))
}

func limitTruncateGivesBack(t *testing.T, dir string) {
	fs := settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(limitBytes))
	f.truncate(t, 1)
	awaitFree(t, dir, fs.Bfree-1, fs.Ffree-1)
	g := open(t, dir+"/y", exclusive, 0o644)
	mustEqual(t, fillUp(t, g), limitBytes-pages(1), "bytes that fitted")
	f.truncate(t, 0)
	g.write(t, fill(pageSize))
}

func limitPunchHoleGivesBack(t *testing.T, dir string) {
	fs := settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(limitBytes))
	must(t, unix.Fallocate(f.fd, punch, pages(3), pages(4)), "fallocate")
	awaitFree(t, dir, fs.Bfree-fs.Blocks+4, fs.Ffree-1)
	must(t, unix.Fallocate(f.fd, punch, 1, pages(1)), "fallocate of parts of pages")
	awaitFree(t, dir, fs.Bfree-fs.Blocks+4, fs.Ffree-1)
	f.pwrite(t, fill(4*pageSize), pages(3))
}

func limitRenameOverGivesBack(t *testing.T, dir string) {
	fs := settled(t, dir)
	put(t, string(fill(10*pageSize)), dir, "x")
	put(t, "", dir, "y")
	must(t, unix.Rename(dir+"/y", dir+"/x"), "rename")
	awaitFree(t, dir, fs.Bfree, fs.Ffree-1)
}

func limitHolesAreFree(t *testing.T, dir string) {
	fs := settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	f.truncate(t, 1<<40)
	awaitFree(t, dir, fs.Bfree, fs.Ffree-1)
	f.pread(t, 1<<20, 1<<30)
	awaitFree(t, dir, fs.Bfree, fs.Ffree-1) // reading a hole fills nothing
	f.pwrite(t, []byte("x"), 1<<39)
	awaitFree(t, dir, fs.Bfree-1, fs.Ffree-1)
}

// A fallocate for which there is no room leaves things as they were.
func limitFallocate(t *testing.T, dir string) {
	fs := settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, []byte("data"))
	for _, mode := range []uint32{0, unix.FALLOC_FL_KEEP_SIZE} {
		mustErrno(t, unix.Fallocate(f.fd, mode, 0, limitBytes+1), unix.ENOSPC, "fallocate")
		mustErrno(t, unix.Fallocate(f.fd, mode, 0, 1<<40), unix.ENOSPC, "fallocate")
		awaitFree(t, dir, fs.Bfree-1, fs.Ffree-1)
		mustEqual(t, f.stat(t).Size, 4, "size")
	}
	must(t, unix.Fallocate(f.fd, 0, 0, limitBytes), "fallocate of all there is")
	awaitFree(t, dir, 0, fs.Ffree-1)
	mustEqual(t, f.stat(t).Size, limitBytes, "size")
}

// What was allocated can be written whatever others take meanwhile.
func limitFallocateReserves(t *testing.T, dir string) {
	settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Fallocate(f.fd, unix.FALLOC_FL_KEEP_SIZE, 0, limitBytes/2), "fallocate")
	mustEqual(t, fillUp(t, open(t, dir+"/y", exclusive, 0o644)), limitBytes/2, "bytes that fitted")
	f.write(t, fill(limitBytes/2))
	mustData(t, f.pread(t, limitBytes, 0), fill(limitBytes/2), "data")
}

func limitFailedWriteIsNoTrace(t *testing.T, dir string) {
	settled(t, dir)
	fillUp(t, open(t, dir+"/full", exclusive, 0o644))
	f := open(t, dir+"/x", exclusive, 0o644)
	w := watchTimes(t, dir+"/x")
	for _, off := range []int64{0, 10, 1 << 30} {
		_, err := unix.Pwrite(f.fd, fill(100), off)
		mustErrno(t, err, unix.ENOSPC, "pwrite")
		mustEqual(t, f.stat(t).Size, 0, "size")
	}
	mustEqual(t, moved(t, w.before[0], f.stat(t), "x")&atime, 0, "atime moved")
	f.truncate(t, pages(10)) // costs nothing
	mustData(t, f.pread(t, 11*pageSize, 0), make([]byte, 10*pageSize), "data")
}

// A page that the file has can be stored to through a mapping at any time.
func limitMmapWhenFull(t *testing.T, dir string) {
	settled(t, dir)
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(pageSize))
	fillUp(t, open(t, dir+"/full", exclusive, 0o644))
	m := f.mmap(t, pageSize, readWrite, unix.MAP_SHARED)
	copy(m, "DATA")
	mustData(t, f.pread(t, 4, 0), []byte("DATA"), "data")
}
