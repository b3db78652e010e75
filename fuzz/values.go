package fuzz

import (
	"math"
	"strings"
)

// The sizes at which the store changes how it keeps a file.
const (
	fragmentStep = 64      // the smallest fragment
	fragmentMax  = 2048    // the largest
	blockSize    = 4096    // also what tmpfs accounts in
	leafSize     = 2 << 20 // a node of the tree of blocks
)

// positions are offsets, sizes and lengths.
var positions = func() (p []int64) {
	// Three times, since most operations should meet on the same few blocks.
	for range 5 {
		p = append(p, 0, 1, 100, fragmentStep, 2000, fragmentMax, 3000, blockSize-1, blockSize, blockSize+1, 5000, 2*blockSize, 3*blockSize, 16384)
	}
	for _, edge := range []int64{fragmentStep, fragmentMax, blockSize, 2 * blockSize, leafSize, 2 * leafSize} {
		p = append(p, edge-1, edge, edge+1)
	}
	return append(p, leafSize-blockSize, leafSize-2*blockSize, leafSize+blockSize, 8*blockSize,
		1<<40, 1<<40+1, math.MaxInt64, math.MaxInt64-1, math.MaxInt64-blockSize+1, math.MaxInt64-blockSize,
		math.MaxInt64-leafSize, math.MinInt64, -1, -blockSize)
}()

// extents are lengths for Fallocate: small ones mostly, so that there is room.
var extents = append([]int64{1, 100, 2047, 2048, 4096, 4096, 4097, 8192, 8193, 12288, 16384, 20000, 4095, 1, 3 * 8192, 5000, 8192, 12288}, positions...)

// times are old ones, so that a change of them shows, the present, and the
// future.
var times = []int64{Now, 1, 1e9, 2e9, 1e18, 4e18, -1, Now}

// fileNames are few, so that operations meet.
var fileNames = []string{
	"a", "b", "c", "d", "e", "f", "g", "h", "a", "b", "c", "d", "e", "f", "g", "a", "b", "c", "d", "e", "f", "i", "j", "k",
	"a", "b", "c", "d", "e", "f", "g", "h", "a", "b", "c", "d", "e", "f", "g", "a", "b", "c", "d", "e", "f", "i", "j", "k",
	strings.Repeat("n", 255), strings.Repeat("n", 256), "ä\xff\n\"", " ", "", ".", "..", "a/b", "a\x00b",
}

// targets of symlinks: tmpfs takes a block for those of 128 bytes and more, and
// none can be longer than 4095.
var targets = []string{
	"a", "../b", "", "/\x00", strings.Repeat("t", 127), strings.Repeat("t", 128), strings.Repeat("t", 128),
	strings.Repeat("t", 4095), strings.Repeat("t", 4096),
}

// xattrNames of each name space that there is and of some that are not.
var xattrNames = []string{
	"user.a", "user.b", "user.a", "user.a", "user.b", "user.a", "user.a", "trusted.a", "user.a", "user.b",
	"user.a", aclAccess, aclDefault, "user.a", aclAccess, aclDefault, "user.a", "security.capability", "security.capability", "user." + strings.Repeat("x", 250),
	"user." + strings.Repeat("x", 251), "user.", "system.a", "a", "", "trusted.", "user.\x00",
}

// aclValues are ACLs: of any use, of none, and none at all.
var aclValues = func() (values [][]byte) {
	for _, text := range []string{
		"u6 U7/100 g4 m5 o1", "u7 g5 o1", "u6 g7 m3 o1", "u6 g4 G7/5 G6/3 m6 o4", "u7 U7/0 U5/100 g7 m7 o7",
		"u6 U7/100 g4 o1", "g4 u6 o4", "u6 g4", "u6 u6 g4 o4", "u8 g4 o4", "u6 U7 g4 m5 o1", "u6 g4 m5 G7/5 o1", "",
	} {
		values = append(values, aclValue(text))
	}
	return append(values, nil, []byte{2, 0}, []byte{1, 0, 0, 0}, append(aclValue("u6 g4 o4"), 0))
}()

// beginnings are what programs begin with.
var beginnings = [][]Op{
	nil,
	{
		{Kind: Mkdir, Name: "a", Mode: 0o755},
		{Kind: Mknod, Inode: 1, Name: "b", Mode: typeRegular | 0o644},
		{Kind: Mknod, Name: "c", Mode: typeRegular | 0o644},
	},
	{
		{Kind: Mknod, Name: "a", Mode: typeRegular | 0o644},
		{Kind: SetXattr, Inode: 1, Name: "user.a", Size: 10},
		{Kind: Symlink, Name: "b", Target: "a"},
		{Kind: Mkdir, Name: "c", Mode: 0o2775, GID: 100},
		{Kind: Mkdir, Inode: 4, Name: "d", Mode: 0o755},
	},
	{
		{Kind: Mknod, Name: "a", Mode: typeRegular | 0o644},
		{Kind: Write, Inode: 1, Size: 3 * blockSize},
		{Kind: Mkdir, Name: "b", Mode: 0o755},
		{Kind: Link, Inode: 1, NewDir: 3, NewName: "a"},
	},
	{
		{Kind: Mkdir, Name: "a", Mode: 0o755},
		{Kind: SetXattr, Inode: 1, Name: aclDefault, Fill: 4},
		{Kind: Mkdir, Inode: 1, Name: "b", Mode: 0o2777},
		{Kind: Mknod, Inode: 1, Name: "c", Mode: typeRegular | 0o666},
	},
}

// limitsTable has the configurations that a program can ask for. Programs are
// short, so that most limits are tight enough to be hit; the last has so many
// inodes that the store hands them out in advance.
var limitsTable = []Limits{
	{Blocks: 64, Inodes: 32},
	{Blocks: 64, Inodes: 64, ATime: 2},
	{Blocks: 2, Inodes: 6},
	{Blocks: 8, Inodes: 8, ATime: 2},
	{Blocks: 1, Inodes: 3, ATime: 1},
	{Blocks: 16, Inodes: 16},
	{Blocks: 2000, Inodes: 24},
	{Blocks: 32, Inodes: 4*16*64 + 20},
}
