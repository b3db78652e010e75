package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/scratchfs/memfs/fuzz"
	"github.com/scratchfs/memfs/memfs"
)

const replayHelp = `Run a trace of the fuzzer as system calls in the directory DIR, and print it
with what each call returned.

Usage: memfs replay [-a DIR2] FILE DIR

  -a, --against DIR2   run it in DIR2 as well, and fail at the first difference

DIR may be on any filesystem. It must be empty, and is empty again afterwards.
The limits of the trace are not set. To find the same on memfs and on tmpfs as
its limits blocks=64 inodes=32 say, as root:

  memfs mount -o size=256k,nr_inodes=32 DIR
  mount -t tmpfs -o size=256k,nr_inodes=32 none DIR2
  memfs replay -a DIR2 FILE DIR

Operations run as the users that the trace names if you are root.
`

func newReplayCommand() *cobra.Command {
	var against string
	cmd := &cobra.Command{
		Use:   "replay [-a DIR2] FILE DIR",
		Short: "run a trace of the fuzzer in a directory",
		Long:  replayHelp,
		Args:  between(2, "FILE", "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			// The second signal ends the process, should the first be in vain.
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop)
			return replay(ctx, cmd, args[0], args[1], against)
		},
		ValidArgsFunction: completeReplay,
	}
	cmd.Flags().StringVarP(&against, "against", "a", "", "directory to compare with")
	if err := cmd.MarkFlagDirname("against"); err != nil { // there is no such flag
		panic(err)
	}
	return cmd
}

// completeReplay completes a file, and then a directory.
func completeReplay(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return nil, cobra.ShellCompDirectiveDefault
	case 1:
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func replay(ctx context.Context, cmd *cobra.Command, file, dir, against string) error {
	p, err := readTrace(file)
	if err != nil {
		return err
	}
	got, err := runTrace(ctx, dir, p)
	if err != nil {
		return err
	}
	var want *fuzz.Results
	if cmd.Flags().Changed("against") {
		if want, err = runTrace(ctx, against, p); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprint(cmd.OutOrStdout(), got.Trace(p)); err != nil || want == nil {
		return err
	}
	if f := fuzz.Compare(p, got, want, nil); f != nil {
		return &memfs.Error{Op: "replay", Dir: dir, Problem: f.Error(), Err: f}
	}
	return nil
}

func readTrace(file string) (fuzz.Program, error) {
	text, err := os.ReadFile(file)
	if err == nil {
		var p fuzz.Program
		if p, err = fuzz.Parse(string(text)); err == nil {
			return p, nil
		}
		err = errors.New(strings.TrimPrefix(err.Error(), "fuzz: "))
	}
	return fuzz.Program{}, &memfs.Error{Op: "replay", Dir: file, Problem: cause(err), Remedy: "FILE is a trace, as fuzz/testdata has them", Err: err}
}

func runTrace(ctx context.Context, dir string, p fuzz.Program) (*fuzz.Results, error) {
	res, err := fuzz.RunAt(ctx, dir, p)
	if err == nil {
		return res, nil
	}
	e := &memfs.Error{Op: "replay", Dir: dir, Problem: cause(err), Remedy: "DIR must be an empty directory of yours", Err: err}
	switch {
	case errors.Is(err, context.Canceled):
		e.Problem, e.Remedy = "interrupted", "it is as empty as before"
	case errors.Is(err, os.ErrNotExist):
		e.Problem, e.Remedy = "no such directory", "create an empty one: mkdir"
	}
	return nil, e
}

// cause returns what went wrong, without the path.
func cause(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
