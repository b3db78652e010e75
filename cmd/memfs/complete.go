package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scratchfs/memfs/memfs"
)

// completeOptions completes the last word of a list of mount options.
func completeOptions(_ *cobra.Command, _ []string, list string) ([]cobra.Completion, cobra.ShellCompDirective) {
	done, last := "", list
	if i := strings.LastIndexByte(list, ','); i >= 0 {
		done, last = list[:i+1], list[i+1:]
	}
	var found []cobra.Completion
	for _, w := range memfs.OptionWords() {
		if value, ok := strings.CutPrefix(last, w.Name); ok && strings.HasSuffix(w.Name, "=") {
			for _, v := range w.Values {
				if strings.HasPrefix(v, value) {
					found = append(found, done+w.Name+v)
				}
			}
		} else if strings.HasPrefix(w.Name, last) {
			found = append(found, cobra.CompletionWithDesc(done+w.Name, w.Help))
		}
	}
	// No space: a comma or a value may follow.
	return found, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

// completeDir completes directories.
func completeDir(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}
