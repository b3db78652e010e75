package inode

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// aclOf makes an ACL of text like "u6 U7/100 g4 m5 o1": the owner, a user, the
// group, the mask, others; G is a group.
func aclOf(text string) acl {
	var a acl
	for _, word := range strings.Fields(text) {
		tag := map[byte]aclTag{'u': aclUserObj, 'U': aclUser, 'g': aclGroupObj, 'G': aclGroup, 'm': aclMask, 'o': aclOther}[word[0]]
		e := aclEntry{tag: tag, id: aclNoID}
		if n, _ := fmt.Sscanf(word[1:], "%d/%d", &e.perm, &e.id); n < 1 {
			panic(word)
		}
		a = append(a, e)
	}
	return a
}

func (a acl) String() string {
	var words []string
	for _, e := range a {
		word := fmt.Sprintf("%s%d", map[aclTag]string{aclUserObj: "u", aclUser: "U", aclGroupObj: "g", aclGroup: "G", aclMask: "m", aclOther: "o"}[e.tag], e.perm)
		if e.id != aclNoID {
			word += fmt.Sprint("/", e.id)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func newACLStore(t *testing.T) *Store {
	s := newStore(t, 10, 50)
	s.acl = true
	return s
}

// getACL returns an ACL as text, or the errno.
func getACL(s *Store, id ID, name string) string {
	b := make([]byte, 1000)
	n, errno := s.GetXattr(id, name, b)
	if errno != 0 {
		return errno.Error()
	}
	a, _ := parseACL(b[:n])
	return a.String()
}

var noACL = syscall.ENODATA.Error()

// TestSetACL sets the access ACL of a file of mode 0644: what tmpfs says.
func TestSetACL(t *testing.T) {
	named := aclOf("u6 U7/100 g4 m5 o1").value()
	for _, c := range []struct {
		value []byte
		errno syscall.Errno
		mode  uint32
		acl   string
	}{
		{aclOf("u6 g4 o4").value(), 0, 0o644, noACL},
		{aclOf("u7 g5 o0").value(), 0, 0o750, noACL},
		{aclOf("").value(), 0, 0o644, noACL},
		{nil, 0, 0o644, noACL},
		{[]byte{2, 0}, syscall.EINVAL, 0o644, noACL},
		{append([]byte{1}, named[1:]...), syscall.EOPNOTSUPP, 0o644, noACL},
		{append(named[:len(named):len(named)], 'x'), syscall.EINVAL, 0o644, noACL},
		{named, 0, 0o651, "u6 U7/100 g4 m5 o1"},
		{aclOf("u6 U7/100 g4 o1").value(), syscall.EINVAL, 0o644, noACL},
		{aclOf("u6 g4 m7 o4").value(), 0, 0o674, "u6 g4 m7 o4"},
		{aclOf("g4 u6 o4").value(), syscall.EINVAL, 0o644, noACL},
		{aclOf("u6 g4").value(), syscall.EINVAL, 0o644, noACL},
		{aclOf("u6 u6 g4 o4").value(), syscall.EINVAL, 0o644, noACL},
		{aclOf("u8 g4 o4").value(), syscall.EINVAL, 0o644, noACL},
		{append([]byte{2, 0, 0, 0, 3, 0, 6, 0, 0, 0, 0, 0}, aclOf("g4 o4").value()[4:]...), syscall.EINVAL, 0o644, noACL},
		{aclOf("u6/5 g4/9 m4/1 o4/3").value(), 0, 0o644, "u6 g4 m4 o4"},
		{aclOf("u6 U7 g4 m5 o1").value(), syscall.EINVAL, 0o644, noACL},
		{aclOf("u6 U7/200 U7/100 U7/100 g4 m5 o1").value(), 0, 0o651, "u6 U7/200 U7/100 U7/100 g4 m5 o1"},
		{aclOf("u6 g4 m5 m5 o1").value(), syscall.EINVAL, 0o644, noACL},
		{aclOf("u6 g4 G7/5 G7/3 m5 o1").value(), 0, 0o651, "u6 g4 G7/5 G7/3 m5 o1"},
		{aclOf("u6 g4 m5 G7/5 o1").value(), syscall.EINVAL, 0o644, noACL},
	} {
		s := newACLStore(t)
		id := fileOf(t, s, "f")
		what := fmt.Sprintf("%v", c.value)
		want(t, what, s.SetXattr(id, aclAccess, c.value, XattrReplace), c.errno)
		if a := must[Attr](t)(s.GetAttr(id)); a.Mode != modeRegular|c.mode {
			t.Errorf("%s: mode %o, want %o", what, a.Mode, c.mode)
		}
		if got := getACL(s, id, aclAccess); got != c.acl {
			t.Errorf("%s: %s, want %s", what, got, c.acl)
		}
	}
}

func TestACLRefuses(t *testing.T) {
	named := aclOf("u6 U7/100 g4 m5 o1").value()
	s := newACLStore(t)
	file := fileOf(t, s, "f")
	link := must[Entry](t)(s.Symlink(RootID, "l", "x", Caller{})).ID
	want(t, "default of a file", s.SetXattr(file, aclDefault, named, 0), syscall.EACCES)
	want(t, "none, of a file", s.SetXattr(file, aclDefault, nil, 0), 0)
	want(t, "remove, of a file", s.RemoveXattr(file, aclDefault), 0)
	want(t, "of a symlink", s.SetXattr(link, aclAccess, named, 0), syscall.EOPNOTSUPP)
	want(t, "remove, of a symlink", s.RemoveXattr(link, aclAccess), syscall.EOPNOTSUPP)
	if got := getACL(s, link, aclAccess); got != syscall.EOPNOTSUPP.Error() {
		t.Errorf("of a symlink: %s", got)
	}
	want(t, "another name", s.SetXattr(file, "system.a", named, 0), syscall.EOPNOTSUPP)
	want(t, "SetFlags", s.SetFlags(file, FlagAppend), 0)
	want(t, "append-only", s.SetXattr(file, aclAccess, named, 0), syscall.EPERM)
	want(t, "append-only", s.RemoveXattr(file, aclAccess), syscall.EPERM)
	s.acl = false
	want(t, "without ACLs", s.SetXattr(file, aclAccess, named, 0), syscall.EOPNOTSUPP)
	want(t, "without ACLs", s.RemoveXattr(file, aclAccess), syscall.EOPNOTSUPP)
}

// TestInheritACL makes files and directories where there is a default ACL.
func TestInheritACL(t *testing.T) {
	for _, c := range []struct {
		dir         string
		umask, mode uint32
		want        uint32
		access      string
	}{
		{"u7 U7/100 g5 m7 o5", 0o22, 0o666, 0o664, "u6 U7/100 g5 m6 o4"},
		{"u7 U7/100 g5 m7 o5", 0o77, 0o777, 0o775, "u7 U7/100 g5 m7 o5"},
		{"u7 U7/100 g5 m7 o5", 0, 0o640, 0o640, "u6 U7/100 g5 m4 o0"},
		{"u7 U7/100 g5 m7 o5", 0o22, 0o6777, 0o6775, "u7 U7/100 g5 m7 o5"},
		{"u7 g5 o1", 0o22, 0o666, 0o640, noACL},
		{"u7 g5 o1", 0o77, 0o777, 0o751, noACL},
		{"u6 g7 m3 o1", 0o22, 0o666, 0o620, "u6 g7 m2 o0"},
		{"u6 g7 m3 o1", 0, 0o640, 0o600, "u6 g7 m0 o0"},
		{"", 0o22, 0o666, 0o644, noACL},
		{"", 0o77, 0o6777, 0o6700, noACL},
	} {
		s := newACLStore(t)
		d := must[Entry](t)(s.Mkdir(RootID, "d", 0o755, Caller{})).ID
		want(t, "SetXattr", s.SetXattr(d, aclDefault, aclOf(c.dir).value(), 0), 0)
		made := map[string]Entry{}
		who := Caller{Umask: c.umask}
		made["file"] = must[Entry](t)(s.Mknod(d, "f", c.mode, 0, who))
		made["fifo"] = must[Entry](t)(s.Mknod(d, "p", modeFIFO|c.mode, 0, who))
		made["tmpfile"] = must[Entry](t)(s.Tmpfile(d, c.mode, who))
		made["dir"] = must[Entry](t)(s.Mkdir(d, "d", c.mode, who))
		for what, e := range made {
			if e.Mode&permMask != c.want {
				t.Errorf("%s in %q, umask %o: mode %o, want %o", what, c.dir, c.umask, e.Mode, c.want)
			}
			if got := getACL(s, e.ID, aclAccess); got != c.access {
				t.Errorf("%s in %q, umask %o, mode %o: %s, want %s", what, c.dir, c.umask, c.mode, got, c.access)
			}
			passed := noACL
			if what == "dir" && c.dir != "" {
				passed = c.dir
			}
			if got := getACL(s, e.ID, aclDefault); got != passed {
				t.Errorf("%s in %q: default ACL %s", what, c.dir, got)
			}
		}
		if e := must[Entry](t)(s.Symlink(d, "l", "x", who)); e.Mode&permMask != 0o777 {
			t.Errorf("symlink: mode %o", e.Mode)
		}
	}
}

// TestChmodOfACL changes the mode of a file with an ACL, and the ACL.
func TestChmodOfACL(t *testing.T) {
	s := newACLStore(t)
	id := fileOf(t, s, "f")
	set := func(mode uint32) { must[Attr](t)(s.SetAttr(id, SetAttr{Mode: &mode})) }
	is := func(mode uint32, acl string) {
		t.Helper()
		a := must[Attr](t)(s.GetAttr(id))
		if got := getACL(s, id, aclAccess); a.Mode&permMask != mode || got != acl {
			t.Errorf("%o, %s; want %o, %s", a.Mode&permMask, got, mode, acl)
		}
	}
	want(t, "SetXattr", s.SetXattr(id, aclAccess, aclOf("u6 U7/100 g4 m5 o1").value(), XattrCreate), 0)
	set(0o7740)
	is(0o7740, "u7 U7/100 g4 m4 o0")
	want(t, "SetXattr", s.SetXattr(id, aclAccess, aclOf("u6 U7/1 g4 m5 o1").value(), XattrCreate), 0)
	is(0o7651, "u6 U7/1 g4 m5 o1")
	want(t, "SetXattr", s.SetXattr(id, aclAccess, aclOf("u6 g4 m7 o1").value(), XattrKillSetGID), 0)
	is(0o5671, "u6 g4 m7 o1")
	want(t, "RemoveXattr", s.RemoveXattr(id, aclAccess), 0)
	is(0o5671, noACL)
	want(t, "RemoveXattr again", s.RemoveXattr(id, aclAccess), 0)
	if free := s.StatFS().InodesFree; free != 48 {
		t.Errorf("%d inodes free: ACLs take none", free)
	}
}
