package bench

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

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
