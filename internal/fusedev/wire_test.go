//go:build linux

package fusedev

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// structures are those of linux/fuse.h of protocol 7.45: since which minor version
// they are as they are, the name there and here, the size, and name, offset and
// size of the fields that mean something.
var structures = []struct {
	minor  int
	c      string
	here   any
	size   int
	fields string
}{
	{38, "fuse_in_header", InHeader{}, 40, "len@0+4 opcode@4+4 unique@8+8 nodeid@16+8 uid@24+4 gid@28+4 pid@32+4 total_extlen@36+2"},
	{0, "fuse_forget_in", ForgetIn{}, 8, "nlookup@0+8"},
	{16, "fuse_forget_one", ForgetOne{}, 16, "nodeid@0+8 nlookup@8+8"},
	{16, "fuse_batch_forget_in", BatchForgetIn{}, 8, "count@0+4"},
	{9, "fuse_getattr_in", GetattrIn{}, 16, "getattr_flags@0+4 fh@8+8"},
	{39, "fuse_statx_in", StatxIn{}, 24, "getattr_flags@0+4 fh@8+8 sx_flags@16+4 sx_mask@20+4"},
	{23, "fuse_setattr_in", SetattrIn{}, 88, "valid@0+4 fh@8+8 size@16+8 lock_owner@24+8 atime@32+8 mtime@40+8 ctime@48+8 atimensec@56+4 mtimensec@60+4 ctimensec@64+4 mode@68+4 uid@76+4 gid@80+4"},
	{12, "fuse_mknod_in", MknodIn{}, 16, "mode@0+4 rdev@4+4 umask@8+4"},
	{12, "fuse_mkdir_in", MkdirIn{}, 8, "mode@0+4 umask@4+4"},
	{0, "fuse_rename_in", RenameIn{}, 8, "newdir@0+8"},
	{23, "fuse_rename2_in", Rename2In{}, 16, "newdir@0+8 flags@8+4"},
	{0, "fuse_link_in", LinkIn{}, 8, "oldnodeid@0+8"},
	{33, "fuse_open_in", OpenIn{}, 8, "flags@0+4 open_flags@4+4"},
	{33, "fuse_create_in", CreateIn{}, 16, "flags@0+4 mode@4+4 umask@8+4 open_flags@12+4"},
	{9, "fuse_read_in", ReadIn{}, 40, "fh@0+8 offset@8+8 size@16+4 read_flags@20+4 lock_owner@24+8 flags@32+4"},
	{9, "fuse_write_in", WriteIn{}, 40, "fh@0+8 offset@8+8 size@16+4 write_flags@20+4 lock_owner@24+8 flags@32+4"},
	{8, "fuse_release_in", ReleaseIn{}, 24, "fh@0+8 flags@8+4 release_flags@12+4 lock_owner@16+8"},
	{7, "fuse_flush_in", FlushIn{}, 24, "fh@0+8 lock_owner@16+8"},
	{0, "fuse_fsync_in", FsyncIn{}, 16, "fh@0+8 fsync_flags@8+4"},
	{33, "fuse_setxattr_in", SetxattrIn{}, 16, "size@0+4 flags@4+4 setxattr_flags@8+4"},
	{0, "fuse_getxattr_in", GetxattrIn{}, 8, "size@0+4"},
	{7, "fuse_file_lock", FileLock{}, 24, "start@0+8 end@8+8 type@16+4 pid@20+4"},
	{9, "fuse_lk_in", LkIn{}, 48, "fh@0+8 owner@8+8 lk@16+24 lk_flags@40+4"},
	{3, "fuse_access_in", AccessIn{}, 8, "mask@0+4"},
	{36, "fuse_init_in", InitIn{}, 64, "major@0+4 minor@4+4 max_readahead@8+4 flags@12+4 flags2@16+4"},
	{7, "fuse_interrupt_in", InterruptIn{}, 8, "unique@0+8"},
	{8, "fuse_bmap_in", BmapIn{}, 16, "block@0+8 blocksize@8+4"},
	{11, "fuse_ioctl_in", IoctlIn{}, 32, "fh@0+8 flags@8+4 cmd@12+4 arg@16+8 in_size@24+4 out_size@28+4"},
	{21, "fuse_poll_in", PollIn{}, 24, "fh@0+8 kh@8+8 flags@16+4 events@20+4"},
	{19, "fuse_fallocate_in", FallocateIn{}, 32, "fh@0+8 offset@8+8 length@16+8 mode@24+4"},
	{24, "fuse_lseek_in", LseekIn{}, 24, "fh@0+8 offset@8+8 whence@16+4"},
	{28, "fuse_copy_file_range_in", CopyFileRangeIn{}, 56, "fh_in@0+8 off_in@8+8 nodeid_out@16+8 fh_out@24+8 off_out@32+8 len@40+8 flags@48+8"},
	{34, "fuse_syncfs_in", SyncfsIn{}, 8, ""},
	{15, "fuse_notify_retrieve_in", RetrieveIn{}, 40, "offset@8+8 size@16+4"},
	{0, "fuse_out_header", OutHeader{}, 16, "len@0+4 error@4+4 unique@8+8"},
	{32, "fuse_attr", Attr{}, 88, "ino@0+8 size@8+8 blocks@16+8 atime@24+8 mtime@32+8 ctime@40+8 atimensec@48+4 mtimensec@52+4 ctimensec@56+4 mode@60+4 nlink@64+4 uid@68+4 gid@72+4 rdev@76+4 blksize@80+4 flags@84+4"},
	{32, "fuse_entry_out", EntryOut{}, 128, "nodeid@0+8 generation@8+8 entry_valid@16+8 attr_valid@24+8 entry_valid_nsec@32+4 attr_valid_nsec@36+4 attr@40+88"},
	{32, "fuse_attr_out", AttrOut{}, 104, "attr_valid@0+8 attr_valid_nsec@8+4 attr@16+88"},
	{39, "fuse_sx_time", SxTime{}, 16, "tv_sec@0+8 tv_nsec@8+4"},
	{39, "fuse_statx", Statx{}, 256, "mask@0+4 blksize@4+4 attributes@8+8 nlink@16+4 uid@20+4 gid@24+4 mode@28+2 ino@32+8 size@40+8 blocks@48+8 attributes_mask@56+8 atime@64+16 btime@80+16 ctime@96+16 mtime@112+16 rdev_major@128+4 rdev_minor@132+4 dev_major@136+4 dev_minor@140+4"},
	{39, "fuse_statx_out", StatxOut{}, 288, "attr_valid@0+8 attr_valid_nsec@8+4 flags@12+4 stat@32+256"},
	{40, "fuse_open_out", OpenOut{}, 16, "fh@0+8 open_flags@8+4 backing_id@12+4"},
	{0, "fuse_write_out", WriteOut{}, 8, "size@0+4"},
	{45, "fuse_copy_file_range_out", CopyFileRangeOut{}, 8, "bytes_copied@0+8"},
	{4, "fuse_kstatfs", StatfsOut{}, 80, "blocks@0+8 bfree@8+8 bavail@16+8 files@24+8 ffree@32+8 bsize@40+4 namelen@44+4 frsize@48+4"},
	{0, "fuse_getxattr_out", GetxattrOut{}, 8, "size@0+4"},
	{7, "fuse_lk_out", LkOut{}, 24, "lk@0+24"},
	{43, "fuse_init_out", InitOut{}, 64, "major@0+4 minor@4+4 max_readahead@8+4 flags@12+4 max_background@16+2 congestion_threshold@18+2 max_write@20+4 time_gran@24+4 max_pages@28+2 map_alignment@30+2 flags2@32+4 max_stack_depth@36+4 request_timeout@40+2"},
	{8, "fuse_bmap_out", BmapOut{}, 8, "block@0+8"},
	{16, "fuse_ioctl_out", IoctlOut{}, 16, "result@0+4 flags@4+4 in_iovs@8+4 out_iovs@12+4"},
	{11, "fuse_poll_out", PollOut{}, 8, "revents@0+4"},
	{24, "fuse_lseek_out", LseekOut{}, 8, "offset@0+8"},
	{0, "fuse_dirent", Dirent{}, 24, "ino@0+8 off@8+8 namelen@16+4 type@20+4"},
	{32, "fuse_direntplus", Direntplus{}, 152, "entry_out@0+128 dirent@128+24"},
	{11, "fuse_notify_poll_wakeup_out", pollWakeupOut{}, 8, "kh@0+8"},
	{12, "fuse_notify_inval_inode_out", invalInodeOut{}, 24, "ino@0+8 off@8+8 len@16+8"},
	{38, "fuse_notify_inval_entry_out", invalEntryOut{}, 16, "parent@0+8 namelen@8+4 flags@12+4"},
	{18, "fuse_notify_delete_out", deleteOut{}, 24, "parent@0+8 child@8+8 namelen@16+4"},
	{15, "fuse_notify_store_out", storeOut{}, 24, "nodeid@0+8 offset@8+8 size@16+4"},
	{15, "fuse_notify_retrieve_out", retrieveOut{}, 32, "notify_unique@0+8 nodeid@8+8 offset@16+8 size@24+4"},
	{45, "fuse_notify_prune_out", pruneOut{}, 16, "count@0+4"},
	{42, "fuse_uring_ent_in_out", uringEntInOut{}, 32, "flags@0+8 commit_id@8+8 payload_sz@16+4"},
	{42, "fuse_uring_req_header", uringReqHeader{}, 288, "in_out@0+128 op_in@128+128 ring_ent_in_out@256+32"},
	{42, "fuse_uring_cmd_req", uringCmdReq{}, 24, "flags@0+8 commit_id@8+8 qid@16+2"},
}

func TestStructures(t *testing.T) {
	for _, s := range structures {
		typ := reflect.TypeOf(s.here)
		if n := int(typ.Size()); n != s.size {
			t.Errorf("%v has %d bytes, struct %s %d", typ, n, s.c, s.size)
		}
		want := strings.Fields(s.fields)
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Name == "_" {
				continue
			}
			place := fmt.Sprintf("@%d+%d", f.Offset, f.Type.Size())
			if len(want) == 0 || !strings.HasSuffix(want[0], place) {
				t.Errorf("%v: %s is at %s, struct %s has %v", typ, f.Name, place, s.c, want)
				break
			}
			want = want[1:]
		}
	}
}

// TestHeader compares the table with the header of this machine, as far as that
// is new enough.
func TestHeader(t *testing.T) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip(err)
	}
	program := new(bytes.Buffer)
	fmt.Fprint(program, "#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <linux/fuse.h>\n#define MINOR FUSE_KERNEL_MINOR_VERSION\nint main(void) {\n")
	for _, s := range structures {
		fmt.Fprintf(program, "#if MINOR >= %d\nprintf(\"%s %%zu\", sizeof(struct %s));\n", s.minor, s.c, s.c)
		for f := range strings.FieldsSeq(s.fields) {
			name, _, _ := strings.Cut(f, "@")
			fmt.Fprintf(program, "printf(\" %s@%%zu+%%zu\", offsetof(struct %s, %s), sizeof(((struct %s *)0)->%s));\n", name, s.c, name, s.c, name)
		}
		fmt.Fprint(program, "puts(\"\");\n#endif\n")
	}
	newOpcodes := map[Opcode]int{OpSyncfs: 34, OpTmpfile: 37, OpStatx: 39, OpCopyFileRange64: 45}
	for op, f := range formats {
		if f.name != "" {
			fmt.Fprintf(program, "#if MINOR >= %d\nprintf(\"FUSE_%s %%d\\n\", FUSE_%s);\n#endif\n", newOpcodes[Opcode(op)], f.name, f.name)
		}
	}
	for _, name := range initFlagNames {
		fmt.Fprintf(program, "#ifdef FUSE_%s\nprintf(\"FUSE_%s %%#llx\\n\", (unsigned long long)FUSE_%s & ~(FUSE_%s < 0 ? ~0ull << 32 : 0));\n#endif\n", name, name, name, name)
	}
	fmt.Fprint(program, "return 0; }\n")

	dir := t.TempDir()
	source, binary := filepath.Join(dir, "fuse.c"), filepath.Join(dir, "fuse")
	if err := os.WriteFile(source, program.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if b, err := exec.Command(cc, "-fsyntax-only", "-include", "linux/fuse.h", "-x", "c", "/dev/null").CombinedOutput(); err != nil {
		t.Skipf("no linux/fuse.h: %s", b)
	}
	if b, err := exec.Command(cc, "-o", binary, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	out, err := exec.Command(binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	have := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		have[name] = rest
	}
	if len(have) == 0 {
		t.Fatal("the program has printed nothing")
	}
	for op, f := range formats {
		if got, ok := have["FUSE_"+f.name]; ok && got != fmt.Sprint(op) {
			t.Errorf("FUSE_%s is %s, not %d", f.name, got, op)
		}
	}
	for i, name := range initFlagNames {
		if got, ok := have["FUSE_"+name]; ok && got != fmt.Sprintf("%#x", uint64(1)<<i) {
			t.Errorf("FUSE_%s is %s, not 1<<%d", name, got, i)
		}
	}
	for _, s := range structures {
		if got, ok := have[s.c]; !ok {
			t.Logf("struct %s is newer than the header", s.c)
		} else if want := strings.TrimSpace(fmt.Sprint(s.size, " ", s.fields)); got != want {
			t.Errorf("struct %s in the header: %s\nin the table: %s", s.c, got, want)
		}
	}
}
