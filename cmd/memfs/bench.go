package main

import (
	"errors"

	"github.com/spf13/cobra"
)

const benchHelp = `Measure the FUSE dispatch path.

Usage: memfs bench compare OLD.json NEW.json

See memfs bench compare --help.
`

func newBenchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "measure the FUSE dispatch path",
		Long:  benchHelp,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError(cmd, errors.New("bench: no command"))
		},
	}
	cmd.AddCommand(newBenchCompareCommand())
	return cmd
}
