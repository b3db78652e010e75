package memfs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// An OptionWord describes a word that ParseOptions understands, for help and
// shell completion.
type OptionWord struct {
	Name   string   // ends in "=" if the word takes a value
	Help   string   // a few words
	Values []string // the values to offer, if they can be listed
}

// OptionWords lists the words that ParseOptions acts on, in the order of the
// manual: limits, root directory, mount(8), FUSE, memfs.
func OptionWords() []OptionWord {
	list := make([]OptionWord, len(words))
	for i, w := range words {
		list[i] = w.OptionWord
	}
	return list
}

// A word is an OptionWord with its effect. set gets what follows the "=", which
// is empty for a word that takes no value; its error completes "size=12q: ".
type word struct {
	OptionWord
	set func(o *Options, value string) error
}

var words = []word{
	// tmpfs(5).
	value("size=", "limit of file data, in bytes: N[kmgt] or N% of memory", parseSizeOption, func(o *Options) *int64 { return &o.Size }),
	value("nr_inodes=", "limit of the number of files: N[kmgt]", parseInodes, func(o *Options) *int64 { return &o.Inodes }),
	value("mode=", "permission bits of the root directory, octal", parseModeOption, func(o *Options) *uint32 { return &o.Mode }),
	value("uid=", "owner of the root directory: number or name", pointerTo(parseUser), func(o *Options) **uint32 { return &o.UID }),
	value("gid=", "group of the root directory: number or name", pointerTo(parseGroup), func(o *Options) **uint32 { return &o.GID }),

	// mount(8).
	flag("ro", "read only", true, func(o *Options) *bool { return &o.ReadOnly }),
	flag("rw", "read and write (default)", false, func(o *Options) *bool { return &o.ReadOnly }),
	flag("nosuid", "ignore set-id bits (default)", false, func(o *Options) *bool { return &o.Suid }),
	flag("suid", "honour set-id bits (root only)", true, func(o *Options) *bool { return &o.Suid }),
	flag("nodev", "ignore device nodes (default)", false, func(o *Options) *bool { return &o.Dev }),
	flag("dev", "honour device nodes (root only)", true, func(o *Options) *bool { return &o.Dev }),
	flag("noexec", "run no programs", true, func(o *Options) *bool { return &o.NoExec }),
	flag("exec", "run programs (default)", false, func(o *Options) *bool { return &o.NoExec }),
	flag("sync", "synchronous writes", true, func(o *Options) *bool { return &o.Sync }),
	flag("async", "asynchronous writes (default)", false, func(o *Options) *bool { return &o.Sync }),
	flag("dirsync", "synchronous directory changes", true, func(o *Options) *bool { return &o.DirSync }),
	flag("nosymfollow", "follow no symbolic links", true, func(o *Options) *bool { return &o.NoSymFollow }),
	flag("symfollow", "follow symbolic links (default)", false, func(o *Options) *bool { return &o.NoSymFollow }),
	flag("relatime", "update access times once a day or after a change (default)", RelATime, atimeField),
	flag("noatime", "never update access times", NoATime, atimeField),
	flag("strictatime", "update access times at every read", StrictATime, atimeField),
	flag("atime", "as relatime", RelATime, atimeField),
	flag("nodiratime", "never update access times of directories", true, func(o *Options) *bool { return &o.NoDirATime }),
	flag("diratime", "treat directories as files (default)", false, func(o *Options) *bool { return &o.NoDirATime }),

	// mount.fuse3(8).
	flag("allow_other", "admit other users", true, func(o *Options) *bool { return &o.AllowOther }),
	value("fsname=", "source column of the mount table", parseName, func(o *Options) *string { return &o.FSName }),
	{OptionWord{Name: "subtype=", Help: "type column after \"fuse.\"; empty for plain \"fuse\""}, setSubtype},
	value("max_read=", "limit of a read request, in bytes", parseRequestSize, func(o *Options) *uint32 { return &o.MaxRead }),
	value("max_write=", "limit of a request with data, in bytes", parseRequestSize, func(o *Options) *uint32 { return &o.MaxWrite }),
	value("max_background=", "requests at a time that nobody waits for", parseBackground, func(o *Options) *int { return &o.MaxBackground }),
	value("congestion_threshold=", "number of those at which the filesystem is busy", parseBackground, func(o *Options) *int { return &o.CongestionThreshold }),
	flag("default_permissions", "permission checks by the kernel, even for root alone", true, func(o *Options) *bool { return &o.DefaultPermissions }),
	flag("direct_io", "no page cache", true, func(o *Options) *bool { return &o.DirectIO }),

	// Our own.
	{OptionWord{"loop=", "who reads and runs requests", loopNames()}, setLoop},
	value("threads=", "number of workers, or of threads of dev and clone", parseThreads, func(o *Options) *int { return &o.Threads }),
	value("queue_depth=", "requests at a time in each queue of uring", parseDepth, func(o *Options) *int { return &o.QueueDepth }),
	value("spin=", "how long to look for a request before sleeping: 50us, 0", parseSpin, func(o *Options) *time.Duration { return &o.Spin }),
	{OptionWord{"locks=", "who keeps the locks of files", []string{"kernel", "server"}}, setLocks},
	flag("writeback", "gather small writes in the kernel; ENOSPC comes late", true, func(o *Options) *bool { return &o.Writeback }),
	flag("noxattr", "no extended attributes", true, func(o *Options) *bool { return &o.NoXattr }),
}

// refused holds words of FUSE filesystems and of mount(8) that cannot be
// honoured, with what to do instead: silence would promise their effect.
var refused = map[string]string{
	"allow_root":   "not supported; use allow_other",
	"auto_unmount": "not supported; memfs unmounts when it gets SIGINT or SIGTERM",
	"remount":      "not supported here; use mount -i -o remount,...",
}

// ignored holds the words that fstab(5) carries for programs other than the
// filesystem, and words of mount(8) that change nothing here: without relatime the
// kernel has its default, which is that, and lazytime is about writing to a disk.
// Words that begin with x- or X- and "comment=" are ignored too.
var ignored = map[string]bool{
	"defaults": true, "auto": true, "noauto": true, "user": true, "nouser": true, "users": true,
	"owner": true, "group": true, "_netdev": true, "nofail": true,
	"norelatime": true, "lazytime": true, "nolazytime": true,
}

// flag makes a word without a value that assigns v to a field.
func flag[T any](name, help string, v T, field func(*Options) *T) word {
	return word{OptionWord{Name: name, Help: help}, func(o *Options, _ string) error {
		*field(o) = v
		return nil
	}}
}

// value makes a word whose value is parsed into a field.
func value[T any](name, help string, parse func(string) (T, error), field func(*Options) *T) word {
	return word{OptionWord{Name: name, Help: help}, func(o *Options, s string) error {
		v, err := parse(s)
		if err == nil {
			*field(o) = v
		}
		return err
	}}
}

func pointerTo(parse func(string) (uint32, error)) func(string) (*uint32, error) {
	return func(s string) (*uint32, error) {
		v, err := parse(s)
		return &v, err
	}
}

func atimeField(o *Options) *ATime { return &o.ATime }

func parseSizeOption(s string) (int64, error) { return parseSize(s, availableMemory()) }

// parseModeOption marks the mode as given, so that mode=0 is not the default.
func parseModeOption(s string) (uint32, error) {
	m, err := parseMode(s)
	return m | syscall.S_IFDIR, err
}

func parseName(s string) (string, error) {
	if s == "" {
		return "", fmt.Errorf("empty")
	}
	return s, nil
}

func parseRequestSize(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n < minRead {
		return 0, fmt.Errorf("not a number of bytes of at least %d", minRead)
	}
	return uint32(n), nil
}

func parseThreads(s string) (int, error) { return parseUpTo(s, maxThreads) }

func parseDepth(s string) (int, error) { return parseUpTo(s, maxDepth) }

func parseBackground(s string) (int, error) { return parseUpTo(s, math.MaxUint16) }

func parseUpTo(s string, limit int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > limit {
		return 0, fmt.Errorf("not a number between 1 and %d", limit)
	}
	return n, nil
}

// parseSpin reads a duration. That there is none is told from the default by the
// sign.
func parseSpin(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil || d < 0 || d > time.Second:
		return 0, fmt.Errorf("not a time of up to a second, such as 50us")
	case d == 0:
		return -1, nil
	}
	return d, nil
}

func setLocks(o *Options, s string) error {
	switch s {
	case "kernel", "server":
		o.ServerLocks = s == "server"
		return nil
	}
	return fmt.Errorf("not one of kernel, server")
}

func setSubtype(o *Options, s string) error {
	o.Subtype, o.NoSubtype = s, s == ""
	return nil
}

func setLoop(o *Options, s string) error {
	choices := append(Loops(), LoopAuto)
	if !slices.Contains(choices, Loop(s)) {
		return fmt.Errorf("not one of %s", join(choices))
	}
	o.Loop = Loop(s)
	return nil
}

func loopNames() []string {
	var names []string
	for _, l := range append(Loops(), LoopAuto) {
		names = append(names, string(l))
	}
	return names
}
