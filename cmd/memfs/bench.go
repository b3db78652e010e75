package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/scratchfs/memfs/bench"
)

const benchHelp = `Measure what FUSE requests cost: memfs beside tmpfs and other filesystems.

Usage: memfs bench [FLAG]...
       memfs bench compare OLD.json NEW.json

      --quick            a selection of workloads, in under two minutes (not 15)
      --list             list targets and workloads, and measure nothing
      --only NAME,...    workloads, or groups of them
      --targets NAME,... targets; NAME=DIR is an empty directory on any mount
      --baseline NAME    the target that ratios are to (the first)
      --threads N,...    for workloads with several threads (1,2,4...)
      --duration TIME    of a workload in a round, such as 200ms (what fits)
      --rounds N         how often everything is measured (7)
      --pin HOW          client and server on processors: free, same, other
      --stages           split requests: read, decode, lock, operation, reply
      --note TEXT        for the reader: what your directories are, say
      --json FILE        write the report as JSON, for memfs bench compare
      --html FILE        write it as a page with charts
      --text FILE        write it for benchstat
      --markdown DIR     write it as DIR/benchmarks.md with charts

Ctrl-C ends it early, unmounts everything and keeps what was measured.
`

// A benchRequest is what the command line asks to measure.
type benchRequest struct {
	bench.Config
	pin  string
	list bool
	outputs
}

func newBenchCommand() *cobra.Command {
	var r benchRequest
	cmd := &cobra.Command{
		Use:   "bench [FLAG]...",
		Short: "measure what FUSE requests cost",
		Long:  benchHelp,
		Args:  between(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.list {
				return listBench(cmd.OutOrStdout())
			}
			return r.run(cmd)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f := cmd.Flags()
	f.BoolVar(&r.Quick, "quick", false, "a selection, in under two minutes")
	f.BoolVar(&r.list, "list", false, "list targets and workloads")
	f.StringSliceVar(&r.Only, "only", nil, "workloads, or groups of them")
	f.StringSliceVar(&r.Targets, "targets", nil, "what to measure")
	f.StringVar(&r.Baseline, "baseline", "", "the target that ratios are to")
	f.IntSliceVar(&r.Threads, "threads", nil, "numbers of threads")
	f.DurationVar(&r.Duration, "duration", 0, "of a workload in a round")
	f.IntVar(&r.Rounds, "rounds", 0, "how often everything is measured")
	f.StringVar(&r.pin, "pin", "", "processors of client and server")
	f.BoolVar(&r.Stages, "stages", false, "split requests into stages")
	f.StringVar(&r.Note, "note", "", "for the reader of the report")
	f.StringVar(&r.json, "json", "", "write the report as JSON")
	f.StringVar(&r.html, "html", "", "write it as a page")
	f.StringVar(&r.text, "text", "", "write it for benchstat")
	f.StringVar(&r.markdown, "markdown", "", "write it as benchmarks.md")
	completeList(cmd, "only", bench.WorkloadNames())
	completeList(cmd, "targets", bench.TargetNames())
	completeList(cmd, "baseline", bench.TargetNames())
	var pins []string
	for _, p := range bench.Pinnings() {
		pins = append(pins, string(p))
	}
	completeList(cmd, "pin", pins)
	cmd.AddCommand(newBenchCompareCommand())
	return cmd
}

// run measures, and writes the report wherever it is asked for.
func (r *benchRequest) run(cmd *cobra.Command) error {
	if cmd.Flags().Changed("rounds") && r.Rounds < 1 {
		return usageError(cmd, fmt.Errorf("--rounds %d: want at least 1", r.Rounds))
	}
	if cmd.Flags().Changed("duration") && r.Duration <= 0 {
		return usageError(cmd, fmt.Errorf("--duration %v: want more than nothing", r.Duration))
	}
	r.Pin, r.Command = bench.Pinning(r.pin), os.Args
	if err := r.outputs.open(); err != nil {
		return err
	}
	defer r.outputs.abandon()

	ctx, cancel := context.WithCancelCause(cmd.Context())
	defer cancel(nil)
	status := 0
	signals := catchSignals(false)
	go func() {
		if s, ok := (<-signals).(syscall.Signal); ok {
			status = 128 + int(s) // as a shell says it
			cancel(errors.New("interrupted"))
		}
	}()

	line := newProgressLine(os.Stderr)
	r.Progress = line.show
	report, err := bench.Run(ctx, r.Config)
	line.clear()
	var bad *bench.ConfigError
	switch {
	case errors.As(err, &bad):
		return usageError(cmd, err)
	case err != nil && ctx.Err() != nil:
		return &statusError{status, err}
	case report == nil:
		return err
	}
	if err != nil { // something stays
		complain(err)
		status = exitFailure
	}
	if err := errors.Join(bench.WriteTable(cmd.OutOrStdout(), report), r.outputs.write(report)); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &statusError{status, errors.New("interrupted; the report is partial")}
	}
	if status != 0 {
		return &statusError{code: status}
	}
	return nil
}

// listBench prints what can be measured, and what it can be measured with.
func listBench(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "targets:")
	for _, t := range bench.Targets() {
		fmt.Fprintf(w, "  %s\t%s\n", t.Name, t.What)
	}
	fmt.Fprintln(w, "  NAME=DIR\tan empty directory on any mount")
	group := ""
	for _, l := range bench.Workloads() {
		if l.Group != group {
			group = l.Group
			fmt.Fprintf(w, "%s:\n", group)
		}
		fmt.Fprintf(w, "  %s\t%s\n", l.Name, l.What)
	}
	return w.Flush()
}

// completeList completes a flag that takes words separated by commas.
func completeList(cmd *cobra.Command, flag string, words []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, list string) ([]cobra.Completion, cobra.ShellCompDirective) {
		done := list[:strings.LastIndexByte(list, ',')+1]
		var found []cobra.Completion
		for _, w := range words {
			if strings.HasPrefix(w, list[len(done):]) {
				found = append(found, done+w)
			}
		}
		return found, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil { // for a flag that is not there
		panic(err)
	}
}
