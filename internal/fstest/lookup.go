//go:build linux

package fstest

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var lookups = table{
	"LookupMissing":               lookupMissing,
	"LookupThroughFile":           lookupThroughFile,
	"LookupThroughMissingDir":     lookupThroughMissingDir,
	"LookupTrailingSlashOnFile":   lookupTrailingSlashOnFile,
	"LookupEmptyPath":             lookupEmptyPath,
	"LookupAfterCreateElsewhere":  lookupAfterCreateElsewhere,
	"LookupIsCaseSensitive":       lookupIsCaseSensitive,
	"LookupDotDot":                lookupDotDot,
	"NameOf255Bytes":              nameOf255Bytes,
	"NameOf256Bytes":              nameOf256Bytes,
	"NameOfAnyByte":               nameOfAnyByte,
	"NameOfManyDots":              nameOfManyDots,
	"NameIsNotNormalised":         nameIsNotNormalised,
	"PathOf4096Bytes":             pathOf4096Bytes,
	"PathDeeperThanPathMax":       pathDeeperThanPathMax,
	"LookupWithoutSearchAllowed":  lookupWithoutSearchAllowed,
	"LookupNegativeThenPositive":  lookupNegativeThenPositive,
	"LookupPositiveThenRecreated": lookupPositiveThenRecreated,
}

func lookupMissing(t *testing.T, dir string) {
	mustNotExist(t, filepath.Join(dir, "missing"))
}

func lookupThroughFile(t *testing.T, dir string) {
	put(t, "", dir, "file")
	var st unix.Stat_t
	mustErrno(t, unix.Lstat(dir+"/file/x", &st), unix.ENOTDIR, "lstat file/x")
	mustErrno(t, unix.Lstat(dir+"/file/.", &st), unix.ENOTDIR, "lstat file/.")
}

func lookupThroughMissingDir(t *testing.T, dir string) {
	mustNotExist(t, dir+"/missing/x")
	mustNotExist(t, dir+"/missing/../x")
}

// A trailing slash demands a directory, path_resolution(7).
func lookupTrailingSlashOnFile(t *testing.T, dir string) {
	put(t, "", dir, "file")
	var st unix.Stat_t
	mustErrno(t, unix.Stat(dir+"/file/", &st), unix.ENOTDIR, "stat file/")
	mkdir(t, dir, "sub")
	must(t, unix.Stat(dir+"/sub/", &st), "stat sub/")
}

func lookupEmptyPath(t *testing.T, dir string) {
	var st unix.Stat_t
	mustErrno(t, unix.Stat("", &st), unix.ENOENT, "stat of the empty path")
}

// What one descriptor's view creates, every other view sees at once.
func lookupAfterCreateElsewhere(t *testing.T, dir string) {
	d := open(t, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	fd, err := unix.Openat(d.fd, "x", unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0o644)
	must(t, err, "openat")
	f := adopt(t, fd)
	mustEqual(t, stat(t, dir+"/x").Ino, f.stat(t).Ino, "inode number by path")
}

func lookupIsCaseSensitive(t *testing.T, dir string) {
	put(t, "lower", dir, "name")
	mustNotExist(t, dir+"/NAME")
	put(t, "upper", dir, "NAME")
	mustHold(t, dir+"/name", "lower")
}

func lookupDotDot(t *testing.T, dir string) {
	sub := mkdir(t, dir, "sub")
	mustEqual(t, stat(t, sub+"/..").Ino, stat(t, dir).Ino, "inode of sub/..")
	mustEqual(t, stat(t, sub+"/.").Ino, stat(t, sub).Ino, "inode of sub/.")
}

func nameOf255Bytes(t *testing.T, dir string) {
	name := strings.Repeat("n", 255)
	put(t, "x", dir, name)
	mustHold(t, filepath.Join(dir, name), "x")
	mustNames(t, dir, name)

	other := strings.Repeat("o", 255)
	must(t, unix.Rename(filepath.Join(dir, name), filepath.Join(dir, other)), "rename")
	mustNames(t, dir, other)
}

// NAME_MAX binds every call that looks a name up, not only those that make one.
func nameOf256Bytes(t *testing.T, dir string) {
	long := filepath.Join(dir, strings.Repeat("n", 256))
	file := put(t, "", dir, "file")
	var st unix.Stat_t
	for op, err := range map[string]error{
		"lstat":       unix.Lstat(long, &st),
		"mkdir":       unix.Mkdir(long, 0o777),
		"mknod":       unix.Mknod(long, unix.S_IFREG|0o666, 0),
		"symlink":     unix.Symlink("x", long),
		"link":        unix.Link(file, long),
		"rename to":   unix.Rename(file, long),
		"rename from": unix.Rename(long, file),
		"unlink":      unix.Unlink(long),
		"rmdir":       unix.Rmdir(long),
	} {
		mustErrno(t, err, unix.ENAMETOOLONG, op)
	}
	_, err := unix.Open(long, unix.O_CREAT|unix.O_WRONLY, 0o666)
	mustErrno(t, err, unix.ENAMETOOLONG, "open with O_CREAT")
	mustNames(t, dir, "file")
}

// A name is any string of bytes without '/' and NUL; that includes newlines,
// control characters and invalid UTF-8.
func nameOfAnyByte(t *testing.T, dir string) {
	var want []string
	for b := 1; b < 256; b++ {
		if b == '/' {
			continue
		}
		name := "x" + string([]byte{byte(b)})
		put(t, "", dir, name)
		want = append(want, name)
	}
	mustNames(t, dir, want...)
	for _, name := range want {
		must(t, unix.Unlink(dir+"/"+name), "unlink")
	}
	mustNames(t, dir)
}

func nameOfManyDots(t *testing.T, dir string) {
	put(t, "", dir, "...")
	mkdir(t, dir, "....")
	put(t, "", dir, "..x")
	put(t, "", dir, ".x")
	put(t, "", dir, " ")
	mustNames(t, dir, "...", "....", "..x", ".x", " ")
}

// The two encodings of the letter é are two names.
func nameIsNotNormalised(t *testing.T, dir string) {
	put(t, "1", dir, "\u00e9")
	put(t, "2", dir, "e\u0301")
	mustNames(t, dir, "\u00e9", "e\u0301")
	mustHold(t, dir+"/\u00e9", "1")
}

// PATH_MAX counts the terminating NUL.
func pathOf4096Bytes(t *testing.T, dir string) {
	inDir(t, dir, func() {
		var st unix.Stat_t
		path := strings.Repeat("./", 2047) + "."
		must(t, unix.Stat(path, &st), "stat of 4095 bytes")
		mustErrno(t, unix.Stat(path+"/", &st), unix.ENAMETOOLONG, "stat of 4096 bytes")
	})
}

// PATH_MAX limits a path, not a tree.
func pathDeeperThanPathMax(t *testing.T, dir string) {
	const depth = 24 // times 200 bytes
	name := strings.Repeat("d", 200)
	inDir(t, dir, func() {
		for range depth {
			must(t, unix.Mkdir(name, 0o777), "mkdir")
			must(t, unix.Chdir(name), "chdir")
		}
		put(t, "deep", "file")
		mustHold(t, "file", "deep")
		for range depth {
			must(t, unix.Chdir(".."), "chdir ..")
		}
		var here unix.Stat_t
		must(t, unix.Stat(".", &here), "stat")
		mustEqual(t, here.Ino, stat(t, dir).Ino, "inode reached by going up")
	})
}

// Without search permission on a directory nothing under it can be named,
// though its entries may still be listed.
func lookupWithoutSearchAllowed(t *testing.T, dir string) {
	needRoot(t)
	sub := mkdir(t, dir, "sub")
	put(t, "", sub, "file")
	must(t, unix.Chmod(sub, 0o744), "chmod")
	asAlice(t, func() {
		var st unix.Stat_t
		mustErrno(t, unix.Lstat(sub+"/file", &st), unix.EACCES, "lstat")
		mustErrno(t, unix.Lstat(sub+"/missing", &st), unix.EACCES, "lstat")
		mustNames(t, sub, "file")
	})
}

func lookupNegativeThenPositive(t *testing.T, dir string) {
	path := filepath.Join(dir, "x")
	mustNotExist(t, path)
	put(t, "x", path)
	mustHold(t, path, "x")
	must(t, unix.Unlink(path), "unlink")
	mustNotExist(t, path)
}

// A name that is used again names a new file: the old one shines through
// neither in its data nor in its attributes.
func lookupPositiveThenRecreated(t *testing.T, dir string) {
	path := put(t, "a long text", dir, "x")
	must(t, unix.Chmod(path, 0o600), "chmod")
	must(t, unix.Unlink(path), "unlink")
	must(t, unix.Mkdir(path, 0o755), "mkdir")
	mustEqual(t, kind(stat(t, path)), uint32(unix.S_IFDIR), "type")
	must(t, unix.Rmdir(path), "rmdir")
	put(t, "", path)
	mustEqual(t, stat(t, path).Size, 0, "size")
	mustHold(t, path, "")
}
