package bench

import (
	"errors"

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
