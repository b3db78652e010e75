package fuzz

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// A Target is a directory on which programs run to be compared with tmpfs. To
// fuzz a filesystem that is mounted on /mnt/mine:
//
//	func TestMain(m *testing.M) { fuzz.Client(); os.Exit(m.Run()) }
//
//	func FuzzMine(f *testing.F) {
//		target, err := fuzz.NewTarget("/mnt/mine")
//		if err != nil {
//			f.Fatal(err)
//		}
//		f.Cleanup(target.Close)
//		f.Fuzz(func(t *testing.T, data []byte) {
//			if err := target.Check(fuzz.Decode(data)); err != nil {
//				t.Fatal(err)
//			}
//		})
//	}
//
// The calls are made by other processes (see [Client]), one in the directory and
// one on tmpfs, at the same time. A Target must not be used concurrently; several
// may work in one directory.
type Target struct {
	// Dir is where programs run: in a directory there that the Target makes and
	// removes. Root has a tmpfs made that is mounted nowhere, for which Linux 5.2 is needed;
	// others need one in /dev/shm.
	Dir string
	// Known reports the differences that are to be ignored; nil for none. NewTarget
	// sets it to OwnChoice.
	Known func(*Difference) bool
	// Shrink is how long Check may look for a smaller program, and Timeout how long
	// one may take.
	Shrink, Timeout time.Duration
	// Hung is called when a program takes longer, and must end the wait for a server
	// that does not answer: a process that waits for it cannot even be killed. If it
	// is nil, the connection is aborted if Dir is on FUSE, for which fusectl must be
	// mounted.
	Hung func()

	// place returns where to run a program, for a client. If it knows the limits
	// there, which are those of the program, they count.
	place  func(p Program) (got, want string, err error)
	limits bool
	// lacks reports what Dir has not and tmpfs has, which is left out on both.
	lacks   func(o *Op, before []Op) bool
	options runOptions // of the next program

	got, want *client
	flat      flatFile
	reports   map[string]string // the findings so far, by Check
	without   map[string]bool   // what was found out not to be there: see learns
	said      map[string]bool
}

// NewTarget returns a Target for a directory, in which limits are not known:
// programs that meet them are not compared further. What the directory says that it
// does not support, and tmpfs does, is left out from then on. Both are said on
// standard error, once.
func NewTarget(dir string) (*Target, error) {
	if st, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !st.IsDir() {
		return nil, &os.PathError{Op: "fuzz", Path: dir, Err: errors.New("not a directory")}
	}
	t := &Target{Dir: dir, Known: OwnChoice, Shrink: 10 * time.Second, Timeout: 5 * time.Second}
	t.place = func(Program) (string, string, error) { return dir, oracle("size=256m,nr_inodes=10k"), nil }
	return t, nil
}

// OwnChoice reports whether a difference is in what each filesystem may decide for
// itself: the size of a directory, how many blocks something takes, where there is a
// hole, and whether truncating a file to the size that it has moves its times.
func OwnChoice(d *Difference) bool {
	if d.Op != nil && d.Op.Kind == Seek {
		return true
	}
	dir, key := "", d.Key
	if at := strings.LastIndex(d.Key, "/") + 1; at > 0 { // of a name in a listing
		dir, key = d.Key[:at], d.Key[at:]
	}
	if key == "mtime" || key == "ctime" {
		return d.bothEnd(afterEmptied) || d.bothEnd(afterSame)
	}
	return key == "blocks" || key == keySize && strings.HasPrefix(d.In[0].Get(dir+"mode"), "4")
}

// bothEnd reports whether both values end with a mark.
func (d *Difference) bothEnd(mark string) bool {
	return strings.HasSuffix(d.Got, mark) && strings.HasSuffix(d.Want, mark)
}

// oracle returns where a client finds a tmpfs.
func oracle(options string) string {
	if os.Geteuid() != 0 {
		return "/dev/shm"
	}
	return tmpfsPrefix + options
}

// Check runs a program in the directory and on tmpfs. If they differ the error has
// the smallest program that Check could find that shows it, as a trace.
func (t *Target) Check(p Program) error { return t.check(p, t.Compare) }

// check is Check for any way of running a program.
func (t *Target) check(p Program, run func(Program) (*Finding, error)) error {
	f, err := run(p)
	if err != nil || f == nil {
		return err
	}
	if report := t.reports[f.Check]; report != "" {
		return errors.New(report) // to shrink each input of the engine again would take hours
	}
	again, err := run(p)
	if err != nil {
		return err
	}
	if again == nil && (f.Check == keyFreeBlocks || f.Check == keyFreeInodes) {
		return nil // a FUSE server frees what is forgotten when it comes to that: nobody waits for it
	}
	if again == nil || again.Check != f.Check {
		return fmt.Errorf("%v (not found when it ran again)\n\n%s", f, p)
	}
	best, smallest := Shrink(p, again, func(p Program) *Finding {
		f, err := run(p)
		if err != nil {
			return nil
		}
		return f
	}, t.Shrink)
	if t.reports == nil {
		t.reports = map[string]string{}
	}
	report := annotate(best, smallest) + "\nSave the trace as FILE and run it again: memfs replay -a DIR2 FILE DIR"
	t.reports[f.Check] = report
	return errors.New(report)
}

// Compare runs a program in the directory and on tmpfs, and returns the first
// difference. The error is not nil if one of them could not run it.
func (t *Target) Compare(p Program) (*Finding, error) {
	got, want, err := t.run(p)
	if errors.Is(err, errHung) {
		return differ("hang", "%v", err), nil
	}
	if err != nil {
		return nil, err
	}
	for k := range p.Ops {
		if t.learns(&p.Ops[k], got.Ops[k], want.Ops[k]) {
			return t.Compare(p)
		}
		if t.meetsLimit(got.Ops[k], want.Ops[k]) {
			got.Ops, want.Ops, p.Ops = got.Ops[:k], want.Ops[:k], p.Ops[:k]
			got.Tree, want.Tree = nil, nil
			break
		}
	}
	f := Compare(p, got, want, t.Known)
	if f != nil {
		for _, a := range got.Ops {
			f.Remarks = append(f.Remarks, a.String())
		}
	}
	return f, nil
}

// run runs a program in both places at once.
func (t *Target) run(p Program) (got, want *Results, err error) {
	gotIn, wantIn, err := t.place(p)
	if err != nil {
		return nil, nil, err
	}
	o := t.options
	o.Alone = t.limits
	for k := range p.Ops {
		o.Skip = append(o.Skip, t.leaveOut(&p.Ops[k], p.Ops[:k]))
	}
	var wg sync.WaitGroup
	var wantErr error
	wg.Go(func() { want, wantErr = t.runIn(&t.want, wantIn, p, o) })
	mine := o
	if t.limits {
		mine.Mount = gotIn
	}
	got, err = t.runIn(&t.got, gotIn, p, mine)
	wg.Wait()
	return got, want, errors.Join(err, wantErr)
}

// leaveOut reports whether an operation cannot be compared: what tmpfs or the
// directory lacks, and what would take all space where that has no limit.
func (t *Target) leaveOut(o *Op, before []Op) bool {
	const room = 32 << 20
	return o.Kind == Fallocate && o.Flags&zeroRange != 0 || // tmpfs has none
		o.Kind == SetFlags && !t.limits && o.Flags&^flagsAll != 0 || // it has fewer than most
		o.Kind == Fallocate && !t.limits && o.Flags&punchHole == 0 && o.Size > room ||
		t.leftOut(o, before)
}

// runIn runs a program with a client, which is started if it is not running.
func (t *Target) runIn(c **client, in string, p Program, o runOptions) (*Results, error) {
	if *c == nil {
		var err error
		if *c, err = startClient(); err != nil {
			return nil, err
		}
	}
	hung := t.Hung
	if hung == nil {
		hung = func() { abortFUSE(in) }
	}
	res, err := (*c).run(request{in, p, o}, t.Timeout, hung)
	if err != nil { // it may be gone, or stuck
		go (*c).close()
		*c = nil
	}
	return res, err
}

// Close ends the processes. What they made in the directory is gone then.
func (t *Target) Close() {
	for _, c := range [...]*client{t.got, t.want} {
		if c != nil {
			c.close()
		}
	}
}
