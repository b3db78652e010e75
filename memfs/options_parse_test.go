package memfs

import (
	"errors"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseOptions(t *testing.T) {
	for list, want := range map[string]Options{
		"":                                       {},
		",,":                                     {},
		"size=4k":                                {Size: 4096},
		"size=1,size=2M":                         {Size: 2 << 20},
		"nr_inodes=10k":                          {Inodes: 10240},
		"mode=755":                               {Mode: syscall.S_IFDIR | 0o755},
		"mode=0":                                 {Mode: syscall.S_IFDIR},
		"uid=3,gid=0":                            {UID: new(uint32(3)), GID: new(uint32(0))},
		"uid=root":                               {UID: new(uint32(0))},
		"ro,suid,dev,noexec":                     {ReadOnly: true, Suid: true, Dev: true, NoExec: true},
		"ro,rw,suid,nosuid":                      {},
		"dev,nodev,noexec,exec":                  {},
		"sync,dirsync":                           {Sync: true, DirSync: true},
		"sync,async":                             {},
		"noatime":                                {ATime: NoATime},
		"noatime,atime":                          {ATime: RelATime},
		"strictatime,nodiratime":                 {ATime: StrictATime, NoDirATime: true},
		"nodiratime,diratime":                    {},
		"allow_other,max_read=8192":              {AllowOther: true, MaxRead: 8192},
		"fsname=a=b,subtype=x":                   {FSName: "a=b", Subtype: "x"},
		"subtype=":                               {NoSubtype: true},
		"subtype=,subtype=y":                     {Subtype: "y"},
		"nosymfollow":                            {NoSymFollow: true},
		"nosymfollow,symfollow":                  {},
		"noatime,norelatime,lazytime,nolazytime": {ATime: NoATime},
		`fsname=a\,b\\,ro`:                       {FSName: `a,b\`, ReadOnly: true},
		`fsname=\101\09\777\`:                    {FSName: `A09777\`},
		`subtype=a\=b,r\o`:                       {Subtype: "a=b", ReadOnly: true},
		"loop=serial,threads=7":                  {Loop: LoopSerial, Threads: 7},
		"writeback,noxattr":                      {Writeback: true, NoXattr: true},
		"default_permissions":                    {DefaultPermissions: true},
		"loop=uring,queue_depth=3":               {Loop: LoopURing, QueueDepth: 3},
		"loop=auto,direct_io":                    {Loop: LoopAuto, DirectIO: true},
		"locks=server,spin=20us":                 {ServerLocks: true, Spin: 20 * time.Microsecond},
		"locks=server,locks=kernel":              {},
		"spin=0":                                 {Spin: -1},
		"max_write=65536,max_background=7,congestion_threshold=5":           {MaxWrite: 65536, MaxBackground: 7, CongestionThreshold: 5},
		"defaults,auto,noauto,user,nouser,users,owner,group,_netdev,nofail": {},
		"comment=x,x-systemd.automount,X-mount.mkdir=700":                   {},
	} {
		got, err := ParseOptions(list)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("ParseOptions(%q) = %+v, %v; want %+v", list, got, err, want)
		}
	}
}

func TestParseOptionsPercent(t *testing.T) {
	o, err := ParseOptions("size=50%")
	if want := availableMemory() / 100 * 50; err != nil || o.Size != want {
		t.Errorf("size=50%% is %d, %v; want %d", o.Size, err, want)
	}
}

func TestParseOptionsErrors(t *testing.T) {
	for list, want := range map[string]string{
		"siz=1m":                   `unknown option "siz=1m", did you mean size=?`,
		`siz\,e=1m`:                `unknown option "siz\\,e=1m", did you mean size=?`,
		`fsname=a\000b`:            `'fsname=a\000b': has a zero byte`,
		"ro,noexeec":               `unknown option "noexeec", did you mean noexec?`,
		"alow_other":               `unknown option "alow_other", did you mean allow_other?`,
		"gibberish":                `unknown option "gibberish"`,
		"queue_depth=0":            "queue_depth=0: not a number between 1 and 1024",
		"spin=fast":                "spin=fast: not a time of up to a second, such as 50us",
		"spin=2s":                  "spin=2s: not a time of up to a second, such as 50us",
		"locks=mine":               "locks=mine: not one of kernel, server",
		"max_background=70000":     "max_background=70000: not a number between 1 and 65535",
		"rx":                       `unknown option "rx"`,
		"huge=always":              `unknown option "huge=always"`,
		"size":                     "size: needs a value",
		"size=":                    "size=: not a number",
		"size=12q":                 "size=12q: not a number",
		"size=-1":                  "size=-1: not a number",
		"size=1.5g":                "size=1.5g: not a number",
		"size=0":                   "size=0: a limit of zero",
		"size=0%":                  "size=0%: not a whole percentage",
		"size=101%":                "size=101%: not a whole percentage",
		"size=9223372036854775808": "size=9223372036854775808: too large",
		"size=8388608t":            "size=8388608t: too large",
		"nr_inodes=8388604t":       "nr_inodes=8388604t: too large",
		"nr_inodes=1%":             "nr_inodes=1%: not a number",
		"mode=8":                   "mode=8: not an octal mode",
		"mode=10000":               "mode=10000: not an octal mode",
		"uid=nobody-at-all":        "uid=nobody-at-all: neither a number nor a known user",
		"gid=4294967295":           "gid=4294967295: neither",
		"ro=1":                     "ro=1: takes no value",
		"fsname=":                  "fsname=: empty",
		"loop=fast":                "loop=fast: not one of serial, goroutine, workers",
		"threads=0":                "threads=0: not a number between 1 and 1024",
		"threads=1025":             "threads=1025: not a number between 1 and 1024",
		"max_read=4095":            "max_read=4095: not a number of bytes of at least 4096",
		"allow_root":               "allow_root: not supported",
		"auto_unmount":             "auto_unmount: not supported",
		"remount,ro":               "remount: not supported",
	} {
		o, err := ParseOptions(list)
		var oe *OptionError
		if !errors.As(err, &oe) || !strings.HasPrefix(err.Error(), want) || !reflect.DeepEqual(o, Options{}) {
			t.Errorf("ParseOptions(%q) = %+v, %v; want nothing, %s", list, o, err, want)
		}
		if oe != nil && oe.Unknown != strings.HasPrefix(want, "unknown") {
			t.Errorf("ParseOptions(%q): Unknown is %v", list, oe.Unknown)
		}
	}
}

// Every word must do something, or be there to be accepted: a word whose field
// was forgotten would be silently without effect.
func TestOptionWordsHaveAnEffect(t *testing.T) {
	start := Options{ReadOnly: true, Suid: true, Dev: true, NoExec: true, Sync: true, NoDirATime: true, NoSymFollow: true, ServerLocks: true}
	values := map[string]string{"max_read=": "4096", "max_write=": "4096", "spin=": "1ms"}
	for _, w := range OptionWords() {
		list, value := w.Name, "1"
		if strings.HasSuffix(w.Name, "=") {
			if len(w.Values) > 0 {
				value = w.Values[0]
			} else if v := values[w.Name]; v != "" {
				value = v
			}
			list += value
		}
		effect := false
		for _, o := range []Options{start, {}} {
			before := o
			if err := o.set(list); err != nil {
				t.Errorf("%s: %v", list, err)
			}
			effect = effect || !reflect.DeepEqual(o, before)
		}
		if !effect {
			t.Errorf("%s: has no effect", list)
		}
		if w.Help == "" {
			t.Errorf("%s: no help", w.Name)
		}
	}
}
