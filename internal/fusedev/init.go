//go:build linux

package fusedev

import (
	"os"
	"syscall"
	"unsafe"
)

// The version of the protocol that is spoken here.
const (
	Major = 7
	Minor = 45
)

const (
	// Without MaxPages the kernel makes requests of this many pages.
	defaultMaxPages = 32

	// DefaultMaxWrite is as much as the kernel allows unless fs.fuse.max_pages_limit
	// is raised (Linux 6.13).
	DefaultMaxWrite = 1 << 20

	// The smallest buffer that the kernel accepts (FUSE_MIN_READ_BUFFER).
	minBuffer = 8192
)

// always are the flags without which no connection is made if the kernel has
// them.
const always = BigWrites | MaxPages | InitExt | AbortError

// Limits are what a filesystem wants of a connection. The zero value is a good
// one.
type Limits struct {
	Flags               InitFlags // wanted, besides those that this package needs
	MaxWrite            uint32    // bytes a READ or WRITE at most; 0: DefaultMaxWrite
	MaxReadahead        uint32    // bytes; 0: what the kernel offers
	MaxBackground       uint16    // requests that nobody waits for; 0: the kernel's 12
	CongestionThreshold uint16    // of them, to count as busy; 0: 3/4 of MaxBackground
	TimeGran            uint32    // resolution of times in nanoseconds; 0: 1
	RequestTimeout      uint16    // seconds until the kernel aborts the connection; 0: never
}

// protocol is what was agreed on with the kernel.
type protocol struct {
	minor uint32
	flags InitFlags
}

// Negotiate returns the reply to INIT: of what is wanted, what the kernel
// offers. Its first [InitOutSize] bytes are to be sent.
//
// With a kernel of a larger major version the reply says 7, and the kernel sends
// another INIT. There never was another one; a smaller one is EPROTO.
func Negotiate(in *InitIn, want *Limits) (InitOut, error) {
	switch {
	case in.Major < Major:
		return InitOut{}, syscall.EPROTO
	case in.Major > Major:
		return InitOut{Major: Major, Minor: Minor}, nil
	}
	out := InitOut{Major: Major, Minor: min(in.Minor, Minor)}

	offered := InitFlags(in.Flags)
	if in.Minor < 6 {
		offered = 0 // it sends no flags
	}
	if offered&InitExt != 0 {
		offered |= InitFlags(in.Flags2) << 32
	}
	flags := (always | want.Flags) & offered &^ initReserved
	out.Flags, out.Flags2 = uint32(flags), uint32(flags>>32)

	out.MaxReadahead = in.MaxReadahead
	if want.MaxReadahead != 0 {
		out.MaxReadahead = min(want.MaxReadahead, in.MaxReadahead)
	}
	out.MaxBackground = want.MaxBackground
	out.CongestionThreshold = want.CongestionThreshold
	if out.CongestionThreshold == 0 {
		out.CongestionThreshold = uint16(uint32(want.MaxBackground) * 3 / 4)
	}
	out.TimeGran = max(want.TimeGran, 1)
	if flags&RequestTimeout != 0 {
		out.RequestTimeout = want.RequestTimeout
	}

	page := uint32(os.Getpagesize())
	out.MaxWrite = want.MaxWrite
	if out.MaxWrite == 0 {
		out.MaxWrite = DefaultMaxWrite
	}
	out.MaxWrite = max(out.MaxWrite, 4096) // the kernel takes no less
	if flags&MaxPages != 0 {
		pages := min((uint64(out.MaxWrite)+uint64(page)-1)/uint64(page), 1<<16-1)
		out.MaxPages = uint16(pages)
		out.MaxWrite = min(out.MaxWrite, uint32(pages)*page)
	} else {
		out.MaxWrite = min(out.MaxWrite, defaultMaxPages*page)
	}
	return out, nil
}

// InitOutSize returns how long a reply to INIT is for a kernel of that minor
// version.
func InitOutSize(minor uint32) int {
	switch {
	case minor < 5:
		return compatInitOut5
	case minor < 23:
		return compatInitOut23
	}
	return int(unsafe.Sizeof(InitOut{}))
}

// protocol returns what a reply agrees to.
func (o *InitOut) protocol() protocol {
	return protocol{minor: o.Minor, flags: InitFlags(o.Flags) | InitFlags(o.Flags2)<<32}
}

// maxData returns how many bytes of data a request or a reply has at most.
func (o *InitOut) maxData() int {
	pages := int(o.MaxPages)
	if pages == 0 {
		pages = defaultMaxPages
	}
	return max(minBuffer, int(o.MaxWrite), pages*os.Getpagesize())
}

// maxData returns the same for whatever any kernel may offer.
func (l *Limits) maxData() int {
	most := InitIn{Major: Major, Minor: Minor, Flags: uint32(MaxPages)}
	out, _ := Negotiate(&most, l)
	return max(out.maxData(), defaultMaxPages*os.Getpagesize())
}
