package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scratchfs/memfs/bench"
)

const benchCompareHelp = `Compare two reports of memfs bench: the gate for CI.

Usage: memfs bench compare [--threshold N%] OLD.json NEW.json

  -t, --threshold N%   the least change for the worse that counts (10%)

Rates, CPU time of the server, requests and memory of all that both reports have
are compared with the Mann-Whitney U test. Its p is adjusted for the number of
comparisons, so that many of them do not make false alarms. Ten rounds in each
report are good; with few, only what many workloads share is seen.

If the reports are of two machines, rates mean nothing: their ratios to the
baseline are compared instead.

Exit status: 0 nothing is worse, 1 something is, 2 they cannot be compared.
`

// percentage is a flag: 10% or 0.1.
type percentage float64

func (p *percentage) String() string { return strconv.FormatFloat(100*float64(*p), 'g', 4, 64) + "%" }
func (p *percentage) Type() string   { return "percentage" }

func (p *percentage) Set(s string) error {
	number, percent := strings.CutSuffix(s, "%")
	x, err := strconv.ParseFloat(number, 64)
	if err == nil && percent {
		x /= 100
	}
	if err != nil || !(x >= 0 && x < 1) {
		return errors.New("not a percentage from 0% to 99%")
	}
	*p = percentage(x)
	return nil
}

func newBenchCompareCommand() *cobra.Command {
	threshold := percentage(0.1)
	cmd := &cobra.Command{
		Use:   "compare [--threshold N%] OLD.json NEW.json",
		Short: "compare two reports; fail if the new one is worse",
		Long:  benchCompareHelp,
		Args:  between(2, "OLD.json", "NEW.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := compareFiles(args[0], args[1], float64(threshold))
			if err != nil {
				return &statusError{exitUsage, err}
			}
			if err := c.WriteTable(cmd.OutOrStdout()); err != nil {
				return &statusError{exitUsage, err}
			}
			if n := c.Regressions(); n > 0 {
				return &statusError{code: exitFailure} // the table has said so
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return []cobra.Completion{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	cmd.Flags().VarP(&threshold, "threshold", "t", "least change that counts")
	return cmd
}

func compareFiles(oldName, newName string, threshold float64) (*bench.Comparison, error) {
	old, err := readReport(oldName)
	if err != nil {
		return nil, err
	}
	new, err := readReport(newName)
	if err != nil {
		return nil, err
	}
	c, err := bench.Compare(old, new, threshold)
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", oldName, newName, err)
	}
	return c, nil
}

func readReport(name string) (*bench.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := bench.ReadReport(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
