//go:build linux

package fstest

import (
	"bytes"
	"encoding/binary"
	"testing"

	"golang.org/x/sys/unix"
)

// POSIX ACLs, acl(5). FUSE has them since Linux 4.9, if the server asks for it.
var acls = table{
	"ACLSetsMode":        aclSetsMode,
	"ACLThatIsMode":      aclThatIsMode,
	"ACLGrants":          aclGrants,
	"ACLMaskLimits":      aclMaskLimits,
	"ACLFollowsChmod":    aclFollowsChmod,
	"ACLInherited":       aclInherited,
	"ACLInheritedByDir":  aclInheritedByDir,
	"ACLInheritedByTmp":  aclInheritedByTmp,
	"ACLRemoved":         aclRemoved,
	"ACLDefaultOfFile":   aclDefaultOfFile,
	"ACLMalformed":       aclMalformed,
	"ACLByOwnerOnly":     aclByOwnerOnly,
	"ACLListed":          aclListed,
	"ACLClearsSetGID":    aclClearsSetGID,
	"ACLUmaskWithoutOne": aclUmaskWithoutOne,
}

const (
	accessACL  = "system.posix_acl_access"
	defaultACL = "system.posix_acl_default"
)

// Tags of entries, from linux/posix_acl.h.
const (
	userObj  = 0x01
	user     = 0x02
	groupObj = 0x04
	mask     = 0x10
	other    = 0x20
)

type aclEntry struct {
	tag, perm uint16
	id        uint32
}

const noID = 1<<32 - 1

// acl returns an ACL as the attribute has it (linux/posix_acl_xattr.h).
func acl(entries ...aclEntry) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range entries {
		if e.tag != user {
			e.id = noID
		}
		b = binary.LittleEndian.AppendUint16(b, e.tag)
		b = binary.LittleEndian.AppendUint16(b, e.perm)
		b = binary.LittleEndian.AppendUint32(b, e.id)
	}
	return b
}

// forAlice lets alice do what perm says, as far as the mask does, and others
// nothing.
func forAlice(perm, limit uint16) []byte {
	return acl(aclEntry{userObj, 7, 0}, aclEntry{user, perm, aliceUID}, aclEntry{groupObj, 5, 0}, aclEntry{mask, limit, 0}, aclEntry{other, 0, 0})
}

func mustACL(t *testing.T, path, name string, want []byte) {
	t.Helper()
	got, err := getxattr(path, name)
	if want == nil {
		mustErrno(t, err, unix.ENODATA, "getxattr "+name)
		return
	}
	must(t, err, "getxattr "+name)
	mustData(t, got, want, name)
}

func setACL(t *testing.T, path, name string, value []byte) {
	t.Helper()
	must(t, unix.Setxattr(path, name, value, 0), "setxattr "+name)
}

func aclSetsMode(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustACL(t, path, accessACL, nil)
	setACL(t, path, accessACL, forAlice(6, 6))
	mustEqual(t, perm(stat(t, path)), 0o760, "mode: the group's bits are those of the mask")
	mustACL(t, path, accessACL, forAlice(6, 6))
}

// An ACL that says no more than the permission bits is not kept.
func aclThatIsMode(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	setACL(t, path, accessACL, acl(aclEntry{userObj, 6, 0}, aclEntry{groupObj, 2, 0}, aclEntry{other, 1, 0}))
	mustEqual(t, perm(stat(t, path)), 0o621, "mode")
	mustACL(t, path, accessACL, nil)
}

func mayRead(t *testing.T, path string) bool {
	t.Helper()
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
		return true
	}
	mustErrno(t, err, unix.EACCES, "open")
	return false
}

func aclGrants(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "data", dir, "x")
	must(t, unix.Chmod(path, 0o600), "chmod")
	asAlice(t, func() { mustEqual(t, mayRead(t, path), false, "alice may read") })
	setACL(t, path, accessACL, forAlice(4, 7))
	asAlice(t, func() {
		mustEqual(t, mayRead(t, path), true, "alice may read")
		_, err := unix.Open(path, unix.O_WRONLY, 0)
		mustErrno(t, err, unix.EACCES, "open for writing")
	})
	asBob(t, func() { mustEqual(t, mayRead(t, path), false, "bob may read") })
}

func aclMaskLimits(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "data", dir, "x")
	setACL(t, path, accessACL, forAlice(7, 1))
	asAlice(t, func() { mustEqual(t, mayRead(t, path), false, "alice may read") })
}

// chmod(2) sets the mask, not what the group may.
func aclFollowsChmod(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "data", dir, "x")
	setACL(t, path, accessACL, forAlice(6, 7))
	must(t, unix.Chmod(path, 0o700), "chmod")
	mustACL(t, path, accessACL, forAlice(6, 0))
	asAlice(t, func() { mustEqual(t, mayRead(t, path), false, "alice may read") })
	must(t, unix.Chmod(path, 0o740), "chmod")
	mustACL(t, path, accessACL, forAlice(6, 4))
	asAlice(t, func() { mustEqual(t, mayRead(t, path), true, "alice may read") })
}

// A default ACL is that of new files, less what the mode does not have; the
// umask does not count.
func aclInherited(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	setACL(t, d, defaultACL, forAlice(7, 7))
	withUmask(t, 0o077, func() {
		put(t, "", d, "x") // of 0666
		must(t, unix.Mknod(d+"/fifo", unix.S_IFIFO|0o640, 0), "mknod")
	})
	mustEqual(t, perm(stat(t, d+"/x")), 0o660, "mode of a file")
	want := acl(aclEntry{userObj, 6, 0}, aclEntry{user, 7, aliceUID}, aclEntry{groupObj, 5, 0}, aclEntry{mask, 6, 0}, aclEntry{other, 0, 0})
	mustACL(t, d+"/x", accessACL, want)
	mustEqual(t, perm(stat(t, d+"/fifo")), 0o640, "mode of a fifo")
}

func aclInheritedByDir(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	setACL(t, d, defaultACL, forAlice(7, 7))
	e := mkdir(t, d, "e")
	mustACL(t, e, defaultACL, forAlice(7, 7))
	mustACL(t, e, accessACL, forAlice(7, 7))
	mustEqual(t, perm(stat(t, e)), 0o770, "mode")
	must(t, unix.Symlink("y", d+"/l"), "symlink")
	mustEqual(t, perm(stat(t, d+"/l")), 0o777, "mode of a symlink")
}

func aclInheritedByTmp(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	setACL(t, d, defaultACL, forAlice(7, 7))
	f := open(t, d, unix.O_TMPFILE|unix.O_RDWR, 0o600)
	mustEqual(t, perm(f.stat(t)), 0o600, "mode")
	must(t, unix.Linkat(unix.AT_FDCWD, procFD(f), unix.AT_FDCWD, d+"/x", unix.AT_SYMLINK_FOLLOW), "linkat")
	want := acl(aclEntry{userObj, 6, 0}, aclEntry{user, 7, aliceUID}, aclEntry{groupObj, 5, 0}, aclEntry{mask, 0, 0}, aclEntry{other, 0, 0})
	mustACL(t, d+"/x", accessACL, want)
}

func aclRemoved(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	setACL(t, d, defaultACL, forAlice(7, 7))
	setACL(t, d, accessACL, forAlice(7, 7))
	must(t, unix.Removexattr(d, defaultACL), "removexattr")
	must(t, unix.Removexattr(d, accessACL), "removexattr")
	mustACL(t, d, defaultACL, nil)
	mustACL(t, d, accessACL, nil)
	mustEqual(t, perm(stat(t, d)), 0o770, "mode")
	withUmask(t, 0o027, func() { put(t, "", d, "x") })
	mustEqual(t, perm(stat(t, d+"/x")), 0o640, "mode of a new file")
}

func aclDefaultOfFile(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	mustErrno(t, unix.Setxattr(path, defaultACL, forAlice(7, 7), 0), unix.EACCES, "setxattr")
}

func aclMalformed(t *testing.T, dir string) {
	path := put(t, "", dir, "x")
	for _, bad := range [][]byte{
		forAlice(7, 7)[:20],
		acl(aclEntry{userObj, 7, 0}),
		acl(aclEntry{userObj, 7, 0}, aclEntry{user, 7, aliceUID}, aclEntry{groupObj, 5, 0}, aclEntry{other, 0, 0}), // no mask
	} {
		mustErrno(t, unix.Setxattr(path, accessACL, bad, 0), unix.EINVAL, "setxattr")
	}
	mustACL(t, path, accessACL, nil)
}

func aclByOwnerOnly(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chmod(path, 0o666), "chmod")
	asAlice(t, func() {
		mustErrno(t, unix.Setxattr(path, accessACL, forAlice(7, 7), 0), unix.EPERM, "setxattr")
		mustErrno(t, unix.Removexattr(path, accessACL), unix.EPERM, "removexattr")
	})
}

func aclListed(t *testing.T, dir string) {
	d := mkdir(t, dir, "d")
	setACL(t, d, defaultACL, forAlice(7, 7))
	setACL(t, d, accessACL, forAlice(7, 7))
	b := make([]byte, 1024)
	n, err := unix.Listxattr(d, b)
	must(t, err, "listxattr")
	for _, name := range []string{accessACL, defaultACL} {
		if !bytes.Contains(b[:n], []byte(name+"\x00")) {
			t.Errorf("%s is not among %q", name, b[:n])
		}
	}
}

// Who sets an ACL and is not in the file's group loses the set-group-ID bit.
func aclClearsSetGID(t *testing.T, dir string) {
	needRoot(t)
	path := put(t, "", dir, "x")
	must(t, unix.Chown(path, aliceUID, bobGID), "chown")
	must(t, unix.Chmod(path, 0o2770), "chmod")
	asAlice(t, func() { setACL(t, path, accessACL, forAlice(7, 7)) })
	mustEqual(t, perm(stat(t, path)), 0o770, "mode")
}

// The umask is that of the process where there is no default ACL.
func aclUmaskWithoutOne(t *testing.T, dir string) {
	withUmask(t, 0o026, func() {
		put(t, "", dir, "x")
		mkdir(t, dir, "d")
		must(t, unix.Mknod(dir+"/fifo", unix.S_IFIFO|0o666, 0), "mknod")
	})
	mustEqual(t, perm(stat(t, dir+"/x")), 0o640, "mode of a file")
	mustEqual(t, perm(stat(t, dir+"/d")), 0o751, "mode of a directory")
	mustEqual(t, perm(stat(t, dir+"/fifo")), 0o640, "mode of a fifo")
}
