package memfs

import (
	"fmt"
	"math"
	"os"
	"time"

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

	// Loop says which threads read and run requests. Empty means LoopAuto.
	Loop Loop

	// Threads is the number of workers of LoopWorkers, and of threads of LoopDev
	// and LoopClone. Zero means the default.
	Threads int

	// QueueDepth is the number of requests that each queue of LoopURing takes at
	// a time. Zero means the default.
	QueueDepth int

	// Spin is for how long a thread looks for the next request before it sleeps.
	// Zero means the default, a negative value not at all.
	Spin time.Duration

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
	// several goroutines; a message that is not well formed is no request.
	// Looking at the clock between the stages of a request makes it somewhat
	// slower.
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

	// DefaultPermissions has the kernel check permissions where it need not:
	// where only root can reach the mount. Root passes all checks, unless it was
	// stripped of CAP_DAC_OVERRIDE, or acts for another user by setfsuid(2).
	// Elsewhere, and with the loops of jacobsa/fuse, it always checks.
	DefaultPermissions bool

	// ServerLocks has memfs keep the locks of fcntl(2) and flock(2), which costs
	// requests. Otherwise the kernel does, which is as good on one machine.
	ServerLocks bool

	// DirectIO has all reads and writes come here, past the page cache: data is
	// in memory once, and each read(2) is a request.
	DirectIO bool

	// MaxRead limits a read request, in bytes. Zero leaves it to the kernel.
	MaxRead uint32

	// MaxWrite limits a request with data, in bytes. Zero means 1 MiB; the kernel
	// takes no more unless fs.fuse.max_pages_limit is raised (Linux 6.13).
	MaxWrite uint32

	// MaxBackground is how many requests that nobody waits for, such as reading
	// ahead, the kernel sends at a time; at CongestionThreshold of them it counts
	// the filesystem as busy. Zero means the kernel's 12, and 3/4 of that.
	MaxBackground, CongestionThreshold int

	// The flags of mount(8) with the same names. Set-id bits and device nodes
	// have no effect on the mount unless Suid and Dev, which need privilege,
	// ask for it.
	ReadOnly, Suid, Dev, NoExec, Sync, DirSync bool

	// NoSymFollow has the kernel follow no symbolic links of the mount (Linux 5.10).
	NoSymFollow bool

	// adopted says that somebody else has mounted it.
	adopted bool
}

// A Loop is a way to spread requests over threads.
type Loop string

// The loops; see the package documentation for what each does.
const (
	LoopSerial    Loop = "serial"    // one goroutine reads, runs and replies
	LoopGoroutine Loop = "goroutine" // one reads, each request has a goroutine
	LoopWorkers   Loop = "workers"   // each worker reads, runs and replies

	// On Linux, without jacobsa/fuse.
	LoopDev   Loop = "dev"   // threads that share the descriptor of the mount
	LoopClone Loop = "clone" // each thread with a descriptor of its own
	LoopURing Loop = "uring" // each CPU with a queue of its own, over io_uring

	LoopAuto Loop = "auto" // the best that this kernel and user can have
)

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

	// maxDepth keeps the memory of the queues of a large machine in bounds.
	maxDepth = 1024

	// minRead is what the kernel raises a smaller max_read or max_write to.
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
	case o.QueueDepth < 0 || o.QueueDepth > maxDepth:
		return o, &OptionError{Option: fmt.Sprintf("queue_depth=%d", o.QueueDepth), Problem: fmt.Sprintf("not between 1 and %d", maxDepth)}
	case o.MaxBackground < 0 || o.MaxBackground > math.MaxUint16:
		return o, &OptionError{Option: fmt.Sprintf("max_background=%d", o.MaxBackground), Problem: fmt.Sprintf("not between 1 and %d", math.MaxUint16)}
	case o.CongestionThreshold < 0 || o.CongestionThreshold > math.MaxUint16:
		return o, &OptionError{Option: fmt.Sprintf("congestion_threshold=%d", o.CongestionThreshold), Problem: fmt.Sprintf("not between 1 and %d", math.MaxUint16)}
	case o.MaxWrite != 0 && o.MaxWrite < minRead:
		return o, &OptionError{Option: fmt.Sprintf("max_write=%d", o.MaxWrite), Problem: fmt.Sprintf("less than %d", minRead)}
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
	if o.Loop, err = oneOf("loop", o.Loop, LoopAuto, append(Loops(), LoopAuto)...); err != nil {
		return o, err
	}
	if o.Loop == LoopAuto && !o.Loop.own() {
		o.Loop, _ = BestLoop()
	}
	if word := o.transportWord(); word != "" && !o.Loop.own() {
		return o, &OptionError{Option: word, Problem: fmt.Sprintf("not with loop=%s", o.Loop)}
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

// transportWord returns an option that is for our own transport, if one is set.
func (o *Options) transportWord() string {
	for _, w := range []struct {
		set  bool
		word string
	}{
		{o.QueueDepth != 0, "queue_depth"},
		{o.Spin != 0, "spin"},
		{o.ServerLocks, "locks=server"},
		{o.DirectIO, "direct_io"},
		{o.MaxWrite != 0, "max_write"},
		{o.MaxBackground != 0, "max_background"},
		{o.CongestionThreshold != 0, "congestion_threshold"},
	} {
		if w.set {
			return w.word
		}
	}
	return ""
}

// fsType is the type column of the mount table.
func (o *Options) fsType() string {
	if o.NoSubtype {
		return "fuse"
	}
	return "fuse." + o.Subtype
}
