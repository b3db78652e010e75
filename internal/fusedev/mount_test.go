//go:build linux

package fusedev

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// onLoops runs a test with each loop.
func onLoops(t *testing.T, f func(*testing.T, Loop)) {
	for _, l := range []Loop{Dev, Clone, URing} {
		t.Run(string(l), func(t *testing.T) { f(t, l) })
	}
}

// stat returns the errno of lstat(2).
func (m *mount) stat(name string) error {
	var st unix.Stat_t
	return unix.Lstat(filepath.Join(m.dir, name), &st)
}

// getxattr returns an attribute of the root.
func (m *mount) getxattr(t *testing.T, name string) string {
	t.Helper()
	b := make([]byte, 4096)
	n, err := unix.Lgetxattr(m.dir, name, b)
	if err != nil {
		t.Fatalf("getxattr %s: %v", name, err)
	}
	return string(b[:n])
}

// slow makes a request that waits until "open" is looked up, which is ENOTEMPTY. The
// signals by which the Go runtime preempts goroutines interrupt it.
func (m *mount) slow() error {
	for {
		if _, err := unix.Lgetxattr(filepath.Join(m.dir, "file"), "user.slow", nil); err != syscall.EINTR {
			return err
		}
	}
}

// expect fails the test unless lstat(2) of a name returns that errno.
func (m *mount) expect(t *testing.T, name string, want error) {
	t.Helper()
	if err := m.stat(name); err != want {
		t.Errorf("%s: %v, want %v", name, err, want)
	}
}

func TestMount(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		checkFS(t, m)
	})
}

// TestMountSizes has the smallest requests, and larger ones than the kernel makes.
func TestMountSizes(t *testing.T) {
	for _, size := range []string{"4096", "100000", "16777216"} {
		t.Run(size, func(t *testing.T) {
			t.Setenv(maxWriteVariable, size)
			onLoops(t, func(t *testing.T, l Loop) {
				checkFS(t, newMount(t, l))
			})
		})
	}
}

// checkFS looks at everything that there is.
func checkFS(t *testing.T, m *mount) {
	file := filepath.Join(m.dir, "file")
	if b, err := os.ReadFile(file); string(b) != content || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if list, err := os.ReadDir(m.dir); err != nil || len(list) != 1 || list[0].Name() != "file" {
		t.Errorf("%v %v", list, err)
	}
	var st unix.Statfs_t
	if err := unix.Statfs(m.dir, &st); err != nil || st.Blocks != 7 {
		t.Errorf("%+v %v", st, err)
	}
	m.expect(t, "nothing", syscall.ENOENT)
	if got := m.getxattr(t, "user.name"); got != "user.name" {
		t.Errorf("%q", got)
	}
	w, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, n := range []int{1, 4096, 4097, 1 << 20, 3 << 20} {
		if _, err := w.WriteAt(bytes.Repeat([]byte{'w'}, n), 0); err != nil {
			t.Errorf("writing %d bytes: %v", n, err)
		}
	}
}

// TestMountSlow has many more requests that wait, all of one CPU, than a queue has
// entries or the server threads. All others are served meanwhile.
func TestMountSlow(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		testSlow(t, newMount(t, l), 0)
	})
}

// TestMountSlowElsewhere does the same on a CPU on which the server may not run.
func TestMountSlowElsewhere(t *testing.T) {
	requireCPUs(t)
	onLoops(t, func(t *testing.T, l Loop) {
		testSlow(t, newMount(t, l, 0), 1)
	})
}

func testSlow(t *testing.T, m *mount, cpu int) {
	const n = 40
	errs := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			onCPUs([]int{cpu}, func() error {
				errs[i] = m.slow()
				return nil
			})
		})
	}
	// Each of these is a request that is served while others wait.
	for m.getxattr(t, "user.waiting") != fmt.Sprint(n) {
		runtime.Gosched()
	}
	onCPUs([]int{cpu}, func() error {
		m.expect(t, "file", nil)
		m.expect(t, "open", syscall.ENOENT)
		return nil
	})
	wait.Wait()
	for i, err := range errs {
		if err != syscall.ENOTEMPTY {
			t.Errorf("slow.%d: %v", i, err)
		}
	}
	checkFS(t, m)
}

func requireCPUs(t *testing.T) {
	t.Helper()
	if runtime.NumCPU() < 2 {
		t.Skip("there is one CPU only")
	}
}

// TestMountAllocations counts what the server allocates: for a request, nothing.
func TestMountAllocations(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		w, err := os.OpenFile(filepath.Join(m.dir, "file"), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		data := bytes.Repeat([]byte{'w'}, 4096)
		const rounds = 1000
		run := func() {
			for range rounds {
				m.expect(t, "nothing", syscall.ENOENT) // LOOKUP
				m.expect(t, "", nil)                   // GETATTR of the root
				var st unix.Statfs_t
				if err := unix.Statfs(m.dir, &st); err != nil {
					t.Fatal(err)
				}
				if _, err := w.WriteAt(data, 0); err != nil { // GETXATTR, WRITE
					t.Fatal(err)
				}
			}
		}
		mallocs := func() int {
			n, err := strconv.Atoi(m.getxattr(t, "user.mallocs"))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		run()
		before := mallocs()
		run()
		// The runtime allocates something now and then.
		if n := mallocs() - before; n > rounds/10 {
			t.Errorf("%d allocations in %d rounds", n, rounds)
		} else {
			t.Logf("%d allocations in %d rounds", n, rounds)
		}
	})
}

func TestMountInterrupt(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		for i := range 10 {
			thread, result := make(chan int), make(chan error)
			go func() {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				thread <- unix.Gettid()
				result <- m.stat(fmt.Sprint("slow.", i))
			}()
			tid := <-thread
			for m.getxattr(t, "user.waiting") != "1" {
				runtime.Gosched()
			}
			// The Go runtime takes this signal for a reason to preempt a
			// goroutine that does not run.
			if err := unix.Tgkill(os.Getpid(), tid, unix.SIGURG); err != nil {
				t.Fatal(err)
			}
			if err := <-result; err != syscall.EINTR {
				t.Errorf("%v, want EINTR", err)
			}
		}
	})
}

func TestMountPanic(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		m.expect(t, "panic", syscall.EIO)
		m.expect(t, "later panic", syscall.EIO)
		checkFS(t, m)
		if said := m.wait(t); strings.Count(said, "panic in LOOKUP: as asked for") != 2 {
			t.Errorf("the server says %q", said)
		}
	})
}

func TestMountNotify(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		file := filepath.Join(m.dir, "file")
		for _, step := range []struct{ do, want string }{
			{"", content},
			{"user.store", strings.ToUpper(content)},
			{"user.inval", content},
		} {
			if step.do != "" {
				m.getxattr(t, step.do)
			}
			if b, err := os.ReadFile(file); string(b) != step.want || err != nil {
				t.Errorf("after %q: %q %v", step.do, b, err)
			}
			if got := m.getxattr(t, "user.retrieve"); got != step.want[4:9] {
				t.Errorf("after %q: retrieved %q", step.do, got)
			}
		}
		if _, err := unix.Lgetxattr(m.dir, "user.entry", nil); err != syscall.ENOENT {
			t.Errorf("invalidating a name that is not cached: %v", err)
		}
		m.getxattr(t, "user.delete")
	})
}

// TestMountAbort aborts the connection while requests wait.
func TestMountAbort(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		errs := make([]error, 10)
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() { errs[i] = m.slow() })
		}
		for m.getxattr(t, "user.waiting") != fmt.Sprint(len(errs)) {
			runtime.Gosched()
		}
		if err := m.abort(); err != nil {
			t.Fatal(err)
		}
		wait.Wait()
		for _, err := range errs {
			if err != syscall.ECONNABORTED {
				t.Errorf("%v, want ECONNABORTED", err)
			}
		}
		if said := m.wait(t); !strings.Contains(said, "software caused connection abort") {
			t.Errorf("the server says %q", said)
		}
	})
}

// TestMountUnderLoad unmounts while requests are made.
func TestMountUnderLoad(t *testing.T) {
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l)
		stop := make(chan struct{})
		var wait sync.WaitGroup
		started := make(chan struct{}, 8)
		for i := range 8 {
			wait.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					m.stat(fmt.Sprint("nothing.", i))
					os.ReadFile(filepath.Join(m.dir, "file"))
					if n == 100 {
						started <- struct{}{}
					}
				}
			})
		}
		for range cap(started) {
			<-started
		}
		if err := m.server.Process.Signal(unix.SIGTERM); err != nil {
			t.Fatal(err)
		}
		said := m.wait(t)
		close(stop)
		wait.Wait()
		if said != "served: <nil>\n" {
			t.Errorf("the server says %q", said)
		}
	})
}

// TestMountOneCPU has a server that may not run on all CPUs, and clients on each.
func TestMountOneCPU(t *testing.T) {
	requireCPUs(t)
	onLoops(t, func(t *testing.T, l Loop) {
		m := newMount(t, l, 0)
		for cpu := range runtime.NumCPU() {
			if err := onCPUs([]int{cpu}, func() error {
				for i := range 100 {
					if err := m.stat(fmt.Sprint("nothing.", i)); err != syscall.ENOENT {
						return err
					}
				}
				checkFS(t, m)
				return nil
			}); err != nil {
				t.Errorf("CPU %d: %v", cpu, err)
			}
		}
	})
}

// TestMountSwitchedOff asks for io_uring where root has not allowed it.
func TestMountSwitchedOff(t *testing.T) {
	requireFUSE(t)
	kernels := uringSwitch
	defer func() { uringSwitch = kernels }()
	uringSwitch = filepath.Join(t.TempDir(), "enable_uring")
	if err := os.WriteFile(uringSwitch, []byte("N\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := URingAvailable(); err == nil || !strings.Contains(err.Error(), "echo Y > "+uringSwitch) {
		t.Error(err)
	}
	dir := t.TempDir()
	fd, err := mountDevice(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewConn(fd, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l, why := c.Loop(); l != Clone || why == nil {
		t.Errorf("%v %v", l, why)
	}
	if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
		t.Error(err)
	}
	if err := c.Serve(newTestFS()); err != nil {
		t.Error(err)
	}
}
