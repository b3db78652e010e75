package inode

import (
	"syscall"
	"testing"
)

func TestKillPriv(t *testing.T) {
	for _, c := range []struct {
		mode  uint32
		setID bool
		want  uint32
	}{
		{0o6755, true, 0o755},
		{0o6755, false, 0o6755},
		{0o2745, true, 0o2745}, // without execution by the group it means something else
		{0o4644, true, 0o644},
		{0o1644, true, 0o1644},
		{modeDir | 0o6755, true, 0o6755},
	} {
		s := newStore(t, 10, 10)
		var id ID
		if c.mode&typeMask == modeDir {
			id = must[Entry](t)(s.Mkdir(RootID, "d", c.mode, Caller{})).ID
		} else {
			id = must[Entry](t)(s.Mknod(RootID, "f", c.mode, 0, Caller{})).ID
		}
		for _, name := range []string{"security.a", capability, "user.a"} {
			want(t, "SetXattr", s.SetXattr(id, name, []byte("value"), 0), 0)
		}
		must[Attr](t)(s.SetAttr(id, SetAttr{CTime: new(int64)}))
		want(t, "SetFlags", s.SetFlags(id, FlagImmutable), 0)
		refused := syscall.Errno(0)
		if c.mode&typeMask != modeDir {
			refused = syscall.EPERM
		}
		want(t, "KillPriv", s.KillPriv(id, c.setID), refused)
		want(t, "SetFlags", s.SetFlags(id, FlagAppend), 0)
		must[Attr](t)(s.SetAttr(id, SetAttr{CTime: new(int64)}))
		want(t, "KillPriv", s.KillPriv(id, c.setID), 0)
		a := must[Attr](t)(s.GetAttr(id))
		_, errno := s.GetXattr(id, capability, nil)
		if kept := c.mode&typeMask == modeDir; a.Mode&permMask != c.want || (errno == 0) != kept || (a.CTime == 0) != kept {
			t.Errorf("%o, %v: %o, %v, ctime %d", c.mode, c.setID, a.Mode, errno, a.CTime)
		}
		if n := must[int](t)(s.ListXattr(id, nil, Caller{})); n < len("security.a")+1+len("user.a")+1 {
			t.Errorf("%d bytes of names are left", n)
		}
		must[Attr](t)(s.SetAttr(id, SetAttr{CTime: new(int64)}))
		want(t, "KillPriv", s.KillPriv(id, c.setID), 0)
		if a := must[Attr](t)(s.GetAttr(id)); a.CTime != 0 {
			t.Error("ctime has moved though there was nothing to take")
		}
	}
	s := newStore(t, 10, 10)
	want(t, "KillPriv", s.KillPriv(99, true), syscall.ESTALE)

	// Capabilities that are empty are none, and stay.
	id := must[Entry](t)(s.Mknod(RootID, "f", 0o4644, 0, Caller{})).ID
	want(t, "SetXattr", s.SetXattr(id, capability, nil, 0), 0)
	want(t, "KillPriv", s.KillPriv(id, true), 0)
	if _, errno := s.GetXattr(id, capability, nil); errno != 0 {
		t.Errorf("an empty capability: %v", errno)
	}
	if a := must[Attr](t)(s.GetAttr(id)); a.Mode&permMask != 0o644 {
		t.Errorf("mode %o", a.Mode)
	}
}

// A new size or owner takes privileges, but not if it is refused.
func TestSetAttrKillsPriv(t *testing.T) {
	owner, size := uint32(1000), int64(1)
	for name, set := range map[string]SetAttr{"uid": {UID: &owner}, "gid": {GID: &owner}, "size": {Size: &size}, "same size": {Size: new(int64)}, "mode": {Mode: new(uint32)}} {
		for _, setID := range []bool{false, true} {
			s := newStore(t, 10, 10)
			id := must[Entry](t)(s.Mknod(RootID, "f", 0o6755, 0, Caller{})).ID
			want(t, "SetXattr", s.SetXattr(id, capability, []byte("value"), 0), 0)
			before := must[Attr](t)(s.SetAttr(id, SetAttr{CTime: new(int64)}))
			set.KillSetID = setID
			for _, flag := range []uint32{FlagAppend, FlagImmutable} {
				want(t, "SetFlags", s.SetFlags(id, flag), 0)
				must[Attr](t)(s.SetAttr(id, SetAttr{CTime: new(int64)}))
				_, errno := s.SetAttr(id, set)
				want(t, "SetAttr", errno, syscall.EPERM)
				before.Flags = flag
				if a := must[Attr](t)(s.GetAttr(id)); a != before {
					t.Errorf("%s: %+v after it was refused, want %+v", name, a, before)
				}
			}
			if _, errno := s.GetXattr(id, capability, nil); errno != 0 {
				t.Errorf("%s: %v after it was refused", name, errno)
			}
			want(t, "SetFlags", s.SetFlags(id, 0), 0)
			must[Attr](t)(s.SetAttr(id, SetAttr{CTime: new(int64)}))
			a := must[Attr](t)(s.SetAttr(id, set))
			_, errno := s.GetXattr(id, capability, nil)
			mode := uint32(0o6755)
			switch {
			case name == "mode":
				mode = 0
			case setID:
				mode = 0o755
			}
			if kept := name == "mode"; a.Mode&permMask != mode || a.CTime == 0 || (errno == 0) != kept {
				t.Errorf("%s, %v: %o, %v, ctime %d", name, setID, a.Mode, errno, a.CTime)
			}
		}
	}
}
