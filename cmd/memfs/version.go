package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/memfs"
)

const versionHelp = `Print the version of memfs.

Usage: memfs version [-v]

  -v, --verbose   also print what this system offers: the kernel, FUSE, the
                  helper for mounting without root, and the loops
`

func newVersionCommand() *cobra.Command {
	var verbose bool
	cmd := &cobra.Command{
		Use:   "version [-v]",
		Short: "what this is and can do",
		Long:  versionHelp,
		Args:  between(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			if _, err := fmt.Fprintln(out, "memfs", buildVersion()); err != nil || !verbose {
				return err
			}
			return printSystem(out)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "what this system offers")
	return cmd
}

// buildVersion describes the build: version, revision, compiler, platform.
func buildVersion() string {
	version := "(unknown)"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			// A version with a revision in it needs no other.
			if s.Key == "vcs.revision" && len(s.Value) >= 12 && !strings.Contains(version, s.Value[:12]) {
				version += " " + s.Value[:12]
			}
		}
	}
	return fmt.Sprintf("%s %s %s/%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func printSystem(out io.Writer) error {
	var loops []string
	for _, l := range memfs.Loops() {
		loops = append(loops, string(l))
	}
	_, err := fmt.Fprintf(out, "kernel:      %s\n/dev/fuse:   %s\nfusermount3: %s\nloops:       %s\nloop=auto:   %s\n",
		kernel(), device(), helper(), strings.Join(loops, " "), bestLoop())
	return err
}

func bestLoop() string {
	best, why := memfs.BestLoop()
	if why != nil {
		return fmt.Sprintf("%s; not better: %v", best, why)
	}
	return string(best)
}

func kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return err.Error()
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}

func device() string {
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	switch {
	case err == nil:
		unix.Close(fd)
		return "usable"
	case os.IsPermission(err):
		return "not permitted"
	case os.IsNotExist(err):
		return "missing"
	}
	return err.Error()
}

func helper() string {
	path, err := exec.LookPath("fusermount3")
	if err != nil {
		return "missing; needed to mount without root"
	}
	said, err := exec.Command(path, "--version").Output()
	if err != nil {
		return path + ": " + err.Error()
	}
	version := strings.Fields(string(said))
	if len(version) == 0 {
		return path
	}
	return path + " " + version[len(version)-1]
}
