//go:build linux

package fstest

import (
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// User and group ids that need no entry in any database.
const (
	aliceUID, aliceGID = 4001, 5001
	bobUID, bobGID     = 4002, 5002
	teamGID            = 5100 // a group for supplementary membership
)

// as runs f with the user id, group id and supplementary groups given. The
// effective, real, saved and filesystem ids are all set, so the thread loses
// its capabilities. f may end the test.
//
// The Go functions for these calls change every thread, as POSIX says; the
// kernel keeps credentials per thread, and the raw system calls change one.
func as(t *testing.T, uid, gid int, groups []int, f func()) {
	t.Helper()
	onThread(t, func() {
		list := make([]uint32, len(groups)+1) // never empty, for the pointer
		for i, g := range groups {
			list[i] = uint32(g)
		}
		if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(groups)), uintptr(unsafe.Pointer(&list[0])), 0); errno != 0 {
			t.Fatalf("setgroups: %v", errno)
		}
		id := uintptr(gid)
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, id, id, id); errno != 0 {
			t.Fatalf("setresgid: %v", errno)
		}
		id = uintptr(uid)
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, id, id, id); errno != 0 {
			t.Fatalf("setresuid: %v", errno)
		}
		f()
	})
}

// asAlice runs f as an ordinary user in no group but her own.
func asAlice(t *testing.T, f func()) { t.Helper(); as(t, aliceUID, aliceGID, nil, f) }

// asBob runs f as another ordinary user.
func asBob(t *testing.T, f func()) { t.Helper(); as(t, bobUID, bobGID, nil, f) }

// withUmask runs f with the umask given.
func withUmask(t *testing.T, mask int, f func()) {
	t.Helper()
	onThread(t, func() {
		unix.Umask(mask)
		f()
	})
}

// inDir runs f with dir as the working directory.
func inDir(t *testing.T, dir string, f func()) {
	t.Helper()
	onThread(t, func() {
		must(t, unix.Chdir(dir), "chdir")
		f()
	})
}

// onThread runs f on a thread of its own, whose working directory, umask and
// credentials f may change at will: the thread dies with f. It ends the test
// if f did.
func onThread(t *testing.T, f func()) {
	t.Helper()
	var tid int
	done := make(chan bool)
	go offMainThread(func() {
		ok := false
		defer func() { done <- ok }()
		tid = unix.Gettid()
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			t.Errorf("unshare(CLONE_FS): %v", err)
			return
		}
		f()
		ok = true
	})
	ok := <-done
	// Until the kernel has buried the thread, it holds on to its working
	// directory and its descriptors, locks included.
	for unix.Tgkill(unix.Getpid(), tid, 0) != unix.ESRCH {
		runtime.Gosched()
	}
	if !ok {
		t.FailNow()
	}
}

// offMainThread runs f on a locked thread that ends when the calling goroutine
// does, because it is not unlocked. The main thread would not: the runtime
// keeps it, changed as it is, and /proc/self shows its credentials.
func offMainThread(f func()) {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // another thread: this one is taken
		f()
	}()
	<-done
	runtime.UnlockOSThread()
}
