// Package inode is the store behind memfs: an in-memory filesystem with no
// kernel, no FUSE and no transport in it.
//
// A [Store] holds a table of inodes, found by number without a lock;
// directories, each a B-tree of dentries ordered by the hash of the name;
// sparse file contents, kept off the Go heap in blocks of 4 KiB; symlinks,
// fifos, sockets, device nodes; extended attributes; and the two limits of
// tmpfs, blocks and inodes. Its methods are whole filesystem operations. Each
// is atomic, checks everything before it changes anything, and returns a
// [syscall.Errno], 0 for success: a failed operation leaves no trace. Where the
// behaviour is a matter of taste it is that of Linux tmpfs (mm/shmem.c).
//
// Atomic means that operations at the same time return what they would in some
// order, with three exceptions, which are those of tmpfs. [Store.StatFS] reads its
// counters one after the other. [Store.ReadDirPlus] lists the names as they are at
// one time, but reads the attributes of each inode by itself. And what is freed
// goes back to the limits piece by piece, as what an operation takes before it
// fails does: another one at the same time may find less than all of it, and
// return ENOSPC or write less.
//
// Permission checks are not made here. The kernel makes them before it sends a
// request (mount option default_permissions). But what the flags of an inode
// forbid it does not know: see [FlagImmutable].
//
// # Life of an inode
//
// An inode lives as long as it has a link (a dentry that names it) or a lookup
// count (the number of times it was given out in an [Entry] less the number of
// times [Store.Forget] took back). When both are gone its contents, its number
// and its share of the limits are free again. No open handle is needed to keep
// an unlinked file alive: the kernel's lookup count does that. A number that is
// used again comes with another generation.
//
// # Lock order
//
// There is a read-write lock in each inode, Store.renaming for the shape of the
// tree, and leaf locks in the table, the block allocator and the slabs. They
// are taken in this order, and never against it:
//
//	Store.renaming
//	└── inode.mu of a directory, an ancestor before its descendants;
//	    │   two that are not related in ascending order of their numbers,
//	    │   and only under Store.renaming
//	    └── inode.mu of a child: the files, and the directories to be removed
//	        │   or moved, in a directory whose lock is held; a directory before
//	        │   a file, two files or two directories of them in ascending order
//	        │   of their numbers, as are two files without a directory; two
//	        │   directories only under Store.renaming, siblings too
//	        └── shard.mu, slabs.mu, blocks.mu, limits.moving (slabs.mu before
//	            blocks.mu)
//
// Store.renaming is held by a rename between two directories, and by one that
// replaces a directory by another or exchanges two, and only by these. Since the
// parent of a directory changes under it alone, "ancestor" means something while
// it is held. All others lock a directory and a child of it, so that a circle of
// waits for directories takes two that lock sideways, and there is one at a time.
// Two inode locks are taken together in lock.go and nowhere else, except that an
// operation on one dentry locks the directory first and then, through the dentry,
// the child.
//
// The link count, the parent and everything else in an inode is guarded by
// inode.mu, but for the lookup count and the access time, which are atomic:
// a lookup and a read take the lock for reading only.
//
// The annotations +checklocks are those of gVisor's checklocks analyzer. With
// the build tag lockrank the locks check the order (rank_on.go), with perturb they
// let other goroutines run at some of the places where they are taken and given
// up (perturb.go).
package inode
