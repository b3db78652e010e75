package fuzz

// verb is the syntax of a kind of operation: its name in a trace, how often it
// is drawn, and the fields that count. Decoding, encoding, printing, parsing
// and shrinking all go by it and by nothing else.
type verb struct {
	name   string
	weight int
	fields []field
}

// syntax has the verb of each Kind.
var syntax = [kinds]verb{
	Lookup:       {"lookup", 6, []field{anEntry}},
	LookupID:     {"lookupid", 3, []field{anyInode}},
	LookupParent: {"lookupparent", 2, []field{dir}},
	GetAttr:      {"getattr", 2, []field{anyInode}},
	TryGetAttr:   {"trygetattr", 1, []field{anyInode}},
	SetAttr:      {"setattr", 8, []field{anyInode, set, mode, uid, gid, size, atime, mtime, ctime}},
	SetFlags:     {"setflags", 4, []field{anyInode, inodeFlags}},
	KillPriv:     {"killpriv", 3, []field{anyInode, killFlags}},
	Mknod:        {"mknod", 20, []field{dir, name, nodeMode, rdev, uid, gid, umask}},
	Mkdir:        {"mkdir", 14, []field{dir, name, mode, uid, gid, umask}},
	Symlink:      {"symlink", 6, []field{dir, name, target, uid, gid}},
	Link:         {"link", 6, []field{file, newDir, newName}},
	Unlink:       {"unlink", 8, []field{anEntry}},
	Rmdir:        {"rmdir", 4, []field{anEntry}},
	Rename:       {"rename", 14, []field{anEntry, newDir, newName, renameFlags, uid, gid}},
	Tmpfile:      {"tmpfile", 4, []field{dir, mode, uid, gid, umask}},
	Readlink:     {"readlink", 2, []field{aSymlink}},
	Read:         {"read", 6, []field{file, readFlags, offset, length}},
	Write:        {"write", 16, []field{file, writeFlags, offset, length, fill}},
	Fallocate:    {"fallocate", 8, []field{file, fallocFlags, offset, room}},
	Seek:         {"seek", 5, []field{file, offset, whence}},
	CopyRange:    {"copyrange", 8, []field{file, offset, newFile, newOffset, room}},
	SetXattr:     {"setxattr", 6, []field{anyInode, xattrName, xattrSize, xattrFill, xattrFlags}},
	GetXattr:     {"getxattr", 2, []field{anyInode, xattrName, xattrSize}},
	ListXattr:    {"listxattr", 2, []field{anyInode, xattrSize, uid}},
	RemoveXattr:  {"removexattr", 3, []field{anyInode, xattrName}},
	ReadDir:      {"readdir", 4, []field{dir, listFlags, names}},
	ReadDirPlus:  {"readdirplus", 3, []field{dir, listFlags, names}},
	StatFS:       {"statfs", 1, nil},
	Forget:       {"forget", 8, []field{anyInode, lookups}},
}

// The fields of operations, each with the values that are worth trying: close
// to where something changes in the store or in tmpfs, and a few plain ones.
// What is worth trying often stands in a table more than once.
var (
	anyInode = ref{at: func(o *Op) *Ref { return &o.Inode }}
	dir      = ref{at: func(o *Op) *Ref { return &o.Inode }, want: directories}
	newDir   = ref{at: func(o *Op) *Ref { return &o.NewDir }, want: directories}
	file     = ref{at: func(o *Op) *Ref { return &o.Inode }, want: files}

	newFile  = ref{at: func(o *Op) *Ref { return &o.NewDir }, want: files}
	aSymlink = ref{at: func(o *Op) *Ref { return &o.Inode }, want: symlinks}

	name      = text{at: func(o *Op) *string { return &o.Name }, values: fileNames}
	anEntry   = entry{dir, name}
	newName   = text{at: func(o *Op) *string { return &o.NewName }, values: fileNames}
	target    = text{at: func(o *Op) *string { return &o.Target }, values: targets}
	xattrName = text{at: func(o *Op) *string { return &o.Name }, values: xattrNames}

	uid = number[uint32]{key: "uid", at: func(o *Op) *uint32 { return &o.UID }, values: []uint32{0, 0, 1000, 1<<32 - 1}}
	gid = number[uint32]{key: "gid", at: func(o *Op) *uint32 { return &o.GID }, values: []uint32{0, 0, 100, 1<<32 - 2}}

	umask = number[uint32]{key: "umask", at: func(o *Op) *uint32 { return &o.Umask }, octal: true, values: []uint32{0, 0o22, 0, 0o77, 0, 1<<32 - 1}}

	mode = number[uint32]{key: "mode", at: func(o *Op) *uint32 { return &o.Mode }, octal: true,
		values: []uint32{0o755, 0o2775, 0o2070, 0o1777, 0, 0o7777, 0o177777, 1<<32 - 1}}
	nodeMode = number[uint32]{key: "mode", at: func(o *Op) *uint32 { return &o.Mode }, octal: true,
		values: []uint32{0o100644, 0o644, 0o100755, 0o106777, 0o100000, 0o100644, 0o644, 0o100755, 0o106777, 0o100600, 0o100644, 0o644, 0o10600, 0o140777, 0o20660, 0o60660, 0o40755, 0o120777}}
	rdev = number[uint32]{key: "rdev", at: func(o *Op) *uint32 { return &o.Rdev }, values: []uint32{0, 0x103, 1<<32 - 1}}

	set = number[uint32]{key: "set", at: func(o *Op) *uint32 { return &o.Set },
		values: []uint32{SetSize, SetSize | KillSetID, SetSize, SetMode, SetUID | SetGID | KillSetID, SetATime | SetMTime, SetMTime, SetATime, SetMode | SetSize, SetUID, SetGID, SetSize | SetMTime, setAll, 0, SetATime | SetMTime | Touch, Touch, SetCTime, SetMTime | SetCTime},
		bits:   []string{"mode", "uid", "gid", "size", "atime", "mtime", "ctime", "touch", "setid"}}
	atime = number[int64]{key: "atime", at: func(o *Op) *int64 { return &o.ATime }, values: times, symbols: map[int64]string{Now: "now"}}
	mtime = number[int64]{key: "mtime", at: func(o *Op) *int64 { return &o.MTime }, values: times, symbols: map[int64]string{Now: "now"}}
	ctime = number[int64]{key: "ctime", at: func(o *Op) *int64 { return &o.CTime }, values: times, symbols: map[int64]string{Now: "now"}}

	offset    = number[int64]{key: "offset", at: func(o *Op) *int64 { return &o.Offset }, values: positions}
	newOffset = number[int64]{key: "to", at: func(o *Op) *int64 { return &o.NewOffset }, values: positions}
	size      = number[int64]{key: "size", at: func(o *Op) *int64 { return &o.Size }, values: positions}
	room      = number[int64]{key: "size", at: func(o *Op) *int64 { return &o.Size }, values: extents}
	length    = number[int64]{key: "size", at: func(o *Op) *int64 { return &o.Size },
		values: []int64{1, 2, 10, 63, 64, 65, 100, 128, 200, 1000, 1360, 2047, 2048, 2049, 4095, 4096, 4097, 6000, 8191, 8192, 8193, 0, 1, 3, 500, 4096, 12289, 65536, -1}}
	fill = number[uint8]{key: "fill", at: func(o *Op) *uint8 { return &o.Fill }, values: []uint8{0, 2, 76, 150}}

	killFlags  = number[uint32]{key: "flags", at: func(o *Op) *uint32 { return &o.Flags }, values: []uint32{setID, 0}, bits: []string{"setid"}}
	inodeFlags = number[uint32]{key: "flags", at: func(o *Op) *uint32 { return &o.Flags },
		values: []uint32{0, flagAppend, 0, flagImmutable, 0, flagNoATime, 0, flagNoDump, flagNoATime | flagAppend, 1, 1 << 31},
		bits:   []string{"secrm", "unrm", "compr", "sync", "immutable", "append", "nodump", "noatime"}}
	readFlags   = number[uint32]{key: "flags", at: func(o *Op) *uint32 { return &o.Flags }, values: []uint32{0, 0, NoATime}, bits: []string{"noatime"}}
	writeFlags  = number[uint32]{key: "flags", at: func(o *Op) *uint32 { return &o.Flags }, values: []uint32{0, 0, 0, WriteBack}, bits: []string{"writeback"}}
	fallocFlags = number[uint32]{key: "flags", at: func(o *Op) *uint32 { return &o.Flags },
		values: []uint32{3, 3, 3, 0, 1, 0x10, 0x11, 0x13, 2, 8, 0x40},
		bits:   []string{"keep_size", "punch_hole", "no_hide_stale", "collapse_range", "zero_range"}}
	renameFlags = number[uint32]{key: "flags", at: func(o *Op) *uint32 { return &o.Flags }, values: []uint32{0, 2, 0, 4, 0, 1, 0, 2, 0, 4, 5, 3, 6, 8},
		bits: []string{"noreplace", "exchange", "whiteout"}}
	whence = number[uint32]{key: "whence", at: func(o *Op) *uint32 { return &o.Flags }, values: []uint32{seekData, seekHole, seekData, seekHole, seekData, seekHole, 0},
		symbols: map[uint32]string{seekData: "data", seekHole: "hole"}}
	xattrFill  = number[uint8]{key: "fill", at: func(o *Op) *uint8 { return &o.Fill }, values: []uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 1, 2, 3, 4}}
	xattrFlags = number[uint32]{key: "flags", at: func(o *Op) *uint32 { return &o.Flags }, values: []uint32{0, 0, 0, 0, 0, 1, 2, 3, 4, 0, xattrKillSetGID},
		bits: []string{"create", "replace"}}
	listFlags = number[uint32]{key: "flags", at: func(o *Op) *uint32 { return &o.Flags }, values: []uint32{0, Resume, Resume},
		bits: []string{"resume"}}

	xattrSize = number[int64]{key: "size", at: func(o *Op) *int64 { return &o.Size },
		values: []int64{0, 1, 10, 20, 100, 0, 100, 977, 978, 979, 2000, 4096, 0, 10, 100, 65535, 65536, 65537}}
	names   = number[uint64]{key: "count", at: func(o *Op) *uint64 { return &o.Count }, values: []uint64{0, 1, 2, 3, 4, 5}}
	lookups = number[uint64]{key: "count", at: func(o *Op) *uint64 { return &o.Count }, values: []uint64{1, 1, 1, 2, 3, 0, 1<<64 - 1}}
)
