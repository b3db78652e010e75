package bench

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"
)

// The round trips: operations that are one request each, or a few.
var tripWorkloads = []workload{
	{name: "statfs", what: "statfs(2)", quick: true, loop: statFS},
	{name: "lookup", what: "stat(2) of a name that is missing, another each time", quick: true, loop: lookupMissing},
	{name: "getattr", what: "statx(2) that asks the server (AT_STATX_FORCE_SYNC)", quick: true, loop: func(w *worker) (operation, error) {
		return withFile(w, func(n node, _ string) error { return wantSize(w.fs.GetAttr(n)) })
	}},
	{name: "getattr-cached", what: "fstat(2)", mount: true, loop: func(w *worker) (operation, error) {
		k := w.fs.(*kernel)
		return withFile(w, func(n node, _ string) error { return wantSize(k.stat(n)) })
	}},
	{name: "open+close", what: "open(2) and close(2) of a file that exists", loop: func(w *worker) (operation, error) {
		return withFile(w, func(_ node, name string) error {
			n, err := w.fs.Open(w.dir, name, openFile)
			if err != nil {
				return err
			}
			return w.fs.Close(n)
		})
	}},
	{name: "create+unlink", what: "open(2) with O_CREAT|O_EXCL, close(2), unlink(2)", quick: true, loop: createUnlink},
	{name: "mkdir+rmdir", what: "mkdir(2) and rmdir(2)", loop: func(w *worker) (operation, error) {
		name := "d" + strconv.Itoa(w.id)
		return operation{do: func() error {
			if err := w.fs.Mkdir(w.dir, name); err != nil {
				return err
			}
			return w.fs.Rmdir(w.dir, name)
		}}, nil
	}},
	{name: "rename", what: "rename(2) in a directory, there and back in turn", loop: renameInTurn},
	{name: "link+unlink", what: "link(2) and unlink(2)", loop: func(w *worker) (operation, error) {
		return withFile(w, func(n node, name string) error {
			if err := w.fs.Link(n, w.dir, name, "link"); err != nil {
				return err
			}
			return w.fs.Unlink(w.dir, "link")
		})
	}},
	{name: "symlink+readlink+unlink", what: "symlink(2), readlink(2) and unlink(2)", loop: symlinkReadlink},
	{name: "setxattr", what: "fsetxattr(2) of a value of 32 bytes", loop: func(w *worker) (operation, error) {
		value := bytes.Repeat([]byte("v"), 32)
		return withFile(w, func(n node, _ string) error { return w.fs.SetXattr(n, "user.bench", value) })
	}},
	{name: "getxattr", what: "fgetxattr(2) of a value of 32 bytes", loop: getXattr},
	{name: "readdir", what: "a directory listed from its beginning, as the kernel caches it", names: []int64{100}, quick: true, loop: readDir},
}

// fileSize is that of the file of withFile.
const fileSize = 1000

// withFile prepares an operation on a file, which gets the open file and its
// name.
func withFile(w *worker, do func(n node, name string) error) (operation, error) {
	name := "file" + strconv.Itoa(w.id)
	n, err := w.fs.Create(w.dir, name)
	if err != nil {
		return operation{}, err
	}
	if _, err := w.fs.Write(n, make([]byte, fileSize), 0); err != nil {
		return operation{}, err
	}
	return operation{
		do:   func() error { return do(n, name) },
		done: func() error { return w.fs.Close(n) },
	}, nil
}

func wantSize(size int64, err error) error {
	if err == nil && size != fileSize {
		err = fmt.Errorf("the size is %d, want %d", size, fileSize)
	}
	return err
}

func statFS(w *worker) (operation, error) { return operation{do: w.fs.StatFS}, nil }

func lookupMissing(w *worker) (operation, error) {
	name := strconv.AppendInt([]byte("missing"), int64(w.id), 10)
	name = append(name, '.')
	k := 0
	return operation{do: func() error {
		k++
		err := w.fs.Lookup(w.dir, string(strconv.AppendInt(name, int64(k), 10)))
		if errors.Is(err, unix.ENOENT) {
			return nil
		}
		return fmt.Errorf("a name that is missing: %w", orFound(err))
	}}, nil
}

var errFound = errors.New("found")

func orFound(err error) error {
	if err == nil {
		return errFound
	}
	return err
}

func createUnlink(w *worker) (operation, error) {
	name := "f" + strconv.Itoa(w.id)
	return operation{
		do: func() error {
			n, err := w.fs.Create(w.dir, name)
			if err != nil {
				return err
			}
			if err := w.fs.Close(n); err != nil {
				return err
			}
			return w.fs.Unlink(w.dir, name)
		},
		done: func() error {
			if err := w.fs.Lookup(w.dir, name); !errors.Is(err, unix.ENOENT) {
				return fmt.Errorf("a file that was removed: %w", orFound(err))
			}
			return nil
		},
	}, nil
}

func renameInTurn(w *worker) (operation, error) {
	other := "other" + strconv.Itoa(w.id)
	from, to := "", other
	op, err := withFile(w, func(_ node, name string) error {
		if from == "" {
			from = name
		}
		if err := w.fs.Rename(w.dir, from, to); err != nil {
			return err
		}
		from, to = to, from
		return nil
	})
	closeFile := op.done
	op.done = func() error {
		if from != "" {
			if err := w.fs.Lookup(w.dir, from); err != nil {
				return fmt.Errorf("the new name: %w", err)
			}
			if err := w.fs.Lookup(w.dir, to); !errors.Is(err, unix.ENOENT) {
				return fmt.Errorf("the old name: %w", orFound(err))
			}
		}
		return closeFile()
	}
	return op, err
}

func symlinkReadlink(w *worker) (operation, error) {
	const target = "where/it/leads/to"
	name := "l" + strconv.Itoa(w.id)
	return operation{do: func() error {
		if err := w.fs.Symlink(target, w.dir, name); err != nil {
			return err
		}
		got, err := w.fs.Readlink(w.dir, name)
		if err != nil {
			return err
		}
		if got != target {
			return fmt.Errorf("the symlink leads to %q, want %q", got, target)
		}
		return w.fs.Unlink(w.dir, name)
	}}, nil
}

func getXattr(w *worker) (operation, error) {
	value := bytes.Repeat([]byte("v"), 32)
	buf := make([]byte, 64)
	first := true
	return withFile(w, func(n node, _ string) error {
		if first {
			first = false
			if err := w.fs.SetXattr(n, "user.bench", value); err != nil {
				return err
			}
		}
		got, err := w.fs.GetXattr(n, "user.bench", buf)
		if err != nil {
			return err
		}
		if !bytes.Equal(buf[:got], value) {
			return fmt.Errorf("the value is %q, want %q", buf[:got], value)
		}
		return nil
	})
}

func readDir(w *worker) (operation, error) {
	for k := range w.job.Names {
		n, err := w.fs.Create(w.dir, "name"+strconv.FormatInt(k, 10))
		if err != nil {
			return operation{}, err
		}
		if err := w.fs.Close(n); err != nil {
			return operation{}, err
		}
	}
	return operation{do: func() error {
		got := int64(0)
		if err := w.fs.ReadDir(w.dir, func(string, bool) { got++ }); err != nil {
			return err
		}
		if got != w.job.Names {
			return fmt.Errorf("%d names, want %d", got, w.job.Names)
		}
		return nil
	}}, nil
}
