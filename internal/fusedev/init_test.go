//go:build linux

package fusedev

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

func TestNegotiate(t *testing.T) {
	page := uint32(os.Getpagesize())
	const ext = 1 << 30
	for _, test := range []struct {
		name string
		in   InitIn
		want Limits
		out  InitOut
		err  error
		size int
	}{
		{
			name: "as wanted",
			in:   InitIn{Major: 7, Minor: 45, MaxReadahead: 131072, Flags: 1<<32 - 1, Flags2: 1<<32 - 1},
			want: Limits{Flags: ParallelDirops | HasResend, MaxBackground: 64},
			out: InitOut{Major: 7, Minor: 45, MaxReadahead: 131072, MaxWrite: 1 << 20, MaxPages: uint16(1 << 20 / page), TimeGran: 1,
				Flags: uint32(always | ParallelDirops), Flags2: uint32(HasResend >> 32), MaxBackground: 64, CongestionThreshold: 48},
			size: 64,
		},
		{
			name: "a newer kernel",
			in:   InitIn{Major: 7, Minor: 46, Flags: 1<<32 - 1},
			out:  InitOut{Major: 7, Minor: 45, MaxWrite: 1 << 20, MaxPages: uint16(1 << 20 / page), TimeGran: 1, Flags: uint32(always)},
			size: 64,
		},
		{
			name: "no second word without InitExt",
			in:   InitIn{Major: 7, Minor: 35, Flags: (1<<32 - 1) &^ ext, Flags2: 1<<32 - 1},
			want: Limits{Flags: HasResend | CacheSymlinks},
			out:  InitOut{Major: 7, Minor: 35, MaxWrite: 1 << 20, MaxPages: uint16(1 << 20 / page), TimeGran: 1, Flags: uint32((always | CacheSymlinks) &^ InitExt)},
			size: 64,
		},
		{
			name: "no MaxPages",
			in:   InitIn{Major: 7, Minor: 27, Flags: uint32(BigWrites)},
			out:  InitOut{Major: 7, Minor: 27, MaxWrite: 32 * page, TimeGran: 1, Flags: uint32(BigWrites)},
			size: 64,
		},
		{
			name: "small",
			in:   InitIn{Major: 7, Minor: 45, Flags: uint32(MaxPages), MaxReadahead: 1 << 20},
			want: Limits{MaxWrite: 5000, MaxReadahead: 4096, TimeGran: 1e6, CongestionThreshold: 3, RequestTimeout: 9},
			out:  InitOut{Major: 7, Minor: 45, MaxReadahead: 4096, MaxWrite: 5000, MaxPages: uint16((5000 + page - 1) / page), TimeGran: 1e6, Flags: uint32(MaxPages), CongestionThreshold: 3},
			size: 64,
		},
		{
			name: "timeout",
			in:   InitIn{Major: 7, Minor: 45, Flags: ext, Flags2: uint32(RequestTimeout >> 32)},
			want: Limits{Flags: RequestTimeout, RequestTimeout: 9},
			out:  InitOut{Major: 7, Minor: 45, MaxWrite: 32 * page, TimeGran: 1, Flags: ext, Flags2: uint32(RequestTimeout >> 32), RequestTimeout: 9},
			size: 64,
		},
		{
			name: "before 7.23",
			in:   InitIn{Major: 7, Minor: 22, Flags: uint32(BigWrites)},
			out:  InitOut{Major: 7, Minor: 22, MaxWrite: 32 * page, TimeGran: 1, Flags: uint32(BigWrites)},
			size: 24,
		},
		{
			name: "before 7.6 there are no flags",
			in:   InitIn{Major: 7, Minor: 4, Flags: 1<<32 - 1},
			out:  InitOut{Major: 7, Minor: 4, MaxWrite: 32 * page, TimeGran: 1},
			size: 8,
		},
		{name: "a larger major version", in: InitIn{Major: 8, Minor: 1, Flags: 1<<32 - 1}, out: InitOut{Major: 7, Minor: 45}, size: 8},
		{name: "a smaller major version", in: InitIn{Major: 6, Minor: 45}, err: syscall.EPROTO, size: 64},
	} {
		out, err := Negotiate(&test.in, &test.want)
		if out != test.out || err != test.err {
			t.Errorf("%s: %+v %v, want %+v %v", test.name, out, err, test.out, test.err)
		}
		if n := InitOutSize(test.in.Minor); n != test.size && test.in.Major == 7 {
			t.Errorf("%s: size %d, want %d", test.name, n, test.size)
		}
	}
}

func TestMaxData(t *testing.T) {
	page := os.Getpagesize()
	for _, test := range []struct {
		out  InitOut
		want int
	}{
		{InitOut{MaxWrite: 1 << 20, MaxPages: 256}, max(1<<20, 256*page)},
		{InitOut{MaxWrite: 4096, MaxPages: 1}, max(8192, page)},
		{InitOut{MaxWrite: 4096}, 32 * page},
	} {
		if got := test.out.maxData(); got != test.want {
			t.Errorf("%+v: %d, want %d", test.out, got, test.want)
		}
	}
	for _, test := range []struct {
		limits Limits
		want   int
	}{
		{Limits{}, max(1<<20, 32*page)},
		{Limits{MaxWrite: 4096}, 32 * page}, // if the kernel does not know MaxPages
		{Limits{MaxWrite: 1<<20 + 1}, 1<<20 + page},
	} {
		if got := test.limits.maxData(); got != test.want {
			t.Errorf("%+v: %d, want %d", test.limits, got, test.want)
		}
	}
}

func TestInitFlagsString(t *testing.T) {
	if got := (AsyncRead | OverIOURing | 1<<63).String(); got != "ASYNC_READ|OVER_IO_URING|1<<63" {
		t.Error(got)
	}
	if len(initFlagNames) != 43 || 1<<(len(initFlagNames)-1) != RequestTimeout {
		t.Error("a flag has no name")
	}
}

func TestMaxArg(t *testing.T) {
	for op, f := range formats {
		if f.arg > maxArg {
			t.Errorf("%v has %d bytes, more than %d", Opcode(op), f.arg, maxArg)
		}
	}
	if maxArg%unsafe.Sizeof(uint64(0)) != 0 {
		t.Error("scratch is too short")
	}
}
