//go:build linux

package fstest

import (
	"testing"

	"golang.org/x/sys/unix"
)

var xattrs = table{
	"XattrSetGet":         xattrSetGet,
	"XattrReplace":        xattrReplace,
	"XattrCreateFlag":     xattrCreateFlag,
	"XattrReplaceFlag":    xattrReplaceFlag,
	"XattrBothFlags":      xattrBothFlags,
	"XattrGetMissing":     xattrGetMissing,
	"XattrGetSize":        xattrGetSize,
	"XattrGetRange":       xattrGetRange,
	"XattrEmptyValue":     xattrEmptyValue,
	"XattrBinaryValue":    xattrBinaryValue,
	"XattrLargeValue":     xattrLargeValue,
	"XattrTooLargeValue":  xattrTooLargeValue,
	"XattrRemove":         xattrRemove,
	"XattrOfDir":          xattrOfDir,
	"XattrByDescriptor":   xattrByDescriptor,
	"XattrSharedByLinks":  xattrSharedByLinks,
	"XattrGoneWithFile":   xattrGoneWithFile,
	"XattrOfUnlinkedFile": xattrOfUnlinkedFile,
}

// getxattr returns the value of an extended attribute, lgetxattr(2).
func getxattr(path, name string) ([]byte, error) {
	buf := make([]byte, 65536)
	n, err := unix.Lgetxattr(path, name, buf)
	if err != nil {
		return nil, err
	}
	return buf[:n], nil
}

func mustXattr(t *testing.T, path, name, want string) {
	t.Helper()
	got, err := getxattr(path, name)
	must(t, err, "lgetxattr "+name)
	mustData(t, got, []byte(want), name)
}

func setxattr(t *testing.T, path, name, value string) {
	t.Helper()
	must(t, unix.Lsetxattr(path, name, []byte(value), 0), "lsetxattr "+name)
}

func xattrSetGet(t *testing.T, dir string) {
	path := put(t, "data", dir, "x")
	setxattr(t, path, "user.k", "value")
	mustXattr(t, path, "user.k", "value")
	mustHold(t, path, "data")
}

func xattrReplace(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	for _, value := range []string{"value", "a longer value", "v", ""} {
		setxattr(t, path, "user.k", value)
		mustXattr(t, path, "user.k", value)
	}
	mustEqual(t, len(listxattr(t, path)), 1, "attributes")
}

func xattrCreateFlag(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Setxattr(path, "user.k", []byte("1"), unix.XATTR_CREATE), "setxattr")
	mustErrno(t, unix.Setxattr(path, "user.k", []byte("2"), unix.XATTR_CREATE), unix.EEXIST, "setxattr with XATTR_CREATE")
	mustXattr(t, path, "user.k", "1")
}

func xattrReplaceFlag(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustErrno(t, unix.Setxattr(path, "user.k", []byte("1"), unix.XATTR_REPLACE), unix.ENODATA, "setxattr with XATTR_REPLACE")
	setxattr(t, path, "user.k", "1")
	must(t, unix.Setxattr(path, "user.k", []byte("2"), unix.XATTR_REPLACE), "setxattr")
	mustXattr(t, path, "user.k", "2")
}

// With both flags an attribute that exists fails for XATTR_CREATE, and one that
// does not for XATTR_REPLACE; other flags are none.
func xattrBothFlags(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	both := unix.XATTR_CREATE | unix.XATTR_REPLACE
	mustErrno(t, unix.Setxattr(path, "user.k", []byte("1"), both), unix.ENODATA, "setxattr with both flags")
	setxattr(t, path, "user.k", "1")
	mustErrno(t, unix.Setxattr(path, "user.k", []byte("2"), both), unix.EEXIST, "setxattr with both flags")
	mustErrno(t, unix.Setxattr(path, "user.k", []byte("2"), 4), unix.EINVAL, "setxattr with a flag that is none")
}

func xattrGetMissing(t *testing.T, dir string) {
	_, err := getxattr(put(t, "", dir, "x"), "user.missing")
	mustErrno(t, err, unix.ENODATA, "getxattr of a missing attribute")
	_, err = getxattr(dir+"/missing", "user.k")
	mustErrno(t, err, unix.ENOENT, "getxattr of a missing file")
}

func xattrGetSize(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.k", "value")
	n, err := unix.Getxattr(path, "user.k", nil)
	must(t, err, "getxattr")
	mustEqual(t, n, 5, "size")
}

func xattrGetRange(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.k", "value")
	_, err := unix.Getxattr(path, "user.k", make([]byte, 4))
	mustErrno(t, err, unix.ERANGE, "getxattr into a small buffer")
	n, err := unix.Getxattr(path, "user.k", make([]byte, 5))
	must(t, err, "getxattr into a buffer that just fits")
	mustEqual(t, n, 5, "size")
}

// An empty value is a value.
func xattrEmptyValue(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.k", "")
	mustXattr(t, path, "user.k", "")
	mustEqual(t, len(listxattr(t, path)), 1, "attributes")
}

func xattrBinaryValue(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	value := make([]byte, 256)
	for i := range value {
		value[i] = byte(i)
	}
	setxattr(t, path, "user.k", string(value))
	mustXattr(t, path, "user.k", string(value))
}

// xattr(7): XATTR_SIZE_MAX is 64 KiB, of which a filesystem may offer less;
// tmpfs offers all.
func xattrLargeValue(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	value := string(fill(65536))
	setxattr(t, path, "user.k", value)
	mustXattr(t, path, "user.k", value)
}

func xattrTooLargeValue(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustErrno(t, unix.Setxattr(path, "user.k", make([]byte, 65537), 0), unix.E2BIG, "setxattr of 64 KiB and a byte")
	mustEqual(t, len(listxattr(t, path)), 0, "attributes")
}

func xattrRemove(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustErrno(t, unix.Removexattr(path, "user.k"), unix.ENODATA, "removexattr of a missing attribute")
	setxattr(t, path, "user.k", "v")
	setxattr(t, path, "user.l", "w")
	must(t, unix.Removexattr(path, "user.k"), "removexattr")
	_, err := getxattr(path, "user.k")
	mustErrno(t, err, unix.ENODATA, "getxattr")
	mustXattr(t, path, "user.l", "w")
	mustErrno(t, unix.Removexattr(path, "user.k"), unix.ENODATA, "second removexattr")
}

func xattrOfDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	setxattr(t, d, "user.k", "v")
	put(t, "", d, "x")
	mustXattr(t, d, "user.k", "v")
	mustEqual(t, len(listxattr(t, d+"/x")), 0, "attributes of a child")
}

func xattrByDescriptor(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Fsetxattr(f.fd, "user.k", []byte("v"), 0), "fsetxattr")
	mustXattr(t, dir+"/x", "user.k", "v")
	buf := make([]byte, 10)
	n, err := unix.Fgetxattr(f.fd, "user.k", buf)
	must(t, err, "fgetxattr")
	mustEqual(t, string(buf[:n]), "v", "value")
	must(t, unix.Fremovexattr(f.fd, "user.k"), "fremovexattr")
	mustEqual(t, len(listxattr(t, dir+"/x")), 0, "attributes")
}

func xattrSharedByLinks(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	must(t, unix.Link(path, dir+"/y"), "link")
	setxattr(t, path, "user.k", "v")
	mustXattr(t, dir+"/y", "user.k", "v")
}

func xattrGoneWithFile(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.k", "v")
	must(t, unix.Unlink(path), "unlink")
	put(t, "", path)
	mustEqual(t, len(listxattr(t, path)), 0, "attributes of the new file")
}

func xattrOfUnlinkedFile(t *testing.T, dir string) {
	f := open(t, dir+"/x", exclusive, 0o644)
	must(t, unix.Fsetxattr(f.fd, "user.k", []byte("v"), 0), "fsetxattr")
	must(t, unix.Unlink(dir+"/x"), "unlink")
	n, err := unix.Fgetxattr(f.fd, "user.k", make([]byte, 10))
	must(t, err, "fgetxattr")
	mustEqual(t, n, 1, "size")
	must(t, unix.Fsetxattr(f.fd, "user.l", []byte("w"), 0), "fsetxattr")
}
