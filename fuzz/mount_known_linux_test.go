package fuzz

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scratchfs/memfs/memfs"
)

// cause is who a difference between a mounted memfs and tmpfs comes from.
type cause int

const (
	theKernel  cause = iota
	theLibrary       // jacobsa/fuse, which serves some of the loops
	theOracle        // tmpfs, which lacks what the other loops carry
)

// has reports whether differences of a cause are to be expected.
func (m *mountTarget) has(c cause) bool {
	library := false
	switch m.loop {
	case memfs.LoopSerial, memfs.LoopGoroutine, memfs.LoopWorkers:
		library = true
	}
	switch c {
	case theLibrary:
		return library
	case theOracle:
		return !library && !m.slice
	}
	return true
}

// A knownDifference is one that memfs cannot help.
type knownDifference struct {
	by        cause
	what, why string
	is        func(d *Difference, key string) bool // key is that of d without a name before it
}

// README.md names the consequences.
var knownDifferences = []knownDifference{
	{
		theLibrary, "st_blocks", "jacobsa/fuse computes it from the size",
		func(d *Difference, key string) bool {
			size, err := strconv.ParseUint(d.sibling("size"), 10, 64)
			return key == "blocks" && err == nil && d.Got == fmt.Sprint((size+511)/512)
		},
	},
	{
		theKernel, "the access time after a read", "what the kernel has cached is read without a request",
		func(d *Difference, key string) bool {
			return key == "atime" && d.bothEnd(afterRead)
		},
	},
	{
		theKernel, "the times of a file to which a write failed with ENOSPC", "tmpfs marks it, a failed operation of memfs leaves no trace",
		func(d *Difference, key string) bool {
			return (key == "mtime" || key == "ctime") && d.bothEnd(afterFull)
		},
	},
	{
		theKernel, "the times of an empty file after truncate(2) to 0", "O_TRUNC, which marks it always, is the same request",
		func(d *Difference, key string) bool {
			return (key == "mtime" || key == "ctime") && d.bothEnd(afterEmptied)
		},
	},
	{
		theKernel, "the errno for what something else forbids as well as a flag, append-only or immutable", "on FUSE the server knows the flags, and is asked after the kernel has looked at the rest",
		func(d *Difference, key string) bool {
			return key == keyErrno && d.Want == "EPERM" && d.Got != "" && flagged(d.Before, flagAppend|flagImmutable)
		},
	},
	{
		theKernel, "a write of nothing to an immutable file", "on FUSE it can be opened, and the kernel does not ask about nothing",
		func(d *Difference, key string) bool {
			nothing := d.Op != nil && d.Op.Kind == Write && d.Op.ioSize() == 0 && flagged(d.Before, flagImmutable)
			return nothing && (key == "count" && d.Got == "0" && d.Want == "" || key == keyErrno && d.Got == "" && d.Want == "EPERM")
		},
	},
	{
		theKernel, "an empty default ACL of an append-only or immutable file that is no directory", "on FUSE the kernel does not know the flags, and has nothing to do for the type",
		func(d *Difference, key string) bool {
			return key == keyErrno && (d.Op.Kind == SetXattr || d.Op.Kind == RemoveXattr) && d.Op.Name == aclDefault && d.Got == "" && d.Want == "EPERM" && flagged(d.Before, flagAppend|flagImmutable)
		},
	},
	{
		theKernel, "the set-id bits of a file with security.capability that root writes to", "root may keep them, but the request that takes the capabilities away is that of chown(2), which takes both",
		func(d *Difference, key string) bool {
			const setID = 0o6000
			got, err := strconv.ParseUint(d.Got, 8, 32)
			want, err2 := strconv.ParseUint(d.Want, 8, 32)
			return key == "mode" && capable(d.Before) && err == nil && err2 == nil && got&^want == 0 && want&^got&^setID == 0
		},
	},
	{
		theLibrary, "a fraction of a second before 1970", "jacobsa/fuse sends it as a negative number",
		func(d *Difference, key string) bool {
			was, doubt, _ := strings.Cut(d.Got, " or ")
			is, doubt2, _ := strings.Cut(d.Want, " or ")
			got, err := strconv.ParseInt(was, 10, 64)
			want, err2 := strconv.ParseInt(is, 10, 64)
			return doubt == doubt2 && (key == "atime" || key == "mtime") && err == nil && err2 == nil && want < 0 && got%1e9 == 0 && max(got-want, want-got) < 1e9
		},
	},
}

// leftOut are operations that cannot be compared, because what comes after them
// would differ as well.
var leftOut = []struct {
	by        cause
	what, why string
	is        func(o *Op, before []Op) bool
}{
	{
		theLibrary, "POSIX ACLs", "FUSE_POSIX_ACL is not negotiated",
		func(o *Op, _ []Op) bool { return isACL(o.Name) },
	},
	{
		theLibrary, "SEEK_DATA, SEEK_HOLE", "LSEEK is not carried, and the kernel says that all is data",
		func(o *Op, _ []Op) bool { return o.Kind == Seek },
	},
	{
		theLibrary, "renameat2(2) with flags", "RENAME2 is not carried",
		func(o *Op, _ []Op) bool { return o.Kind == Rename && o.Flags != 0 },
	},
	{
		theLibrary, "O_TMPFILE", "TMPFILE is not carried",
		func(o *Op, _ []Op) bool { return o.Kind == Tmpfile },
	},
	{
		theLibrary, "chattr(1)", "IOCTL is not carried",
		func(o *Op, _ []Op) bool { return o.Kind == SetFlags },
	},
	{
		theLibrary, "O_NOATIME", "READ comes without the flags of the open file",
		func(o *Op, _ []Op) bool { return o.Kind == Read && o.Flags&NoATime != 0 },
	},
	{
		theKernel, "removing security.capability", "the kernel does so before writes, so an append-only file does not forbid it",
		func(o *Op, _ []Op) bool { return o.Kind == RemoveXattr && o.Name == "security.capability" },
	},
	{
		theKernel, "what may fail and, if it does not, takes security.capability away", "the kernel takes it away before it asks",
		func(o *Op, before []Op) bool {
			return capable(before) && (o.Kind == Fallocate || o.Kind == SetAttr && o.Set&(SetSize|SetUID|SetGID) != 0 && flagged(before, flagAppend))
		},
	},
	{
		theKernel, "chown(2) that names neither owner nor group, of an immutable file with set-id bits or security.capability", "it takes them away, which on FUSE is the same request as ahead of write(2), and that is forbidden",
		func(o *Op, before []Op) bool {
			return o.Kind == SetAttr && o.Set&(SetUID|SetGID) != 0 && o.namesNobody() && flagged(before, flagImmutable)
		},
	},
	{
		theOracle, "copy_file_range(2)", "tmpfs leaves it to the kernel, which fills the holes, and they count; FuzzMountData knows",
		func(o *Op, _ []Op) bool { return o.Kind == CopyRange },
	},
	{
		theLibrary,
		"an extended attribute with a name of one byte and no value",
		"jacobsa/fuse takes SETXATTR for corrupt then, and nobody replies",
		func(o *Op, _ []Op) bool { return o.Kind == SetXattr && len(o.Name)+1+o.xattrSize() < 3 },
	},
}

// leftOut reports whether an operation that comes after others is left out.
func (m *mountTarget) leftOut(o *Op, before []Op) bool {
	for _, l := range leftOut {
		if m.has(l.by) && l.is(o, before) {
			return true
		}
	}
	return false
}

// namesNobody reports whether a SetAttr of the owner leaves owner and group as
// they are.
func (o *Op) namesNobody() bool {
	const keep = ^uint32(0)
	return (o.Set&SetUID == 0 || o.UID == keep) && (o.Set&SetGID == 0 || o.GID == keep)
}

// capable reports whether operations have given a file security.capability.
func capable(ops []Op) bool {
	return slices.ContainsFunc(ops, func(o Op) bool { return o.Kind == SetXattr && o.Name == "security.capability" })
}

// flagged reports whether operations have given a file one of some flags.
func flagged(ops []Op, flags uint32) bool {
	return slices.ContainsFunc(ops, func(o Op) bool { return o.Kind == SetFlags && o.Flags&flags != 0 })
}

// sibling returns another field of what memfs answered, beside the one that
// differs.
func (d *Difference) sibling(key string) string {
	return d.In[0].Get(d.Key[:strings.LastIndex(d.Key, "/")+1] + key)
}

// known reports whether a difference is known.
func (m *mountTarget) known(d *Difference) bool {
	key := d.Key[strings.LastIndex(d.Key, "/")+1:]
	for _, k := range knownDifferences {
		if m.has(k.by) && k.is(d, key) {
			return true
		}
	}
	return false
}
