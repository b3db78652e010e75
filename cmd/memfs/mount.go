package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scratchfs/memfs/memfs"
)

const mountHelp = `Mount an in-memory filesystem on DIR, and return when it answers.

Usage: memfs mount [-f] [-o OPTION,...]... [SOURCE] DIR

  -f, --foreground  stay; DIR may be /dev/fd/N, a FUSE connection that is open.
                    SIGINT or SIGTERM unmounts; if busy it says by whom, a
                    second detaches (ends with the last user), a third quits.
  -o, --options     options, separated by commas; the last of a kind wins:

  size=50%          bytes of file data: N[kmgt], or a percentage of memory
  nr_inodes=N       number of files, N[kmgt]; default one per 4k of half memory
  mode=1777 uid= gid=               of the root directory; uid, gid: yours
  relatime atime noatime strictatime nodiratime diratime symfollow nosymfollow
  ro rw nosuid suid nodev dev noexec exec sync async dirsync     as in mount(8)
  allow_other       admit other users (not root: see /etc/fuse.conf)
  fsname=SOURCE subtype=memfs       columns of the mount table
  max_read=N max_write=N max_background=N congestion_threshold=N
  default_permissions direct_io                                  as in fuse(8)
  loop=auto         serial goroutine workers dev clone uring; auto: the best
  threads=N queue_depth=N spin=50us                              of those loops
  locks=kernel      who keeps the locks of files: kernel or server
  writeback noxattr                 gather writes, ENOSPC comes late; no xattrs
Words that only fstab(5) needs, such as nofail and x-*, are ignored.
`

// A mountRequest is what the command line asks to mount.
type mountRequest struct {
	source, dir string
	lists       []string // what followed each -o
	sloppy      bool     // skip unknown options
	foreground  bool
}

func newMountCommand() *cobra.Command {
	var r mountRequest
	cmd := &cobra.Command{
		Use:   "mount [-f] [-o OPTION,...]... [SOURCE] DIR",
		Short: "mount on a directory",
		Long:  mountHelp,
		Args:  between(1, "SOURCE", "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.source, r.dir = splitArgs(args)
			return r.run(cmd)
		},
		ValidArgsFunction: completeDir,
	}
	cmd.Flags().BoolVarP(&r.foreground, "foreground", "f", false, "stay in the foreground")
	addOptionsFlag(cmd, &r.lists)
	return cmd
}

func addOptionsFlag(cmd *cobra.Command, lists *[]string) {
	cmd.Flags().StringArrayVarP(lists, "options", "o", nil, "mount options, separated by commas")
	// It fails for a flag that is not there.
	if err := cmd.RegisterFlagCompletionFunc("options", completeOptions); err != nil {
		panic(err)
	}
}

// splitArgs tells SOURCE and DIR apart.
func splitArgs(args []string) (source, dir string) {
	if len(args) == 2 {
		source = args[0]
	}
	return source, args[len(args)-1]
}

// options returns the mount options that r asks for. It drops from r.lists the
// words that it skipped.
func (r *mountRequest) options() (memfs.Options, error) {
	for {
		list := strings.Join(r.lists, ",")
		o, err := memfs.ParseOptions(list)
		var bad *memfs.OptionError
		if r.sloppy && errors.As(err, &bad) && bad.Unknown {
			r.lists = slices.DeleteFunc(memfs.SplitOptions(list), func(w string) bool { return w == bad.Option })
			continue
		}
		if o.FSName == "" {
			o.FSName = r.source
		}
		return o, err
	}
}

// run mounts, in this process or in one that stays behind.
func (r *mountRequest) run(cmd *cobra.Command) error {
	o, err := r.options()
	if err != nil {
		return usageError(cmd, err)
	}
	ready := takeReadyPipe()
	if !r.foreground && ready == nil {
		if strings.HasPrefix(r.dir, "/dev/fd/") {
			return fmt.Errorf("%s: a server in the background has not this descriptor; stay in the foreground: memfs mount -f %[1]s", r.dir)
		}
		return r.daemonize()
	}

	signals := catchSignals(ready != nil)
	switch cleaned, err := memfs.Clean(r.dir); {
	case err != nil:
		return err
	case cleaned:
		complain(fmt.Errorf("%s: removed a dead memfs mount, its server was gone", r.dir))
	}
	m, err := memfs.Mount(r.dir, o)
	var bad *memfs.OptionError
	switch {
	case errors.As(err, &bad):
		return usageError(cmd, err)
	case err != nil:
		return err
	case ready == nil:
		fmt.Fprintf(os.Stderr, "memfs: serving %s, loop=%s\n", m.Dir(), m.Loop())
	default:
		if err := ready.announce(); err != nil {
			// Whoever asked is gone: nobody knows of the mount.
			return errors.Join(err, m.Detach())
		}
	}
	return serve(m, signals)
}
