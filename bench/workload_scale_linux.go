package bench

import (
	"fmt"
	"strconv"
)

// What grows: the number of threads, of names in a directory, of files.
var scaleWorkloads = []workload{
	{name: "statfs-threads", what: "statfs, with several threads", unit: "op", scales: true,
		loop: statFS},
	{name: "lookup-threads", what: "lookup, with several threads", unit: "op", scales: true, shared: true,
		loop: lookupMissing},
	{name: "create-threads", what: "create+unlink, with several threads", unit: "op", scales: true, shared: true, quick: true,
		loop: createUnlink},
	{name: "read-threads", what: "read-random-direct, with several threads, each of a file of its own", unit: "byte", scales: true,
		sizes: []int64{4 * kib}, loop: access{mode: openDirect, random: true}.loop},
	{name: "directory", what: "files created in one directory, listed and removed", unit: "file", names: []int64{1e3, 1e4, 1e5, 1e6}, most: 1e4,
		run: runDirectory},
	{name: "memory-inode", what: "empty files: what the server grows by", unit: "file", names: []int64{2e4}, fresh: true, contents: true, run: runMemoryInode},
	{name: "memory-byte", what: "a file of 64 MiB: what the server grows by", unit: "byte", sizes: []int64{64 * mib}, fresh: true, contents: true,
		run: runMemoryByte},
}

// runDirectory fills a directory, lists it and empties it.
func runDirectory(t *task) ([]sample, error) {
	names := make([]string, t.job.Names)
	for i := range names {
		names[i] = "name" + strconv.Itoa(i)
	}
	dir, err := makeDir(t.fs, t.fs.Root(), "dir")
	if err != nil {
		return nil, err
	}
	defer t.fs.Close(dir)
	listed := int64(0)
	return t.parts([]part{
		{"create", t.job.Names, func() error { return createAll(t.fs, dir, names) }},
		{"list", t.job.Names, func() error {
			return t.fs.ReadDir(dir, func(string, bool) { listed++ })
		}},
		{"remove", t.job.Names, func() error {
			if listed != t.job.Names {
				return fmt.Errorf("listed %d names, want %d", listed, t.job.Names)
			}
			for _, name := range names {
				if err := t.fs.Unlink(dir, name); err != nil {
					return err
				}
			}
			return nil
		}},
	})
}

func createAll(fs fileSystem, dir node, names []string) error {
	for _, name := range names {
		n, err := fs.Create(dir, name)
		if err != nil {
			return err
		}
		if err := fs.Close(n); err != nil {
			return err
		}
	}
	return nil
}

// A part is a piece of work that is measured by itself.
type part struct {
	name string
	ops  int64
	do   func() error
}

// parts does one part after the other.
func (t *task) parts(list []part) ([]sample, error) {
	var samples []sample
	for _, p := range list {
		if err := t.meter.begin(); err != nil {
			return nil, err
		}
		err := p.do()
		round, e := t.meter.end(p.ops)
		if err == nil {
			err = e
		}
		if err != nil {
			if p.name != "" {
				err = fmt.Errorf("%s: %w", p.name, err)
			}
			return nil, err
		}
		samples = append(samples, sample{Part: p.name, Round: round})
	}
	return samples, nil
}

func runMemoryInode(t *task) ([]sample, error) {
	names := make([]string, t.job.Names)
	for i := range names {
		names[i] = "name" + strconv.Itoa(i)
	}
	return t.parts([]part{{"", t.job.Names, func() error { return createAll(t.fs, t.fs.Root(), names) }}})
}

func runMemoryByte(t *task) ([]sample, error) {
	n, err := t.fs.Create(t.fs.Root(), "file")
	if err != nil {
		return nil, err
	}
	defer t.fs.Close(n)
	buf := pages(mib)
	fillPattern(buf)
	return t.parts([]part{{"", t.job.Size, func() error {
		for at := int64(0); at < t.job.Size; at += mib {
			stamp(buf, at)
			put, err := t.fs.Write(n, buf, at)
			if err := all(put, mib, err); err != nil {
				return err
			}
		}
		return nil
	}}})
}
