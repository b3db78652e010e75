package bench

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// dataSize is the size of the file that data is read from and written to.
const dataSize = 16 * mib

// The data workloads. Cached: the kernel has the pages of the file, and a write
// goes to the server before it is done. Cold: the pages are dropped ahead of
// each pass over the file. Direct: with O_DIRECT, so that each is a request;
// this is what the store itself is measured with, too.
var dataWorkloads = []workload{
	{name: "read-sequential", what: "pread(2), cached", sizes: []int64{4 * kib, 128 * kib, mib}, mount: true,
		loop: access{}.loop},
	{name: "read-random", what: "pread(2) at random, cached", sizes: []int64{4 * kib}, mount: true,
		loop: access{random: true}.loop},
	{name: "read-sequential-cold", what: "pread(2), cold", sizes: []int64{4 * kib, 128 * kib}, mount: true,
		loop: access{cold: true}.loop},
	{name: "read-sequential-direct", what: "pread(2) with O_DIRECT", sizes: []int64{4 * kib, 128 * kib, mib}, quick: true,
		loop: access{mode: openDirect}.loop},
	{name: "read-random-direct", what: "pread(2) with O_DIRECT, at random", sizes: []int64{4 * kib},
		loop: access{mode: openDirect, random: true}.loop},
	{name: "read-mmap", what: "a page of a mapped file, cold", sizes: []int64{4 * kib}, mount: true, loop: readMapped},
	{name: "write-sequential", what: "pwrite(2)", sizes: []int64{4 * kib, 128 * kib, mib}, mount: true,
		loop: access{write: true}.loop},
	{name: "write-random", what: "pwrite(2) at random", sizes: []int64{4 * kib}, mount: true,
		loop: access{write: true, random: true}.loop},
	{name: "write-sequential-direct", what: "pwrite(2) with O_DIRECT", sizes: []int64{4 * kib, mib}, quick: true,
		loop: access{write: true, mode: openDirect}.loop},
	{name: "write-random-direct", what: "pwrite(2) with O_DIRECT, at random", sizes: []int64{4 * kib},
		loop: access{write: true, mode: openDirect, random: true}.loop},
	{name: "write-mmap", what: "a page of a mapped file, msync(2) after each pass", sizes: []int64{4 * kib}, mount: true, loop: writeMapped},
	{name: "write-fsync", what: "pwrite(2) and fsync(2)", sizes: []int64{4 * kib}, mount: true,
		loop: access{write: true, sync: true}.loop},
}

// access is a way to read or to write a file.
type access struct {
	write  bool
	random bool
	cold   bool // drop the pages ahead of each pass
	sync   bool // fsync after each write
	mode   openMode
}

func (a access) loop(w *worker) (operation, error) {
	f, err := newDataFile(w, a.mode)
	if err != nil {
		return operation{}, err
	}
	buf := pages(int(w.job.Size))
	next := f.sequence(a.random)
	do := func() error {
		at := next()
		if at == 0 && a.cold {
			if err := f.drop(); err != nil {
				return err
			}
		}
		if !a.write {
			n, err := w.fs.Read(f.node, buf, at)
			return f.check(buf[:n], at, err)
		}
		stamp(buf, at)
		n, err := w.fs.Write(f.node, buf, at)
		if err = all(n, len(buf), err); err == nil && a.sync {
			err = unix.Fsync(int(f.node))
		}
		return err
	}
	if a.write {
		fillPattern(buf)
	}
	return operation{do: do, size: w.job.Size, done: func() error { return f.close(a.write) }}, nil
}

// A dataFile is a file of dataSize bytes in which each block says where it
// belongs, so that what is read can be checked.
type dataFile struct {
	*worker
	node node
	name string
}

const blockSize = 4 * kib

func newDataFile(w *worker, mode openMode) (*dataFile, error) {
	f := &dataFile{worker: w, name: "data" + strconv.Itoa(w.id)}
	n, err := w.fs.Create(w.dir, f.name)
	if err != nil {
		return nil, err
	}
	buf := pages(mib)
	fillPattern(buf)
	for at := int64(0); at < dataSize; at += mib {
		stamp(buf, at)
		put, err := w.fs.Write(n, buf, at)
		if err := all(put, mib, err); err != nil {
			return nil, fmt.Errorf("write: %w", err)
		}
	}
	if mode == openFile || mode == openDir {
		f.node = n
		return f, nil
	}
	if err := w.fs.Close(n); err != nil {
		return nil, err
	}
	f.node, err = w.fs.Open(w.dir, f.name, mode)
	return f, err
}

// sequence returns the offsets to go through.
func (f *dataFile) sequence(random bool) func() int64 {
	size := f.job.Size
	if random {
		r := rand.New(rand.NewPCG(1, uint64(f.id)))
		return func() int64 { return r.Int64N(dataSize/size) * size }
	}
	at := -size
	return func() int64 {
		if at += size; at == dataSize {
			at = 0
		}
		return at
	}
}

// drop drops the pages of the file that the kernel has; they are clean.
func (f *dataFile) drop() error {
	return unix.Fadvise(int(f.node), 0, 0, unix.FADV_DONTNEED)
}

// check looks at the first and the last block of what was read.
func (f *dataFile) check(b []byte, at int64, err error) error {
	if err := all(len(b), int(f.job.Size), err); err != nil || f.job.NoData {
		return err
	}
	last := len(b) - blockSize
	if binary.LittleEndian.Uint64(b) != mark(at) || binary.LittleEndian.Uint64(b[last:]) != mark(at+int64(last)) {
		return fmt.Errorf("other data at %d than was written", at)
	}
	return nil
}

// close closes the file; if it was written it compares all of it.
func (f *dataFile) close(written bool) error {
	defer f.fs.Close(f.node)
	if !written || f.job.NoData {
		return nil
	}
	want, got := pages(mib), pages(mib)
	fillPattern(want)
	for at := int64(0); at < dataSize; at += mib {
		stamp(want, at)
		n, err := f.fs.Read(f.node, got, at)
		if err := all(n, mib, err); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("other data in the MiB at %d than was written", at)
		}
	}
	return nil
}

// mark is what the block at an offset begins with.
func mark(at int64) uint64 { return uint64(at)*0x9e3779b97f4a7c15 + 1 }

// stamp marks the blocks of b, which belongs at an offset.
func stamp(b []byte, at int64) {
	for k := 0; k < len(b); k += blockSize {
		binary.LittleEndian.PutUint64(b[k:], mark(at+int64(k)))
	}
}

// fillPattern fills b with what does not repeat within a block.
func fillPattern(b []byte) {
	for k := 0; k+8 <= len(b); k += 8 {
		binary.LittleEndian.PutUint64(b[k:], uint64(k%blockSize)*0xff51afd7ed558ccd)
	}
}

// pages returns memory at the beginning of a page, as O_DIRECT wants it.
func pages(n int) []byte {
	b := make([]byte, n+blockSize)
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) % blockSize
	return b[skip:][:n:n]
}

// all is the error of a read or a write of n bytes that had to be want.
func all(n, want int, err error) error {
	if err == nil && n != want {
		err = fmt.Errorf("%d bytes of %d", n, want)
	}
	return err
}

// mapped maps a file.
func mapped(w *worker) (f *dataFile, mem []byte, err error) {
	if f, err = newDataFile(w, openFile); err != nil {
		return nil, nil, err
	}
	mem, err = unix.Mmap(int(f.node), 0, dataSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if errors.Is(err, unix.ENODEV) {
		err = errors.New("mmap(2): not supported")
	}
	return f, mem, err
}

// readMapped reads a page after the other, in pseudo-random order. For a pass
// that begins the file is unmapped from this process, and the kernel drops its
// pages.
func readMapped(w *worker) (operation, error) {
	f, mem, err := mapped(w)
	if err != nil {
		return operation{}, err
	}
	const stride = 1021 // coprime to the number of pages
	page := 0
	do := func() error {
		if page%(dataSize/blockSize) == 0 {
			if err := unix.Madvise(mem, unix.MADV_DONTNEED); err != nil {
				return err
			}
			if err := f.drop(); err != nil {
				return err
			}
		}
		at := page * stride % (dataSize / blockSize) * blockSize
		page++
		return f.check(mem[at:at+blockSize], int64(at), nil)
	}
	return operation{do: do, size: blockSize, done: func() error {
		return errors.Join(unix.Munmap(mem), f.close(false))
	}}, nil
}

// writeMapped writes a page after the other, and has them written back after
// each pass.
func writeMapped(w *worker) (operation, error) {
	f, mem, err := mapped(w)
	if err != nil {
		return operation{}, err
	}
	at := 0
	do := func() error {
		stamp(mem[at:at+blockSize], int64(at))
		if at += blockSize; at < dataSize {
			return nil
		}
		at = 0
		return unix.Msync(mem, unix.MS_SYNC)
	}
	return operation{do: do, size: blockSize, done: func() error {
		return errors.Join(unix.Msync(mem, unix.MS_SYNC), unix.Munmap(mem), f.close(true))
	}}, nil
}
