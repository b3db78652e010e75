package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// helperName is the hidden command that serves mount(8).
const helperName = "mount-helper"

// commandArgs returns the arguments for root. It recognizes the two ways in
// which mount(8) starts a helper, which have no command word:
//
//	mount.memfs SOURCE DIR [-sfnv] [-o OPTIONS] [-t TYPE]   by mount itself
//	memfs SOURCE DIR -o OPTIONS                             by mount.fuse3
func commandArgs(root *cobra.Command, argv []string) []string {
	args := argv[1:]
	if isMountProgram(argv[0]) {
		return append([]string{helperName}, args...)
	}
	if len(args) > 2 && !isCommand(root, args[0]) && !isFlag(args[0]) && !isFlag(args[1]) && isFlag(args[2]) {
		return append([]string{helperName}, args...)
	}
	return args
}

func isMountProgram(program string) bool {
	return strings.HasPrefix(filepath.Base(program), "mount.")
}

func isFlag(arg string) bool { return strings.HasPrefix(arg, "-") }

// isCommand reports whether word selects a command, those included that cobra
// adds on its own.
func isCommand(root *cobra.Command, word string) bool {
	for _, c := range root.Commands() {
		if c.Name() == word || c.HasAlias(word) {
			return true
		}
	}
	return word == "help" || word == "completion" || strings.HasPrefix(word, "__complete")
}

// newHelperCommand returns the command that takes what mount(8) passes on.
func newHelperCommand(program string) *cobra.Command {
	var r mountRequest
	var f, ignored bool
	var fsType string
	cmd := &cobra.Command{
		Use:    helperName + " SOURCE DIR [-sfnv] [-o OPTIONS] [-t TYPE]",
		Short:  "mount as mount(8) asks",
		Hidden: true,
		Args:   between(2, "SOURCE", "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.source, r.dir = splitArgs(args)
			if isMountProgram(program) && f {
				_, err := r.options() // -f is "fake" to mount(8)
				if err != nil {
					err = usageError(cmd, err)
				}
				return err
			}
			r.foreground = f // as in any other FUSE filesystem
			return r.run(cmd)
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&f, "fake", "f", false, "check the options only")
	flags.BoolVarP(&r.sloppy, "sloppy", "s", false, "skip unknown options")
	flags.BoolVarP(&ignored, "no-mtab", "n", false, "no effect")
	flags.BoolVarP(&ignored, "verbose", "v", false, "no effect")
	flags.StringVarP(&fsType, "types", "t", "", "no effect")
	addOptionsFlag(cmd, &r.lists)
	return cmd
}
