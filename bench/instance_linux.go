package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// An instance is a target that runs: a server, unless somebody else serves it,
// and a client.
type instance struct {
	*target
	dir    string // where it is mounted
	made   bool   // dir is ours, to be removed
	server *process
	client *process
}

// startInstance mounts a target on a new directory in base and starts its
// client.
func (p *plan) startInstance(ctx context.Context, base string, t *target, observed bool) (*instance, error) {
	i := &instance{target: t, dir: t.dir}
	if err := i.start(ctx, p, base, observed); err != nil {
		if t.dir == "" {
			err = fmt.Errorf("%s: %w", t.name, err)
		}
		return nil, errors.Join(err, i.stop())
	}
	return i, nil
}

func (i *instance) start(ctx context.Context, p *plan, base string, observed bool) (err error) {
	kind := kindDirectory
	switch {
	case i.store:
		kind = kindStore
	case i.wire:
		kind = kindWire
	case i.in != "":
		if i.dir, err = os.MkdirTemp(i.in, workName+"-"); err != nil {
			return err
		}
		i.made = true
	case i.target.dir == "":
		if i.dir, err = os.MkdirTemp(base, i.name+"-"); err != nil {
			return err
		}
		i.made = true
		if i.peer != "" {
			i.server, err = startProcess(p.serverCPU, exec.Command(i.program, i.dir))
		} else {
			how := "plain"
			if observed {
				how = "observed"
			}
			i.server, err = startChild(p.serverCPU, "server", i.name, i.dir, how)
		}
		if err != nil {
			return err
		}
		if err := i.hear(ctx, i.server, new(status)); err != nil {
			return err
		}
	}
	if i.client, err = startChild(p.clientCPU, "client", kind, i.name, i.dir, strconv.Itoa(p.serverCPU)); err != nil {
		return err
	}
	var a answer
	if err := i.hear(ctx, i.client, &a); err != nil {
		return err
	}
	if a.Error != "" {
		return errors.New(a.Error)
	}
	return nil
}

// hear waits for a process to be ready.
func (i *instance) hear(ctx context.Context, p *process, v any) error {
	err := p.receive(ctx, v, patience)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer in %v", patience)
	}
	return err
}

// serverPID is the process to measure as the server; 0 if there is none, or
// if the client has to find it.
func (i *instance) serverPID() int {
	if i.server == nil || i.kernel {
		return 0
	}
	return i.server.cmd.Process.Pid
}

// do has the client do a job. If it takes too long, the connection is aborted.
// observed, if not nil, gets what the server has to say of the time measured.
func (i *instance) do(ctx context.Context, j job, timeout time.Duration, observed *status) ([]sample, error) {
	j.Server, j.NoData = i.serverPID(), i.noData
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := i.client.send(j); err != nil {
		return nil, err
	}
	for {
		var a answer
		if err := i.client.receive(ctx, &a, timeout); err != nil {
			i.abort()
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("not done in %v", timeout.Round(time.Second))
			}
			return nil, err
		}
		switch a.Event {
		case "":
			if a.Error != "" {
				return nil, errors.New(a.Error)
			}
			return a.Samples, nil
		case eventBegin:
			if err := i.server.send(order{Observe: true}); err != nil {
				return nil, err
			}
		case eventEnd:
			if err := i.server.send(order{}); err != nil {
				return nil, err
			}
			if err := i.server.receive(ctx, observed, timeout); err != nil {
				return nil, err
			}
		}
		if err := i.client.send(job{}); err != nil { // go on
			return nil, err
		}
	}
}

// broken reports whether the target has to be started anew.
func (i *instance) broken() bool {
	return i.client == nil || i.client.broken || i.server != nil && i.server.broken
}

// abort ends the client whatever it waits for: without a server the connection
// to the kernel is gone. Of a directory that somebody else serves only the
// client is killed.
func (i *instance) abort() {
	if i.server != nil {
		if i.kernel {
			return // the kernel does not hang, and only the server can unmount
		}
		i.server.broken = true
		i.server.kill()
	}
	i.client.broken = true
	i.client.kill()
}

// stop ends the processes and unmounts. It returns what is wrong if something
// of it stays. Once it is done, doing it again does nothing.
func (i *instance) stop() error {
	if i.client != nil {
		if i.client.broken {
			i.client.kill()
		}
		if !i.client.stop() {
			i.abort()
		}
	}
	if i.server != nil {
		i.server.stop()
	}
	killed := i.server == nil && i.dir != "" && i.client != nil && i.client.broken
	i.client, i.server = nil, nil
	if killed { // and what it worked in is not gone with a mount
		if err := removeWork(i.dir); err != nil {
			return err
		}
	}
	if !i.made {
		return nil
	}
	i.made = false
	// A server that was killed has left its mount.
	for mountedOn(i.dir) {
		if unix.Unmount(i.dir, unix.MNT_DETACH) != nil && exec.Command("fusermount3", "-uz", i.dir).Run() != nil {
			return fmt.Errorf("%s stays mounted; unmount it: umount -l %s", i.dir, i.dir)
		}
	}
	return os.Remove(i.dir)
}

// removeWork removes what a client works in, in a process that may hang.
func removeWork(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "rm", "-rf", filepath.Join(dir, workName))
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s is left", filepath.Join(dir, workName))
	}
	return nil
}

// mountedOn reports whether something is mounted on dir.
func mountedOn(dir string) bool {
	table, _ := os.ReadFile("/proc/self/mountinfo")
	return strings.Contains(string(table), " "+dir+" ")
}
