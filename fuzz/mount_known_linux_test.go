package fuzz

import (
	"fmt"
	"strconv"
	"strings"
)

// A knownDifference is one between a mounted memfs and tmpfs that memfs cannot
// help.
type knownDifference struct {
	what, why string
	is        func(d *Difference, key string) bool // key is that of d without a name before it
}

// knownDifferences are those that the kernel or jacobsa/fuse causes. README.md
// names the consequences.
var knownDifferences = []knownDifference{
	{
		"st_blocks", "jacobsa/fuse computes it from the size",
		func(d *Difference, key string) bool {
			size, err := strconv.ParseUint(d.sibling("size"), 10, 64)
			return key == "blocks" && err == nil && d.Got == fmt.Sprint((size+511)/512)
		},
	},
	{
		"the access time after a read", "what the kernel has cached is read without a request",
		func(d *Difference, key string) bool {
			return key == "atime" && strings.HasSuffix(d.Got, afterRead) && strings.HasSuffix(d.Want, afterRead)
		},
	},
	{
		"the times of a file to which a write failed with ENOSPC", "tmpfs marks it, a failed operation of memfs leaves no trace",
		func(d *Difference, key string) bool {
			return (key == "mtime" || key == "ctime") && strings.HasSuffix(d.Got, afterFull) && strings.HasSuffix(d.Want, afterFull)
		},
	},
	{
		"the times of an empty file after truncate(2) to 0", "O_TRUNC, which marks it always, is the same request",
		func(d *Difference, key string) bool {
			return (key == "mtime" || key == "ctime") && strings.HasSuffix(d.Got, afterEmptied) && strings.HasSuffix(d.Want, afterEmptied)
		},
	},
	{
		"a fraction of a second before 1970", "jacobsa/fuse sends it as a negative number",
		func(d *Difference, key string) bool {
			got, err := strconv.ParseInt(d.Got, 10, 64)
			want, err2 := strconv.ParseInt(d.Want, 10, 64)
			return (key == "atime" || key == "mtime") && err == nil && err2 == nil && want < 0 && got%1e9 == 0 && max(got-want, want-got) < 1e9
		},
	},
}

// leftOut are operations that cannot be compared, because what comes after them
// would differ as well.
var leftOut = []struct {
	what, why string
	is        func(o *Op) bool
}{
	{
		"POSIX ACLs", "FUSE_POSIX_ACL is not negotiated",
		func(o *Op) bool { return strings.HasPrefix(o.Name, "system.posix_acl_") },
	},
	{
		"an extended attribute with a name of one byte and no value",
		"jacobsa/fuse takes SETXATTR for corrupt then, and nobody replies",
		func(o *Op) bool { return o.Kind == SetXattr && len(o.Name)+1+o.xattrSize() < 3 },
	},
}

// mountLacks reports whether an operation is left out.
func mountLacks(o *Op) bool {
	for _, l := range leftOut {
		if l.is(o) {
			return true
		}
	}
	return false
}

// sibling returns another field of what memfs answered, beside the one that
// differs.
func (d *Difference) sibling(key string) string {
	return d.In[0].Get(d.Key[:strings.LastIndex(d.Key, "/")+1] + key)
}

// mountKnown reports whether a difference is known. Which of them were met is
// counted.
func mountKnown(d *Difference) bool {
	key := d.Key[strings.LastIndex(d.Key, "/")+1:]
	for _, k := range knownDifferences {
		if k.is(d, key) {
			return true
		}
	}
	return false
}
