package memfs

import (
	"fmt"
	"math"
	"os"

	"github.com/scratchfs/memfs/inode"
)

// Options configures a mount. The zero value gives the defaults.
type Options struct {
	// Size limits the bytes of file data. Zero means half of the memory this
	// process may use: the machine's, or its cgroup's limit if that is lower.
	Size int64

	// Inodes limits the number of files of every type, the root included. Zero
	// means one per 4 KiB of half the memory, as on tmpfs.
	Inodes int64

	// Mode holds the permission bits of the root directory. Zero means 01777,
	// as on tmpfs. Type bits are ignored, so that S_IFDIR alone asks for mode 0.
	Mode uint32

	// UID and GID own the root directory. Nil means the caller's effective ids.
	UID, GID *uint32

	// Loop says which threads read and run requests. Empty means LoopWorkers.
	Loop Loop

	// Threads is the number of workers of LoopWorkers. Zero means the default.
	Threads int

	// Writeback lets the kernel gather small writes before it sends them.
	// Running out of space is then reported late, by close(2) or fsync(2).
	Writeback bool

	// NoXattr switches extended attributes off, which saves the kernel a
	// request for security.capability ahead of every write.
	NoXattr bool

	// NoData drops what is written to files, and a read gives anything. It is
	// for measuring what the path of a request costs without the data.
	NoData bool

	// Observe, if not nil, is called after each request was answered, from
	// several goroutines. Looking at the clock between the stages of a request
	// makes it somewhat slower.
	Observe func(Observation)

	// ATime says when reading a file updates its access time, and NoDirATime
	// excepts directories. FUSE leaves access times to the server.
	ATime      ATime
	NoDirATime bool

	// FSName is the source column of the mount table. Empty means "memfs".
	FSName string

	// Subtype makes the type column of the mount table "fuse.<Subtype>". Empty
	// means "memfs"; NoSubtype asks for plain "fuse", which some programs want.
	Subtype   string
	NoSubtype bool

	// AllowOther admits users other than the one that mounts. Without
	// privilege it needs user_allow_other in /etc/fuse.conf.
	AllowOther bool

	// MaxRead limits a read request, in bytes. Zero leaves it to the kernel.
	MaxRead uint32

	// The flags of mount(8) with the same names. Set-id bits and device nodes
	// have no effect on the mount unless Suid and Dev, which need privilege,
	// ask for it.
	ReadOnly, Suid, Dev, NoExec, Sync, DirSync bool
}

// A Loop is a way to spread requests over threads.
type Loop string

// The loops; see the package documentation for what each does.
const (
	LoopSerial    Loop = "serial"    // one goroutine reads, runs and replies
	LoopGoroutine Loop = "goroutine" // one reads, each request has a goroutine
	LoopWorkers   Loop = "workers"   // each worker reads, runs and replies
)

// Loops lists the loops that Options.Loop takes.
func Loops() []Loop { return []Loop{LoopSerial, LoopGoroutine, LoopWorkers} }

// An ATime is a rule for updating access times, as mount(8) describes them.
type ATime string

// The rules for access times. An empty ATime means RelATime.
const (
	RelATime    ATime = "relatime"    // when older than mtime, ctime or a day
	NoATime     ATime = "noatime"     // never
	StrictATime ATime = "strictatime" // at every read
)

const (
	pageSize    = 4096
	defaultMode = 0o1777
	defaultName = "memfs"
	permBits    = 0o7777

	// maxThreads keeps a typing error below the limit of 10,000 threads at
	// which the Go runtime ends the process.
	maxThreads = 1024

	// minRead is what the kernel raises a smaller max_read to.
	minRead = pageSize
)

// resolve checks o and returns it with every default filled in: afterwards Size
// is a positive multiple of the page, Inodes, UID and GID are set, Mode is
// permission bits and nothing else, and no name is empty. memory is the number
// of bytes this process may use.
func (o Options) resolve(memory int64) (Options, error) {
	if o.Size == 0 {
		o.Size = max(memory/2, pageSize)
	}
	if o.Inodes == 0 {
		o.Inodes = max(memory/2/pageSize, 1)
	}
	switch {
	case o.Size < 0 || o.Size > math.MaxInt64-pageSize:
		return o, &OptionError{Option: fmt.Sprintf("size=%d", o.Size), Problem: "out of range"}
	case o.Size > memory:
		return o, &Error{
			Op:      "mount",
			Problem: fmt.Sprintf("size=%s is larger than the %s of memory there is", formatSize(o.Size), formatSize(memory)),
			Remedy:  "ask for less, for example size=50%",
		}
	case o.Inodes < 0 || o.Inodes > inode.MaxInodes:
		return o, &OptionError{Option: fmt.Sprintf("nr_inodes=%d", o.Inodes), Problem: "out of range"}
	case o.Threads < 0 || o.Threads > maxThreads:
		return o, &OptionError{Option: fmt.Sprintf("threads=%d", o.Threads), Problem: fmt.Sprintf("not between 1 and %d", maxThreads)}
	case o.MaxRead != 0 && o.MaxRead < minRead:
		return o, &OptionError{Option: fmt.Sprintf("max_read=%d", o.MaxRead), Problem: fmt.Sprintf("less than %d", minRead)}
	}
	o.Size = (o.Size + pageSize - 1) &^ (pageSize - 1)

	if o.Mode == 0 {
		o.Mode = defaultMode
	}
	o.Mode &= permBits
	if o.UID == nil {
		o.UID = new(uint32(os.Geteuid()))
	}
	if o.GID == nil {
		o.GID = new(uint32(os.Getegid()))
	}

	var err error
	if o.Loop, err = oneOf("loop", o.Loop, LoopWorkers, Loops()...); err != nil {
		return o, err
	}
	if o.ATime, err = oneOf("atime", o.ATime, RelATime, RelATime, NoATime, StrictATime); err != nil {
		return o, err
	}
	if o.FSName == "" {
		o.FSName = defaultName
	}
	if o.Subtype == "" {
		o.Subtype = defaultName
	}
	return o, nil
}

// oneOf returns value if it is among the choices, and fallback if it is empty.
func oneOf[T ~string](name string, value, fallback T, choices ...T) (T, error) {
	if value == "" {
		return fallback, nil
	}
	for _, c := range choices {
		if value == c {
			return value, nil
		}
	}
	return "", &OptionError{
		Option:  fmt.Sprintf("%s=%s", name, value),
		Problem: "not one of " + join(choices),
	}
}

// fsType is the type column of the mount table.
func (o *Options) fsType() string {
	if o.NoSubtype {
		return "fuse"
	}
	return "fuse." + o.Subtype
}
