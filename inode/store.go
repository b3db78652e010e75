package inode

import (
	"fmt"
	"hash/maphash"

	"github.com/google/btree"
)

// ID is the number of an inode: st_ino of stat(2) and the nodeid of FUSE.
type ID uint64

// RootID is the number of the root directory (FUSE_ROOT_ID).
const RootID ID = 1

// NameMax is the length in bytes of the longest name (NAME_MAX).
const NameMax = 255

// PathMax is the size in bytes of the longest symlink target with its
// terminating NUL (PATH_MAX).
const PathMax = 4096

// Config says how large a Store may grow and what its root looks like.
type Config struct {
	// Blocks is the number of blocks of BlockSize bytes that file contents may
	// take. It must be between 1 and MaxBlocks. Address space for all of them
	// is reserved at once; memory is taken as blocks are written.
	Blocks int64

	// Inodes is the number of inodes, the root included. It must be between 1
	// and MaxInodes.
	Inodes int64

	// Mode holds the permission bits of the root directory.
	Mode uint32

	// Owner owns the root directory.
	Owner Caller

	// ATime says when reading updates the time of last access; NoDirATime that
	// reading a directory never does.
	ATime      ATime
	NoDirATime bool

	// ACL has the Store keep POSIX ACLs, as the extended attributes
	// system.posix_acl_access and system.posix_acl_default. Whoever sets it must
	// have the kernel check them and leave Caller.Umask to the Store
	// (FUSE_POSIX_ACL, Linux 4.9, and FUSE_DONT_MASK); without it these
	// attributes are EOPNOTSUPP.
	ACL bool
}

// Caller is who asks for an operation: the owner of what the operation makes.
// UID and GID are those for filesystem checks (fsuid and fsgid, credentials(7)).
type Caller struct {
	UID, GID uint32
	// Umask has the permission bits that what is made is not to have, unless it
	// inherits an ACL; 0 if the kernel has taken them off.
	Umask uint32
}

// Store is an in-memory filesystem. Its methods may be called concurrently.
// The zero value is not usable; call New.
type Store struct {
	// Dependencies.
	clock clock

	// Constant data.
	atime      ATime
	noDirATime bool
	acl        bool
	seed       maphash.Seed // of the hash that orders dentries
	hash       func(maphash.Seed, string) uint64

	// Mutable state.
	table  table
	limits limits
	blocks *blocks
	slabs  slabs

	// Nodes of directory trees and of the extents of large files, shared by all
	// of them so that an empty directory does not pay for a list of its own.
	direntNodes *btree.FreeListG[dirent]
	leafNodes   *btree.FreeListG[indexedLeaf]

	// Guards the shape of the tree: which directory is the parent of which.
	renaming renameMutex
}

// New makes a Store with an empty root directory. It fails if c is out of
// bounds or if the address space for c.Blocks cannot be reserved.
func New(c Config) (*Store, error) {
	if c.Blocks < 1 || c.Blocks > MaxBlocks {
		return nil, fmt.Errorf("inode: %d blocks of %d bytes: want 1 to %d", c.Blocks, BlockSize, int64(MaxBlocks))
	}
	if c.Inodes < 1 || c.Inodes > MaxInodes {
		return nil, fmt.Errorf("inode: %d inodes: want 1 to %d", c.Inodes, int64(MaxInodes))
	}
	b, err := newBlocks(c.Blocks)
	if err != nil {
		return nil, err
	}
	s := &Store{
		atime:       c.ATime,
		noDirATime:  c.NoDirATime,
		acl:         c.ACL,
		seed:        maphash.MakeSeed(),
		hash:        maphash.String,
		blocks:      b,
		direntNodes: btree.NewFreeListG[dirent](btree.DefaultFreeListSize),
		leafNodes:   btree.NewFreeListG[indexedLeaf](btree.DefaultFreeListSize),
	}
	s.limits.init(c.Blocks, c.Inodes)
	s.slabs.blocks = b
	s.table.init()

	s.limits.takeSpace(inodeSpace)
	root := s.newInode(modeDir|c.Mode&permMask, 0, c.Owner)
	root.content = &directory{parent: root}
	root.nlink = 2
	root.lookups.Store(1) // the mount's own, never forgotten
	s.table.insert(root, RootID)
	return s, nil
}

// Close gives the memory of file contents back to the system. The Store must
// not be used any more.
func (s *Store) Close() error { return s.blocks.close() }

// FSStat is what statfs(2) reports of a Store.
type FSStat struct {
	BlockSize  uint32 // bytes a block
	Blocks     uint64 // limit
	BlocksFree uint64
	Inodes     uint64 // limit
	InodesFree uint64
}

// StatFS returns the limits of the Store and what is left of them.
func (s *Store) StatFS() FSStat {
	return FSStat{
		BlockSize:  BlockSize,
		Blocks:     uint64(s.limits.maxBlocks),
		BlocksFree: uint64(s.limits.freeBlocks()),
		Inodes:     uint64(s.limits.maxInodes),
		InodesFree: uint64(s.limits.freeInodes()),
	}
}
