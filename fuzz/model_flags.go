package fuzz

import "syscall"

// Flags of FS_IOC_SETFLAGS.
const (
	flagImmutable = 0x10
	flagAppend    = 0x20
	flagNoDump    = 0x40
	flagNoATime   = 0x80

	flagsAll       = 0xf0
	flagsInherited = flagNoDump | flagNoATime
)

func (m *model) setflags(id uint64, flags uint32) syscall.Errno {
	n, errno := m.get(id)
	switch {
	case errno != 0:
		return errno
	case !n.isRegular() && !n.isDir():
		return syscall.ENOTTY
	case flags|flagsAll != flagsAll:
		return syscall.EOPNOTSUPP
	}
	n.flags = flags
	n.ctime = m.now()
	return 0
}

// clearFlags takes the flags off an inode, so that it can be removed. Others than
// files and directories keep what they have: it does not protect them.
func (m *model) clearFlags(n *node) syscall.Errno { return m.setflags(n.id, 0) }

func (n *node) immutable() bool  { return n.flags&flagImmutable != 0 }
func (n *node) appendOnly() bool { return n.flags&flagAppend != 0 }
func (n *node) protected() bool  { return n.immutable() || n.appendOnly() }

// maySet reports whether the flags allow for a setattr.
func (n *node) maySet(set uint32) bool {
	what := set & setAll &^ (Touch | SetCTime | KillSetID)
	switch {
	case what == 0 || !n.protected():
		return true
	case n.immutable():
		return false
	}
	return set&Touch != 0 && what&^(SetATime|SetMTime) == 0
}

// setID in Op.Flags has KillPriv take the set-id bits, too.
const setID = 1

func (m *model) killPriv(id uint64, bits bool) syscall.Errno {
	n, errno := m.get(id)
	if errno != 0 {
		return errno
	}
	mode, caps := n.unprivileged(bits)
	switch {
	case mode == n.mode && !caps:
		return 0
	case n.immutable():
		return syscall.EPERM
	}
	m.takePriv(n, bits)
	n.ctime = m.now()
	return 0
}

// unprivileged returns the mode that a file has after somebody changes it, and
// whether it has capabilities to lose.
func (n *node) unprivileged(bits bool) (mode uint32, caps bool) {
	mode = n.mode
	if n.isDir() {
		return mode, false
	}
	if bits {
		mode &^= 0o4000
		if mode&0o10 != 0 {
			mode &^= setgidBit
		}
	}
	return mode, len(n.xattrs["security.capability"]) > 0
}

// takePriv takes privileges away, and reports whether there were any.
func (m *model) takePriv(n *node, bits bool) bool {
	mode, caps := n.unprivileged(bits)
	any := caps || mode != n.mode
	n.mode = mode
	if caps {
		m.usedSpace -= spaceOf("security.capability", n.xattrs["security.capability"])
		delete(n.xattrs, "security.capability")
	}
	return any
}
