//go:build linux

package fusedev

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestParseCPUs(t *testing.T) {
	for list, want := range map[string][]int{
		"0":     {0},
		"0-3,5": {0, 1, 2, 3, 5},
		"":      nil,
		"3-1":   nil,
		"0-x":   nil,
	} {
		got, err := parseCPUs(list)
		if !reflect.DeepEqual(got, want) || (err != nil) != (want == nil) {
			t.Errorf("%q: %v, %v", list, got, err)
		}
	}
}

// TestURingForbiddenCPU has a CPU on which other programs may run, and no thread of this
// process, as where a cpuset excludes it: there may be no queue that cannot be kicked.
func TestURingForbiddenCPU(t *testing.T) {
	requireURing(t)
	kernels := cpuLists
	defer func() { cpuLists = kernels }()
	cpuLists = t.TempDir() + "/"
	n := runtime.NumCPU()
	for _, test := range []struct {
		online string
		ok     bool
	}{
		{"0-" + strconv.Itoa(n-1), true}, // the other one is off
		{"0-" + strconv.Itoa(n), false},
	} {
		for name, list := range map[string]string{"possible": "0-" + strconv.Itoa(n), "online": test.online} {
			if err := os.WriteFile(filepath.Join(cpuLists, name), []byte(list+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		u, err := newURing(&Conn{fd: -1, opts: Options{Depth: 1}})
		if (err == nil) != test.ok {
			t.Errorf("online: %s: %v", test.online, err)
		}
		if err == nil {
			u.close()
		}
	}
}

// TestOwnCPUs has a first thread that a connection before has pinned.
func TestOwnCPUs(t *testing.T) {
	requireCPUs(t)
	check := func() {
		first := os.Getpid()
		var before, pinned unix.CPUSet
		if err := unix.SchedGetaffinity(first, &before); err != nil {
			t.Error(err)
			return
		}
		pinned.Set(1)
		if err := unix.SchedSetaffinity(first, &pinned); err != nil {
			t.Error(err)
			return
		}
		own, err := ownCPUs()
		if e := unix.SchedSetaffinity(first, &before); e != nil {
			t.Error(e)
		}
		if err != nil || own != before {
			t.Errorf("%d CPUs, %v; want %d", own.Count(), err, before.Count())
		}
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if unix.Gettid() != os.Getpid() {
		check()
		return
	}
	// While this goroutine has the first thread no other has.
	var wait sync.WaitGroup
	wait.Go(func() {
		runtime.LockOSThread() // for good: the thread ends here
		check()
	})
	wait.Wait()
}

// TestMountMoved has a thread that is no longer on the CPU of its queue, as after that
// was switched off and on, when more requests of the CPU than the queue has entries wait
// for one that is behind them.
func TestMountMoved(t *testing.T) {
	requireCPUs(t)
	m := newMount(t, URing)
	m.expect(t, "file", nil)
	pid := m.server.Process.Pid
	moveThreads(t, pid, 0)

	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer unix.Kill(pid, unix.SIGCONT)
	if _, err := unix.Wait4(pid, nil, unix.WUNTRACED, nil); err != nil {
		t.Fatal(err)
	}
	const slow = 2 * testDepth
	var wait sync.WaitGroup
	request := func(make func() error, want error) {
		wait.Go(func() {
			onCPUs([]int{1}, func() error {
				if err := make(); err != want {
					t.Errorf("%v, want %v", err, want)
				}
				return nil
			})
		})
	}
	for range slow {
		request(m.slow, syscall.ENOTEMPTY)
	}
	m.awaitQueued(t, slow)
	request(func() error { return m.stat("open") }, syscall.ENOENT)
	m.awaitQueued(t, slow+1)
	if err := unix.Kill(pid, unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	wait.Wait()
}

// moveThreads has all threads of a process run on one CPU.
func moveThreads(t *testing.T, pid, cpu int) {
	t.Helper()
	threads, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/task")
	if err != nil {
		t.Fatal(err)
	}
	var set unix.CPUSet
	set.Set(cpu)
	for _, thread := range threads {
		tid, _ := strconv.Atoi(thread.Name())
		if err := unix.SchedSetaffinity(tid, &set); err != nil && err != unix.ESRCH {
			t.Fatal(err)
		}
	}
}

// awaitQueued returns when so many requests have been made and not answered, or more:
// other programs may look into every mount.
func (m *mount) awaitQueued(t *testing.T, n int) {
	t.Helper()
	file, err := m.control("waiting")
	if err != nil {
		t.Skip(err)
	}
	for ; ; runtime.Gosched() {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if waiting, err := strconv.Atoi(strings.TrimSpace(string(b))); err != nil || waiting >= n {
			if err != nil {
				t.Error(err)
			}
			return
		}
	}
}
