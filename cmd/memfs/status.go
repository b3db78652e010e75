package main

import (
	"fmt"
	"log"
	"strings"

	"github.com/spf13/cobra"
)

// A statusError ends the program with a status of its own.
type statusError struct {
	code int
	err  error // nil if it was reported already
}

func (e *statusError) Error() string { return fmt.Sprintf("exit status %d: %v", e.code, e.err) }
func (e *statusError) Unwrap() error { return e.err }

// usageError reports a command line that cannot be understood.
func usageError(cmd *cobra.Command, err error) error {
	help := "memfs help"
	switch {
	case cmd.Name() == helperName:
		help += " mount"
	case cmd.HasParent():
		help += strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name())
	}
	return &statusError{exitUsage, fmt.Errorf("%w; see: %s", err, help)}
}

// between checks the number of arguments, which names names, last one needed most.
func between(least int, names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usageError(cmd, fmt.Errorf("%s: no %s given", cmd.Name(), names[len(names)-least+len(args)]))
		case len(args) > len(names):
			return usageError(cmd, fmt.Errorf("%s: unexpected argument %q", cmd.Name(), args[len(names)]))
		}
		return nil
	}
}

// complain prints one line on standard error, or in the background to the
// system log.
func complain(err error) { log.Print("memfs: ", err) }
