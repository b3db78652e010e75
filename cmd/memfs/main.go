// Command memfs mounts an in-memory filesystem and unmounts it. The work is done
// by the package memfs; here are flags, signals and messages.
package main

import (
	"errors"
	"log"
	"os"

	"github.com/scratchfs/memfs/bench"
)

// Exit statuses.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	bench.Child()
	log.SetFlags(0)
	os.Exit(run(os.Args))
}

// run executes a command line, program name included, and returns its exit
// status. An error is one line on standard error.
func run(argv []string) int {
	root := newRootCommand(argv[0])
	args := commandArgs(root, argv)
	root.SetArgs(args)
	err := checkCommand(root, args)
	if err == nil {
		err = root.Execute()
	}
	if err == nil {
		return 0
	}
	var status *statusError
	if errors.As(err, &status) {
		if status.err != nil {
			complain(status.err)
		}
		return status.code
	}
	complain(err)
	return exitFailure
}
