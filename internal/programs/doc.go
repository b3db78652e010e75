// Package programs runs real programs on a filesystem and checks what they made
// of it.
//
// Package fstest states one behaviour of the manual at a time; a program relies
// on a hundred of them in combinations nobody wrote down. So git, the Go
// toolchain, SQLite, tar, rsync, fio, stress-ng and dbench each do their work in
// a directory of the filesystem under test, and their results are judged: not
// only the exit status, but the repository, the tree, the database they leave.
//
// The functions have the shape of those in fstest. The package's own tests run
// them on tmpfs, where a failure is a mistake in the test, then on memfs with
// each of its loops, and once more as an ordinary user who mounts through
// fusermount3. pjdfstest, which no distribution packages, runs if PJDFSTEST
// names the directory it was built in.
//
// # Rules for programs
//
// A program runs under a deadline with an environment of its own: its home and
// its temporary files are on the filesystem under test, and no configuration of
// the host's user reaches it. What it printed is shown when it fails. A process
// that it leaves behind is a failure.
//
// A program that is not installed is a reason to skip, unless CI=true, where it
// is a failure.
package programs
