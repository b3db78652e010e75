package memfs

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// descriptor returns N if dir is /dev/fd/N, which stands for a connection that
// is open already, as in libfuse. -1 if it is a directory.
func descriptor(dir string) int {
	number, ok := strings.CutPrefix(dir, "/dev/fd/")
	if !ok {
		return -1
	}
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}

// adopt serves the connection fd, which dir names. Somebody else has mounted
// it, or there is no mount at the other end but a program.
func adopt(dir string, fd int, o *Options, start startFunc) (*MountPoint, error) {
	if word := o.mountWord(); word != "" {
		return nil, &OptionError{Option: word, Problem: "is for mounting, and " + dir + " is mounted already"}
	}
	// Who can reach it was for somebody else to say, and so was whether the kernel checks.
	o.DefaultPermissions, o.adopted = true, true
	socket, err := checkConnection(dir, fd)
	if err != nil {
		return nil, err
	}
	unix.CloseOnExec(fd)
	// Where it does not block, the library would have the poller of the Go
	// runtime wait, which does not work with /dev/fuse.
	if err := unix.SetNonblock(fd, false); err != nil {
		return nil, &Error{Op: "mount", Dir: dir, Problem: err.Error(), Err: err}
	}
	if !socket {
		m, err := serve(dir, fd, o, start)
		if err == nil {
			m.stop = func() error {
				return &Error{Op: "unmount", Dir: dir, Problem: "mounted by somebody else", Remedy: "unmount it where it is mounted", Err: unix.ENOTSUP}
			}
		}
		return m, err
	}

	// A descriptor of our own: the other one is closed when nothing is served.
	dup, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, &Error{Op: "mount", Dir: dir, Problem: err.Error(), Err: err}
	}
	end := os.NewFile(uintptr(dup), dir)
	if err := newScreen(device(fd)).awaitInit(); err != nil {
		end.Close()
		unix.Close(fd)
		return nil, &Error{Op: "mount", Dir: dir, Problem: err.Error(), Err: err}
	}
	m, err := serve(dir, fd, o, start)
	if err != nil {
		end.Close()
		return nil, err
	}
	go func() {
		<-m.served
		end.Close()
	}()
	m.stop = func() error {
		select {
		case <-m.served:
			return hangUpError(dir)
		default:
			return hangUp(dir, end)
		}
	}
	return m, nil
}

// checkConnection tells what is at the other end of a descriptor: a program, if
// it is a socket, or the kernel.
func checkConnection(dir string, fd int) (socket bool, err error) {
	refuse := func(problem, remedy string, err error) (bool, error) {
		return false, &Error{Op: "mount", Dir: dir, Problem: problem, Remedy: remedy, Err: err}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return refuse("no such descriptor", "open it in the process that starts this one", err)
	}
	switch {
	case st.Mode&unix.S_IFMT == unix.S_IFCHR && st.Rdev == unix.Mkdev(10, 229): // FUSE_MINOR of miscdevice.h
		return false, nil
	case st.Mode&unix.S_IFMT != unix.S_IFSOCK:
		return refuse("not a FUSE connection", "hand over "+fuseDevice+" or a socket of SOCK_SEQPACKET", unix.EINVAL)
	}
	if kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || kind != unix.SOCK_SEQPACKET {
		return refuse("a socket that does not keep messages apart", "use one of SOCK_SEQPACKET", unix.EINVAL)
	}
	return true, nil
}

// hangUp has a server read no more from a socket. What was read is answered, as far as
// there is room for replies.
func hangUp(dir string, end *os.File) error {
	raw, err := end.SyscallConn()
	if err == nil {
		var down error
		err = raw.Control(func(fd uintptr) { down = unix.Shutdown(int(fd), unix.SHUT_RD) })
		if err == nil && down != unix.ENOTCONN { // else the other end was faster
			err = down
		}
	}
	if err != nil { // it was closed just now
		return hangUpError(dir)
	}
	return nil
}

func hangUpError(dir string) error {
	return &Error{Op: "unmount", Dir: dir, Problem: "not served any more", Err: unix.EINVAL}
}

// mountWord returns an option that is for mount(2), if one is set.
func (o *Options) mountWord() string {
	for _, w := range []struct {
		set  bool
		word string
	}{
		{o.ReadOnly, "ro"},
		{o.Suid, "suid"},
		{o.Dev, "dev"},
		{o.NoExec, "noexec"},
		{o.Sync, "sync"},
		{o.DirSync, "dirsync"},
		{o.NoSymFollow, "nosymfollow"},
		{o.AllowOther, "allow_other"},
		{o.MaxRead != 0, "max_read"},
		{o.FSName != defaultName, "fsname"},
		{o.NoSubtype || o.Subtype != defaultName, "subtype"},
	} {
		if w.set {
			return w.word
		}
	}
	return ""
}
