package fuzz

import (
	"golang.org/x/sys/unix"

	"github.com/scratchfs/memfs/internal/fuseclient"
)

// wireOthers make the requests of a kernel that no Op stands for. The operation
// has the inode, two names and some numbers.
var wireOthers = []func(f *wireFrame, o *Op){
	func(f *wireFrame, o *Op) { f.is(fuseclient.Lookup).name(".") },
	func(f *wireFrame, o *Op) { f.is(fuseclient.Lookup).name("..") },
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Open), &fuseclient.OpenIn{Flags: unix.O_RDWR}) },
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Opendir), &fuseclient.OpenIn{}) },
	func(f *wireFrame, o *Op) {
		put(f.is(fuseclient.Create), &fuseclient.CreateIn{Flags: unix.O_RDWR, Mode: typeRegular | o.Mode&permissions, Umask: o.Umask}).name(o.Name)
	},
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Access), &fuseclient.AccessIn{Mask: o.Mode & 7}) },
	func(f *wireFrame, o *Op) { f.ioctl(getFlags, 0, 4) },
	func(f *wireFrame, o *Op) { f.ioctl(getXFlags, 0, 28) },
	func(f *wireFrame, o *Op) { put(f.ioctl(setXFlags, 28, 0), &[7]uint32{o.Mode & 0xd8}) },
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Getlk), wireLock(o)) },
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Setlk), wireLock(o)) },
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Syncfs), new(uint64)) },
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Fsync), &[2]uint64{}) },
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Flush), &[3]uint64{}) },
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Release), &[3]uint64{}) },
	func(f *wireFrame, o *Op) {
		in := fuseclient.WriteIn{Offset: uint64(o.Offset), Size: uint32(o.ioSize()), WriteFlags: fuseclient.WriteKillSUIDGID}
		put(f.is(fuseclient.Write), &in).data(o.ioSize(), o)
	},
	func(f *wireFrame, o *Op) {
		put(f.is(fuseclient.CopyFileRange64).ref(16, o.NewDir, false), &fuseclient.CopyFileRangeIn{Length: uint64(o.Size)})
	},
	func(f *wireFrame, o *Op) {
		put(f.is(fuseclient.BatchForget), &fuseclient.BatchForgetIn{Count: 2})
		put(put(f.ref(8, o.Inode, false).ref(24, o.NewDir, false), &fuseclient.ForgetOne{Lookups: 1}), &fuseclient.ForgetOne{Lookups: 1})
	},
	func(f *wireFrame, o *Op) { put(f.is(fuseclient.Interrupt), &fuseclient.InterruptIn{Unique: 1<<63 - 1}) },
}

func wireLock(o *Op) *fuseclient.LockIn {
	return &fuseclient.LockIn{Owner: uint64(o.UID), Start: uint64(o.Offset), End: uint64(o.Offset + o.Size), Type: o.Mode % 4}
}

// wireOther draws one of them.
func (d *decoder) wireOther() wireFrame {
	var o Op
	how := d.byte()
	for _, f := range []field{anEntry, newFile, mode, umask, uid, offset, length} {
		f.decode(d, &o)
	}
	f := wireFrame{node: o.Inode, uid: o.UID}
	wireOthers[int(how)%len(wireOthers)](&f, &o)
	d.add(&Op{Kind: StatFS})
	return f
}
