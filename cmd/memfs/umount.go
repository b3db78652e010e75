package main

import (
	"github.com/spf13/cobra"

	"github.com/scratchfs/memfs/memfs"
)

const umountHelp = `Unmount the memfs on DIR. What is in it is gone.

Usage: memfs umount [-l] DIR

  -l, --lazy   detach it at once, even if it is busy; it ends with its last user

If it is busy, the message names the processes that use it, as far as you may
look into them. Without root this needs fusermount3. umount(8) works as well.
`

func newUmountCommand() *cobra.Command {
	var lazy bool
	cmd := &cobra.Command{
		Use:     "umount [-l] DIR",
		Aliases: []string{"unmount"},
		Short:   "unmount; the data is gone",
		Long:    umountHelp,
		Args:    between(1, "DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			if lazy {
				return memfs.Detach(args[0])
			}
			return memfs.Unmount(args[0])
		},
		ValidArgsFunction: completeDir,
	}
	cmd.Flags().BoolVarP(&lazy, "lazy", "l", false, "detach even if busy")
	return cmd
}
