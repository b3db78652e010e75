package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/scratchfs/memfs/bench"
)

// outputs are the files that a report is written to. They are opened before
// anything is measured: what cannot be written is known in time.
type outputs struct {
	json, html, text, markdown string // names; empty: not asked for

	files []outputFile
}

// An outputFile gets its name when it is complete.
type outputFile struct {
	name  string
	file  *os.File
	write func(io.Writer, *bench.Report) error
}

func (o *outputs) open() error {
	for _, f := range []outputFile{
		{name: o.json, write: bench.WriteJSON},
		{name: o.html, write: bench.WriteHTML},
		{name: o.text, write: bench.WriteText},
	} {
		if f.name == "" {
			continue
		}
		file, err := os.CreateTemp(filepath.Dir(f.name), "."+filepath.Base(f.name)+"-*")
		if err != nil {
			o.abandon()
			return fmt.Errorf("%s: cannot be written: %w", f.name, reason(err))
		}
		f.file = file
		o.files = append(o.files, f)
		if st, err := os.Stat(f.name); err == nil && st.IsDir() {
			o.abandon()
			return fmt.Errorf("%s: is a directory", f.name)
		}
	}
	if o.markdown != "" {
		if st, err := os.Stat(o.markdown); err != nil || !st.IsDir() {
			o.abandon()
			return fmt.Errorf("%s: no such directory; create it: mkdir -p %[1]s", o.markdown)
		}
	}
	return nil
}

// reason is an error without the name of the file.
func reason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func (o *outputs) write(r *bench.Report) error {
	var errs []error
	for _, f := range o.files {
		errs = append(errs, f.finish(r))
	}
	o.files = nil
	if o.markdown != "" {
		errs = append(errs, bench.WriteMarkdown(o.markdown, r))
	}
	return errors.Join(errs...)
}

func (f outputFile) finish(r *bench.Report) error {
	err := f.write(f.file, r)
	// CreateTemp makes files for their owner alone.
	err = errors.Join(err, f.file.Chmod(0o644), f.file.Close())
	if err == nil {
		err = os.Rename(f.file.Name(), f.name)
	}
	if err != nil {
		os.Remove(f.file.Name())
	}
	return err
}

// abandon removes what was begun.
func (o *outputs) abandon() {
	for _, f := range o.files {
		f.file.Close()
		os.Remove(f.file.Name())
	}
	o.files = nil
}
