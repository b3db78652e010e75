package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// checkCommand reports an unknown command. Left to itself, cobra would complain
// about the flags that go with it.
func checkCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 || isFlag(args[0]) || isCommand(root, args[0]) {
		return nil
	}
	near := ""
	if list := root.SuggestionsFor(args[0]); len(list) > 0 {
		near = fmt.Sprintf(", did you mean %s?", list[0])
	}
	return usageError(root, fmt.Errorf("unknown command %q%s", args[0], near))
}

func newRootCommand(program string) *cobra.Command {
	root := &cobra.Command{
		Use:           "memfs",
		Short:         "an in-memory filesystem",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,

		SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError(cmd, errors.New("no command"))
		},
	}
	root.AddCommand(newMountCommand(), newHelperCommand(program), newUmountCommand(), newBenchCommand(), newReplayCommand(), newVersionCommand())
	root.SetFlagErrorFunc(usageError)
	// The texts are written by hand, to fit a screen.
	root.SetHelpTemplate("{{if .Long}}{{.Long}}{{else}}{{.UsageString}}{{end}}")
	return root
}

const rootHelp = `memfs is a filesystem held in memory, like tmpfs but also without root.

Usage:
  memfs mount [-f] [-o OPTION,...]... [SOURCE] DIR   mount on DIR
  memfs umount [-l] DIR                              unmount; the data is gone
  memfs bench [FLAG]...                              measure what requests cost
  memfs bench compare OLD.json NEW.json              compare two measurements
  memfs replay [-a DIR2] FILE DIR                    run a trace of the fuzzer
  memfs version [-v]                                 what this is and can do
  memfs completion bash|zsh|fish                     print a completion script
  memfs help COMMAND                                 explain a command

mount(8) and fstab(5) work as well:
  mount -t fuse.memfs -o size=1g none /mnt/scratch
  none  /mnt/scratch  fuse.memfs  size=1g,mode=755  0  0

Example:
  mkdir -p /tmp/scratch
  memfs mount -o size=25% /tmp/scratch
  df -h /tmp/scratch
  memfs umount /tmp/scratch

Exit status: 0 done, 1 failed, 2 not understood. Errors are one line.
`
