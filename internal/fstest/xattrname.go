//go:build linux

package fstest

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The name spaces of extended attributes and who may use them, xattr(7).
var xattrNames = table{
	"XattrNameOf255Bytes":         xattrNameOf255Bytes,
	"XattrNameOf256Bytes":         xattrNameOf256Bytes,
	"XattrNameEmpty":              xattrNameEmpty,
	"XattrNameIsCaseSensitive":    xattrNameIsCaseSensitive,
	"XattrUnknownNamespace":       xattrUnknownNamespace,
	"XattrNamespaceWithoutName":   xattrNamespaceWithoutName,
	"XattrUserOnSymlink":          xattrUserOnSymlink,
	"XattrUserOnSpecialFile":      xattrUserOnSpecialFile,
	"XattrUserNeedsWrite":         xattrUserNeedsWrite,
	"XattrUserNeedsRead":          xattrUserNeedsRead,
	"XattrUserOnForeignSticky":    xattrUserOnForeignSticky,
	"XattrTrusted":                xattrTrusted,
	"XattrTrustedOnSymlink":       xattrTrustedOnSymlink,
	"XattrTrustedHiddenFromUser":  xattrTrustedHiddenFromUser,
	"XattrTrustedUnlistedForUser": xattrTrustedUnlistedForUser,
	"XattrSecurity":               xattrSecurity,
}

func xattrNameOf255Bytes(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	name := "user." + strings.Repeat("n", 250)
	setxattr(t, path, name, "v")
	mustXattr(t, path, name, "v")
	mustEqual(t, listxattr(t, path)[0], name, "name")
	must(t, unix.Removexattr(path, name), "removexattr")
}

func xattrNameOf256Bytes(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	name := "user." + strings.Repeat("n", 251)
	mustErrno(t, unix.Setxattr(path, name, []byte("v"), 0), unix.ERANGE, "setxattr")
	_, err := getxattr(path, name)
	mustErrno(t, err, unix.ERANGE, "getxattr")
	mustErrno(t, unix.Removexattr(path, name), unix.ERANGE, "removexattr")
}

func xattrNameEmpty(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustErrno(t, unix.Setxattr(path, "", []byte("v"), 0), unix.ERANGE, "setxattr")
}

func xattrNameIsCaseSensitive(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.k", "1")
	setxattr(t, path, "user.K", "2")
	mustXattr(t, path, "user.k", "1")
	mustErrno(t, unix.Setxattr(path, "USER.k", []byte("v"), 0), unix.EOPNOTSUPP, "setxattr of USER.k")
}

func xattrUnknownNamespace(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	for _, name := range []string{"unknown.k", "k", "userk", ".k", "system.unknown"} {
		mustErrno(t, unix.Setxattr(path, name, []byte("v"), 0), unix.EOPNOTSUPP, "setxattr of "+name)
		_, err := getxattr(path, name)
		mustErrno(t, err, unix.EOPNOTSUPP, "getxattr of "+name)
		mustErrno(t, unix.Removexattr(path, name), unix.EOPNOTSUPP, "removexattr of "+name)
	}
}

func xattrNamespaceWithoutName(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustErrno(t, unix.Setxattr(path, "user.", []byte("v"), 0), unix.EINVAL, "setxattr of user.")
	_, err := getxattr(path, "user.")
	mustErrno(t, err, unix.EINVAL, "getxattr of user.")
}

// User attributes are for regular files and directories only, whose permission
// bits govern them: everybody may follow a symlink or write to a device.
func xattrUserOnSymlink(t *testing.T, dir string) {
	put(t, "", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	mustErrno(t, unix.Lsetxattr(dir+"/s", "user.k", []byte("v"), 0), unix.EPERM, "lsetxattr")
	_, err := getxattr(dir+"/s", "user.k")
	mustErrno(t, err, unix.ENODATA, "lgetxattr")
	must(t, unix.Setxattr(dir+"/s", "user.k", []byte("v"), 0), "setxattr through the symlink")
	mustXattr(t, dir+"/x", "user.k", "v")
}

func xattrUserOnSpecialFile(t *testing.T, dir string) {
	must(t, unix.Mkfifo(dir+"/p", 0o666), "mkfifo")
	mustErrno(t, unix.Setxattr(dir+"/p", "user.k", []byte("v"), 0), unix.EPERM, "setxattr of a fifo")
	_, err := getxattr(dir+"/p", "user.k")
	mustErrno(t, err, unix.ENODATA, "getxattr of a fifo")
}

func xattrUserNeedsWrite(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.k", "v")
	must(t, unix.Chmod(path, 0o644), "chmod")
	asAlice(t, func() {
		mustErrno(t, unix.Setxattr(path, "user.k", []byte("w"), 0), unix.EACCES, "setxattr")
		mustErrno(t, unix.Removexattr(path, "user.k"), unix.EACCES, "removexattr")
		mustXattr(t, path, "user.k", "v")
	})
	must(t, unix.Chmod(path, 0o666), "chmod")
	asAlice(t, func() { setxattr(t, path, "user.k", "w") })
	mustXattr(t, path, "user.k", "w")
}

func xattrUserNeedsRead(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	setxattr(t, path, "user.k", "v")
	must(t, unix.Chmod(path, 0o622), "chmod")
	asAlice(t, func() {
		_, err := getxattr(path, "user.k")
		mustErrno(t, err, unix.EACCES, "getxattr")
	})
}

func xattrUserOnForeignSticky(t *testing.T, dir string) {
	needRoot(t)
	d := mkdir(t, dir, "d")
	must(t, unix.Chmod(d, 0o1777), "chmod")
	asAlice(t, func() {
		mustErrno(t, unix.Setxattr(d, "user.k", []byte("v"), 0), unix.EPERM, "setxattr")
	})
}

func xattrTrusted(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	setxattr(t, path, "trusted.k", "v")
	setxattr(t, path, "user.k", "w")
	mustXattr(t, path, "trusted.k", "v")
	mustEqual(t, strings.Join(listxattr(t, path), " "), "trusted.k user.k", "attributes")
	must(t, unix.Removexattr(path, "trusted.k"), "removexattr")
}

func xattrTrustedOnSymlink(t *testing.T, dir string) {
	needRoot(t)
	put(t, "", dir, "x")
	must(t, unix.Symlink("x", dir+"/s"), "symlink")
	setxattr(t, dir+"/s", "trusted.k", "v")
	mustXattr(t, dir+"/s", "trusted.k", "v")
	_, err := getxattr(dir+"/x", "trusted.k")
	mustErrno(t, err, unix.ENODATA, "getxattr of the target")
}

// Without CAP_SYS_ADMIN trusted attributes are not there.
func xattrTrustedHiddenFromUser(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0o666), "chmod")
	setxattr(t, path, "trusted.k", "v")
	asAlice(t, func() {
		_, err := getxattr(path, "trusted.k")
		mustErrno(t, err, unix.ENODATA, "getxattr")
		mustErrno(t, unix.Setxattr(path, "trusted.k", []byte("x"), 0), unix.EPERM, "setxattr")
		mustErrno(t, unix.Removexattr(path, "trusted.k"), unix.EPERM, "removexattr")
	})
	mustXattr(t, path, "trusted.k", "v")
}

// The VFS leaves it to the filesystem not to list them. A FUSE server is told
// the caller's user but not the caller's capabilities.
func xattrTrustedUnlistedForUser(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	setxattr(t, path, "trusted.k", "v")
	setxattr(t, path, "user.k", "w")
	asAlice(t, func() {
		mustEqual(t, strings.Join(listxattr(t, path), " "), "user.k", "attributes")
	})
}

func xattrSecurity(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	setxattr(t, path, "security.fstest", "v")
	mustXattr(t, path, "security.fstest", "v")
	asAlice(t, func() {
		mustXattr(t, path, "security.fstest", "v")
		mustErrno(t, unix.Setxattr(path, "security.fstest", []byte("w"), 0), unix.EPERM, "setxattr")
	})
	must(t, unix.Removexattr(path, "security.fstest"), "removexattr")
}
