// Package fstest states what a POSIX filesystem does, one behaviour at a time.
//
// A behaviour is a function of a test and of an empty directory of the
// filesystem under test. It drives that directory with plain system calls, the
// way any program would, and compares what comes back with what the manual
// page promises: the error number, the attributes, the bytes. Nothing in the
// package knows how the filesystem is made, so the same functions judge a
// kernel filesystem and a FUSE server in another process.
//
// # The oracle
//
// The reference is tmpfs. POSIX leaves much open and Linux decides most of it
// in the VFS; where both leave a choice, an in-memory filesystem had better do
// what the in-memory filesystem of the kernel does. The package's own tests
// therefore run every behaviour on a real tmpfs: one that fails there is a
// mistake in the behaviour, never a difference of opinion.
//
// # The tables
//
//   - All holds what every filesystem must do.
//   - Limits holds what a filesystem of 1 MiB and 64 inodes must do when it
//     runs full, and how it gets space back.
//   - Extensions holds what tmpfs does not offer but other Linux filesystems
//     do, such as FALLOC_FL_ZERO_RANGE.
//
// Behaviours that a server may be unable to carry, because its protocol
// library lacks the operation, stand alone under a telling prefix (Tmpfile,
// Rename2, Seek, Blocks, Btime), so that a caller can skip them by name and
// must give the reason when it does.
//
// # Rules for behaviours
//
// A behaviour asserts no durations and never sleeps to let something happen.
// Where time stamps must differ it waits for the kernel's clock to tick; where
// a filesystem may give space back asynchronously, as a FUSE server does when
// the kernel forgets an inode, it polls against a deadline and fails with the
// last numbers it saw.
//
// Credentials and the umask are changed on a locked thread which dies with the
// goroutine that changed them, so that no other test can observe them.
package fstest
