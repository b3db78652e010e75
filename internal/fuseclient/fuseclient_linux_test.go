package fuseclient

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The structures have the sizes of linux/fuse.h.
func TestSizes(t *testing.T) {
	for op, size := range map[Opcode]uintptr{
		Init: unsafe.Sizeof(InitIn{}), Forget: unsafe.Sizeof(ForgetIn{}), BatchForget: unsafe.Sizeof(BatchForgetIn{}),
		Getattr: unsafe.Sizeof(GetattrIn{}), Setattr: unsafe.Sizeof(SetattrIn{}), Mknod: unsafe.Sizeof(MknodIn{}),
		Mkdir: unsafe.Sizeof(MkdirIn{}), Rename: unsafe.Sizeof(RenameIn{}), Link: unsafe.Sizeof(LinkIn{}),
		Read: unsafe.Sizeof(ReadIn{}), Write: unsafe.Sizeof(WriteIn{}), Setxattr: unsafe.Sizeof(SetxattrIn{}),
		Getxattr: unsafe.Sizeof(GetxattrIn{}), Fallocate: unsafe.Sizeof(FallocateIn{}),
		Rename2: unsafe.Sizeof(Rename2In{}), Open: unsafe.Sizeof(OpenIn{}), Tmpfile: unsafe.Sizeof(CreateIn{}),
		Lseek: unsafe.Sizeof(LseekIn{}), CopyFileRange: unsafe.Sizeof(CopyFileRangeIn{}), Ioctl: unsafe.Sizeof(IoctlIn{}),
		Setlk: unsafe.Sizeof(LockIn{}), Access: unsafe.Sizeof(AccessIn{}), Statx: unsafe.Sizeof(StatxIn{}),
		Interrupt: unsafe.Sizeof(InterruptIn{}),
	} {
		if op.Body() != int(size) {
			t.Errorf("%v: %d bytes, want %d", op, size, op.Body())
		}
	}
	for name, sizes := range map[string][2]uintptr{
		"in header": {unsafe.Sizeof(InHeader{}), 40}, "out header": {unsafe.Sizeof(OutHeader{}), 16},
		"entry": {unsafe.Sizeof(EntryOut{}), 128}, "attr": {unsafe.Sizeof(AttrOut{}), 104}, "open": {unsafe.Sizeof(OpenOut{}), 16},
		"statfs": {unsafe.Sizeof(StatfsOut{}), 80}, "init": {unsafe.Sizeof(InitOut{}), 64}, "dirent": {unsafe.Sizeof(Dirent{}), 24},
		"statx": {unsafe.Sizeof(StatxOut{}), 288}, "forget one": {unsafe.Sizeof(ForgetOne{}), 16},
	} {
		if sizes[0] != sizes[1] {
			t.Errorf("%s: %d bytes, want %d", name, sizes[0], sizes[1])
		}
	}
}

func TestCheck(t *testing.T) {
	for want, c := range map[string]struct {
		error  int32
		excess uint32
		op     Opcode
		size   uint32
		bytes  int
	}{
		"":                           {0, 0, Lookup, 0, 128},
		"a reply to FORGET":          {0, 0, Forget, 0, 0},
		"a reply to INTERRUPT":       {-4, 0, Interrupt, 0, 0},
		"says that it has 17":        {0, 1, Unlink, 0, 0},
		"the error 2 is none":        {2, 0, Lookup, 0, 0},
		"the error -512 is none":     {-512, 0, Lookup, 0, 0},
		"error -2 with 128 bytes":    {-2, 0, Lookup, 0, 128},
		"127 bytes, want 128 to 128": {0, 0, Mkdir, 0, 127},
		"8 bytes, want 0 to 0":       {0, 0, Rmdir, 0, 8},
		"11 bytes, want 0 to 10":     {0, 0, Read, 10, 11},
		"GETXATTR: a reply with 10 bytes, want 8 to 8": {0, 0, Getxattr, 0, 10},
		"OP_99 succeeded": {0, 0, 99, 0, 0},
	} {
		r := Reply{OutHeader{uint32(OutHeaderSize+c.bytes) + c.excess, c.error, 1}, make([]byte, c.bytes)}
		if err := r.Check(c.op, c.size); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v %+v: %v, want %q", c.op, r.OutHeader, err, want)
		}
	}
	for bytes, want := range map[int]bool{23: false, 24: true, 25: false} {
		r := Reply{OutHeader{uint32(OutHeaderSize + bytes), 2, 0}, make([]byte, bytes)}
		if !r.IsNotification() || (r.CheckNotification() == nil) != want {
			t.Errorf("INVAL_INODE with %d bytes: %v", bytes, r.CheckNotification())
		}
	}
	r := Reply{OutHeader{uint32(OutHeaderSize + 8), 0, 1}, Append(nil, &WriteOut{Size: 11})}
	if r.Check(Write, 10) == nil || r.Check(Write, 11) != nil {
		t.Error("a WRITE of more than there was is not noticed, or one of as much is")
	}
}

// TestConn has a server that answers each request with its header alone.
func TestConn(t *testing.T) {
	c, fd, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer unix.Close(fd)
		in, out := make([]byte, MaxMessage), make([]byte, 0, OutHeaderSize)
		for {
			n, err := unix.Read(fd, in)
			if err != nil || n < InHeaderSize {
				return
			}
			out = Append(out[:0], &OutHeader{Len: uint32(OutHeaderSize), Unique: Header(in).Unique})
			if _, err := unix.Write(fd, out); err != nil {
				return
			}
		}
	}()
	frame := make([]byte, 0, 64)
	allocs := testing.AllocsPerRun(100, func() {
		frame = End(AppendString(Begin(frame[:0], Unlink, c.Unique(), RootID), "name"))
		if err := c.Send(frame); err != nil {
			t.Fatal(err)
		}
		r, err := c.Receive()
		if err != nil || r.Check(Unlink, 0) != nil || r.Unique != Header(frame).Unique {
			t.Fatalf("%+v, %v", r, err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations a round trip", allocs)
	}

	if err := c.SetTimeout(time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Receive(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v, want that the deadline is exceeded", err)
	}
	if err := c.SetTimeout(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(frame[:8]); err != nil { // the server hangs up
		t.Fatal(err)
	}
	if _, err := c.Receive(); err != io.EOF {
		t.Errorf("%v, want EOF", err)
	}
	if err := c.Send(frame); err != io.EOF {
		t.Errorf("%v, want EOF", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
