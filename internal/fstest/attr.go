//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var attrs = table{
	"StatNewFile":                statNewFile,
	"StatNewDir":                 statNewDir,
	"StatSeesWrites":             statSeesWrites,
	"StatFollowsSymlink":         statFollowsSymlink,
	"StatInoDiffers":             statInoDiffers,
	"StatDevIsShared":            statDevIsShared,
	"StatIsFstat":                statIsFstat,
	"FstatOfOPath":               fstatOfOPath,
	"FstatAfterUnlink":           fstatAfterUnlink,
	"FstatAfterRename":           fstatAfterRename,
	"FstatOfRemovedDir":          fstatOfRemovedDir,
	"StatBlksizeIsPowerOfTwo":    statBlksizeIsPowerOfTwo,
	"StatAllowedWithoutRead":     statAllowedWithoutRead,
	"BlocksOfEmptyFile":          blocksOfEmptyFile,
	"BlocksCountWhatIsWritten":   blocksCountWhatIsWritten,
	"BlocksOfHole":               blocksOfHole,
	"BlocksShrinkWithTruncate":   blocksShrinkWithTruncate,
	"BlocksOfOneByteAreOnePage":  blocksOfOneByteAreOnePage,
	"BlocksOfOverwriteDoNotGrow": blocksOfOverwriteDoNotGrow,
}

func statNewFile(t *testing.T, dir string) {
	withUmask(t, 0o022, func() { put(t, "", dir, "x") })
	st := stat(t, dir+"/x")
	mustEqual(t, st.Mode, unix.S_IFREG|0o644, "mode")
	mustEqual(t, st.Nlink, 1, "nlink")
	mustEqual(t, st.Size, 0, "size")
	mustEqual(t, int(st.Uid), unix.Geteuid(), "uid")
	mustEqual(t, int(st.Gid), unix.Getegid(), "gid")
	mustEqual(t, st.Rdev, 0, "rdev")
	if st.Ino == 0 {
		t.Fatal("inode number is 0")
	}
	if compareTime(st.Mtim, st.Ctim) != 0 || compareTime(st.Atim, st.Ctim) != 0 {
		t.Fatalf("times of a new file differ: %v %v %v", st.Atim, st.Mtim, st.Ctim)
	}
}

func statNewDir(t *testing.T, dir string) {
	withUmask(t, 0o022, func() { mkdir(t, dir, "d") })
	st := stat(t, dir+"/d")
	mustEqual(t, st.Mode, unix.S_IFDIR|0o755, "mode")
	mustEqual(t, st.Nlink, 2, "nlink")
	if compareTime(st.Mtim, st.Ctim) != 0 || compareTime(st.Atim, st.Ctim) != 0 {
		t.Fatalf("times of a new directory differ: %v %v %v", st.Atim, st.Mtim, st.Ctim)
	}
}

func statSeesWrites(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDWR, 0o644)
	for i := range 5 {
		f.write(t, []byte("12345"))
		mustEqual(t, stat(t, dir+"/x").Size, int64(5*(i+1)), "size")
		mustEqual(t, f.stat(t).Size, int64(5*(i+1)), "size by fstat")
	}
}

func statFollowsSymlink(t *testing.T, dir string) {
	put(t, "data", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	var st unix.Stat_t
	must(t, unix.Stat(dir+"/s", &st), "stat")
	mustEqual(t, st.Ino, stat(t, dir+"/x").Ino, "inode by stat")
	if stat(t, dir+"/s").Ino == st.Ino {
		t.Fatal("lstat followed the symlink")
	}
}

func statInoDiffers(t *testing.T, dir string) {
	seen := map[uint64]string{stat(t, dir).Ino: "."}
	put(t, "", dir, "a")
	put(t, "", dir, "b")
	mkdir(t, dir, "d")
	must(t, unix.Symlink("a", dir+"/s"), "symlink")
	for _, name := range names(t, dir) {
		ino := stat(t, dir+"/"+name).Ino
		if other, ok := seen[ino]; ok {
			t.Fatalf("%s and %s share inode number %d", name, other, ino)
		}
		seen[ino] = name
	}
}

func statDevIsShared(t *testing.T, dir string) {
	dev := stat(t, dir).Dev
	put(t, "", dir, "a")
	mkdir(t, dir, "d")
	mustEqual(t, stat(t, dir+"/a").Dev, dev, "dev of a file")
	mustEqual(t, stat(t, dir+"/d").Dev, dev, "dev of a directory")
}

func statIsFstat(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_RDONLY, 0)
	mustEqual(t, f.stat(t), stat(t, path), "fstat")
}

// O_PATH opens nothing, so the filesystem hears of no open file, open(2).
func fstatOfOPath(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	must(t, unix.Chmod(path, 0), "chmod")
	f := open(t, path, unix.O_PATH, 0)
	mustEqual(t, f.stat(t).Size, 4, "size")
	_, err := unix.Read(f.fd, make([]byte, 1))
	mustErrno(t, err, unix.EBADF, "read of an O_PATH descriptor")
}

func fstatAfterUnlink(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_RDONLY, 0)
	before := f.stat(t)
	must(t, unix.Unlink(path), "unlink")
	after := f.stat(t)
	mustEqual(t, after.Nlink, 0, "nlink")
	mustEqual(t, after.Size, 4, "size")
	mustEqual(t, after.Ino, before.Ino, "ino")
	mustEqual(t, after.Mode, before.Mode, "mode")
}

func fstatAfterRename(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	f := open(t, path, unix.O_RDONLY, 0)
	must(t, unix.Rename(path, dir+"/y"), "rename")
	mustEqual(t, f.stat(t).Nlink, 1, "nlink")
	mustEqual(t, f.stat(t).Ino, stat(t, dir+"/y").Ino, "ino")
}

func fstatOfRemovedDir(t *testing.T, dir string) {
	sub := mkdir(t, dir, "sub")
	d := open(t, sub, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	must(t, unix.Rmdir(sub), "rmdir")
	st := d.stat(t)
	mustEqual(t, st.Nlink, 0, "nlink")
	mustEqual(t, kind(st), uint32(unix.S_IFDIR), "type")
}

func statBlksizeIsPowerOfTwo(t *testing.T, dir string) {
	n := int64(stat(t, put(t, "", dir, "x")).Blksize)
	if n < 512 || n&(n-1) != 0 {
		t.Fatalf("blksize = %d", n)
	}
}

// stat(2) needs search permission on the path, none on the file itself.
func statAllowedWithoutRead(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "data", dir, "x")
	must(t, unix.Chmod(path, 0), "chmod")
	asAlice(t, func() {
		mustEqual(t, stat(t, path).Size, 4, "size")
	})
}

// st_blocks counts units of 512 bytes whatever the block size, stat(2).
func blocksOfEmptyFile(t *testing.T, dir string) {
	mustEqual(t, stat(t, put(t, "", dir, "x")).Blocks, 0, "blocks")
}

func blocksCountWhatIsWritten(t *testing.T, dir string) {
	path := put(t, string(fill(8*pageSize)), dir, "x")
	mustEqual(t, stat(t, path).Blocks, int64(8*pageSize/512), "blocks")
}

func blocksOfHole(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDWR, 0o644)
	f.truncate(t, 1<<30)
	mustEqual(t, f.stat(t).Blocks, 0, "blocks")
	f.pwrite(t, fill(pageSize), 1<<29)
	mustEqual(t, f.stat(t).Blocks, int64(pageSize/512), "blocks")
}

func blocksShrinkWithTruncate(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDWR, 0o644)
	f.write(t, fill(8*pageSize))
	f.truncate(t, int64(2*pageSize))
	mustEqual(t, f.stat(t).Blocks, int64(2*pageSize/512), "blocks")
	f.truncate(t, int64(pageSize+1))
	mustEqual(t, f.stat(t).Blocks, int64(2*pageSize/512), "blocks")
	f.truncate(t, 0)
	mustEqual(t, f.stat(t).Blocks, 0, "blocks")
}

func blocksOfOneByteAreOnePage(t *testing.T, dir string) {
	mustEqual(t, stat(t, put(t, "x", dir, "x")).Blocks, int64(pageSize/512), "blocks")
}

func blocksOfOverwriteDoNotGrow(t *testing.T, dir string) {
	f := open(t, dir+"/x", unix.O_CREAT|unix.O_RDWR, 0o644)
	for range 3 {
		f.pwrite(t, fill(3*pageSize), 0)
	}
	mustEqual(t, f.stat(t).Blocks, int64(3*pageSize/512), "blocks")
}
