//go:build linux

package fstest

import (
	"runtime/debug"
	"testing"

	"golang.org/x/sys/unix"
)

var mappings = table{
	"MmapSharedSeesWrites":     mmapSharedSeesWrites,
	"MmapSharedIsRead":         mmapSharedIsRead,
	"MmapSharedTwice":          mmapSharedTwice,
	"MmapPrivateIsPrivate":     mmapPrivateIsPrivate,
	"MmapLastPageIsZeroFilled": mmapLastPageIsZeroFilled,
	"MmapPastEndFaults":        mmapPastEndFaults,
	"MmapReadOnlyDescriptor":   mmapReadOnlyDescriptor,
	"MmapAfterClose":           mmapAfterClose,
	"MmapTruncatedPages":       mmapTruncatedPages,
	"MmapAtOffset":             mmapAtOffset,
	"MmapOfHole":               mmapOfHole,
	"MmapDir":                  mmapDir,
	"MmapWriteBeyondEndIsLost": mmapWriteBeyondEndIsLost,
	"MmapMprotectReadOnly":     mmapMprotectReadOnly,
}

// mmap maps the first n bytes until the test ends.
func (f *file) mmap(t *testing.T, n, prot, flags int) []byte {
	t.Helper()
	m, err := unix.Mmap(f.fd, 0, n, prot, flags)
	must(t, err, "mmap")
	t.Cleanup(func() { unix.Munmap(m) })
	return m
}

const readWrite = unix.PROT_READ | unix.PROT_WRITE

func mmapSharedSeesWrites(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.truncate(t, pages(3))
	m := f.mmap(t, 3*pageSize, readWrite, unix.MAP_SHARED)
	f.pwrite(t, []byte("hello"), pages(1)+10)
	mustData(t, m[pageSize+10:pageSize+15], []byte("hello"), "mapping")
	g := open(t, dir+"/x", unix.O_WRONLY, 0)
	g.pwrite(t, []byte("HELLO"), pages(1)+10)
	mustData(t, m[pageSize+10:pageSize+15], []byte("HELLO"), "mapping")
}

func mmapSharedIsRead(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.truncate(t, pages(2))
	m := f.mmap(t, 2*pageSize, readWrite, unix.MAP_SHARED)
	copy(m[pageSize-2:], "data")
	mustData(t, f.pread(t, 4, pages(1)-2), []byte("data"), "data before msync")
	must(t, unix.Msync(m, unix.MS_SYNC), "msync")
	g := open(t, dir+"/x", unix.O_RDONLY, 0)
	mustData(t, g.pread(t, 4, pages(1)-2), []byte("data"), "data after msync")
	mustEqual(t, f.stat(t).Size, pages(2), "size")
}

func mmapSharedTwice(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDWR, 0)
	g := open(t, dir+"/x", unix.O_RDWR, 0)
	a := f.mmap(t, pageSize, readWrite, unix.MAP_SHARED)
	b := g.mmap(t, pageSize, readWrite, unix.MAP_SHARED)
	copy(a, "DATA")
	mustData(t, b[:4], []byte("DATA"), "the other mapping")
}

func mmapPrivateIsPrivate(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDWR, 0)
	m := f.mmap(t, pageSize, readWrite, unix.MAP_PRIVATE)
	copy(m, "MINE")
	mustData(t, f.pread(t, 10, 0), []byte("data"), "data")
	f.pwrite(t, []byte("more"), 0)
	mustData(t, m[:4], []byte("MINE"), "mapping")
}

// mmap(2): the rest of the last page reads as zeros.
func mmapLastPageIsZeroFilled(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(pageSize))
	f.truncate(t, 100)
	m := f.mmap(t, pageSize, unix.PROT_READ, unix.MAP_SHARED)
	want := make([]byte, pageSize)
	copy(want, fill(100))
	mustData(t, m, want, "mapping")
}

// What is stored behind the end of the file does not make it longer, and does
// not show when the file grows.
func mmapWriteBeyondEndIsLost(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDWR, 0)
	m := f.mmap(t, pageSize, readWrite, unix.MAP_SHARED)
	copy(m[4:], "lost")
	must(t, unix.Msync(m, unix.MS_SYNC), "msync")
	mustEqual(t, f.stat(t).Size, 4, "size")
	mustHold(t, dir+"/x", "data")
	f.truncate(t, 6)
	f.truncate(t, 8)
	mustEqual(t, f.stat(t).Size, 8, "size")
}

// faults reports whether reading m[i] raises a signal.
func faults(m []byte, i int) (bad bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { bad = recover() != nil }()
	sink = m[i]
	return false
}

var sink byte

func mmapPastEndFaults(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDWR, 0)
	m := f.mmap(t, 3*pageSize, unix.PROT_READ, unix.MAP_SHARED)
	mustEqual(t, faults(m, pageSize-1), false, "fault in the last page")
	mustEqual(t, faults(m, pageSize), true, "fault past the end")
	f.truncate(t, pages(2))
	mustEqual(t, faults(m, pageSize), false, "fault after the file grew")
	mustEqual(t, faults(m, 2*pageSize), true, "fault past the new end")
}

func mmapReadOnlyDescriptor(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDONLY, 0)
	_, err := unix.Mmap(f.fd, 0, pageSize, readWrite, unix.MAP_SHARED)
	mustErrno(t, err, unix.EACCES, "shared writable mmap")
	m := f.mmap(t, pageSize, readWrite, unix.MAP_PRIVATE)
	copy(m, "MINE")
	w := open(t, dir+"/x", unix.O_WRONLY, 0)
	_, err = unix.Mmap(w.fd, 0, pageSize, unix.PROT_WRITE, unix.MAP_SHARED)
	mustErrno(t, err, unix.EACCES, "mmap of an O_WRONLY descriptor")
}

func mmapAfterClose(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDWR, 0)
	m := f.mmap(t, pageSize, readWrite, unix.MAP_SHARED)
	f.close(t)
	copy(m, "DATA")
	must(t, unix.Msync(m, unix.MS_SYNC), "msync")
	mustHold(t, dir+"/x", "DATA")
}

func mmapTruncatedPages(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.write(t, fill(2*pageSize))
	m := f.mmap(t, 2*pageSize, readWrite, unix.MAP_SHARED)
	mustData(t, m, fill(2*pageSize), "mapping")
	f.truncate(t, 10)
	mustEqual(t, faults(m, pageSize), true, "fault in what was cut off")
	f.truncate(t, pages(2))
	want := make([]byte, 2*pageSize)
	copy(want, fill(10))
	mustData(t, m, want, "mapping")
}

func mmapAtOffset(t *testing.T, dir string) {
	f := open(t, put(t, string(fill(3*pageSize)), dir, "x"), unix.O_RDONLY, 0)
	m, err := unix.Mmap(f.fd, pages(2), pageSize, unix.PROT_READ, unix.MAP_SHARED)
	must(t, err, "mmap")
	defer unix.Munmap(m)
	mustData(t, m, fill(3 * pageSize)[pages(2):], "mapping")
	_, err = unix.Mmap(f.fd, 1, pageSize, unix.PROT_READ, unix.MAP_SHARED)
	mustErrno(t, err, unix.EINVAL, "mmap at an odd offset")
}

func mmapOfHole(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	f.truncate(t, pages(100))
	m := f.mmap(t, 100*pageSize, readWrite, unix.MAP_SHARED)
	mustData(t, m, make([]byte, 100*pageSize), "mapping")
	m[pages(50)] = 'x'
	mustData(t, f.pread(t, 2, pages(50)), []byte("x\x00"), "data")
}

func mmapDir(t *testing.T, dir string) {
	_, err := unix.Mmap(opendir(t, dir).fd, 0, pageSize, unix.PROT_READ, unix.MAP_SHARED)
	mustErrno(t, err, unix.ENODEV, "mmap of a directory")
}

func mmapMprotectReadOnly(t *testing.T, dir string) {
	f := open(t, put(t, "data", dir, "x"), unix.O_RDONLY, 0)
	m := f.mmap(t, pageSize, unix.PROT_READ, unix.MAP_SHARED)
	mustErrno(t, unix.Mprotect(m, readWrite), unix.EACCES, "mprotect to write a read-only file")
}
