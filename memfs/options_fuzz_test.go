package memfs

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode"
)

// FuzzOptions reads any text as a list of options. What is accepted can be written
// down as a list that says the same, and is taken by Mount but for its size, and
// for options that another loop has; an error has one line and no options.
func FuzzOptions(f *testing.F) {
	for _, w := range OptionWords() {
		for _, value := range append(w.Values, "", "0", "1", "4096", "10k", "8388608T", "7%", "101%", "root", "nobody-at-all", "9223372036854775808", "x\ny") {
			f.Add(w.Name + value)
		}
	}
	for word := range refused {
		f.Add(word)
	}
	f.Add("size=1g,nr_inodes=10k,mode=755,uid=0,ro,noatime,loop=workers,x-y=z,subtype=")
	f.Add("size=99%,threads=3,max_read=131072,,defaults,fsname=,size")
	f.Add("sise=1,nosiud")
	f.Add("alow_other")
	f.Add("\n=")
	f.Add(`fsname=a\,b\\,ro\`)
	f.Add(`f\163name=\101\777\0,\000`)
	f.Fuzz(func(t *testing.T, list string) {
		o, err := ParseOptions(list)
		if err != nil {
			if strings.ContainsFunc(err.Error(), unicode.IsControl) || !reflect.DeepEqual(o, Options{}) {
				t.Fatalf("%+v, error %q", o, err)
			}
			return
		}
		if again, err := ParseOptions(listOf(o)); err != nil || !reflect.DeepEqual(again, o) {
			t.Fatalf("%s is %+v, %v; want %+v", listOf(o), again, err, o)
		}
		const memory = 1 << 40
		r, err := o.resolve(memory)
		switch {
		case err != nil && strings.ContainsFunc(err.Error(), unicode.IsControl):
			t.Fatalf("error %q", err)
		case o.Size <= memory && o.transportWord() == "" && err != nil:
			t.Fatalf("accepted, and refused by Mount: %v", err)
		case err == nil && (r.Size <= 0 || r.Inodes <= 0 || r.Mode&^permBits != 0 || r.Loop == "" || r.ATime == ""):
			t.Fatalf("a default is left open: %+v", r)
		}
	})
}

// listOf returns a list of options that ParseOptions makes o of.
func listOf(o Options) string {
	var list []string
	add := func(set bool, format string, value any) {
		if set {
			list = append(list, fmt.Sprintf(format, value))
		}
	}
	add(o.Size != 0, "size=%d", o.Size)
	add(o.Inodes != 0, "nr_inodes=%d", o.Inodes)
	add(o.Mode != 0, "mode=%o", o.Mode&permBits)
	if o.UID != nil {
		add(true, "uid=%d", *o.UID)
	}
	if o.GID != nil {
		add(true, "gid=%d", *o.GID)
	}
	add(o.ATime != "", "%s", o.ATime)
	add(o.FSName != "", "fsname=%s", escape.Replace(o.FSName))
	add(o.Subtype != "" || o.NoSubtype, "subtype=%s", escape.Replace(o.Subtype))
	add(o.MaxRead != 0, "max_read=%d", o.MaxRead)
	add(o.Loop != "", "loop=%s", o.Loop)
	add(o.Threads != 0, "threads=%d", o.Threads)
	add(o.QueueDepth != 0, "queue_depth=%d", o.QueueDepth)
	add(o.Spin != 0, "spin=%v", max(o.Spin, 0))
	add(o.MaxWrite != 0, "max_write=%d", o.MaxWrite)
	add(o.MaxBackground != 0, "max_background=%d", o.MaxBackground)
	add(o.CongestionThreshold != 0, "congestion_threshold=%d", o.CongestionThreshold)
	add(o.ServerLocks, "locks=%s", "server")
	for word, set := range map[string]bool{
		"ro": o.ReadOnly, "suid": o.Suid, "dev": o.Dev, "noexec": o.NoExec, "sync": o.Sync, "dirsync": o.DirSync,
		"nodiratime": o.NoDirATime, "allow_other": o.AllowOther, "writeback": o.Writeback, "noxattr": o.NoXattr,
		"nosymfollow": o.NoSymFollow, "default_permissions": o.DefaultPermissions, "direct_io": o.DirectIO,
	} {
		add(set, "%s", word)
	}
	return strings.Join(list, ",")
}
