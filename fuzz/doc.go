// Package fuzz finds out whether the store does what tmpfs would. It makes
// programs of bytes, runs them on the store and on a model, compares whatever
// can be seen, and makes the smallest program of one that shows a difference.
//
// # Programs
//
// A [Program] is limits and a sequence of operations ([Op]); each calls one
// method of the store. It exists in three forms: as data; as bytes, which the
// fuzzing engine changes and joins ([Decode], [Encode]); and as a trace, text
// with an operation a line ([Program.String], [Parse]). One table has the syntax
// of all three (syntax.go).
//
// Nearly all bytes are a program that does something. Names are drawn from few,
// and mostly those that the program made before; sizes and offsets are close to
// where the store or tmpfs changes its mind: fragments, blocks, leaves, 2^63.
// Limits are so tight that they are met. A reference to an inode is the number
// of the operation that gave it out, so a program from which operations are
// deleted is still one ([Ref]).
//
// # What is compared
//
// FuzzOps compares with the model of model*.go: maps, slices and counters,
// written to be obviously right. Compared are the result and the errno of each
// operation, all attributes that it returns, and that a listing in pieces shows
// what stayed, once, whatever else came and went. At the end, everything: the
// tree, attributes, contents, holes, extended attributes, free space. Then all
// is removed and forgotten, an inode must live until its last lookup is
// forgotten and no longer, and the store must be as empty as a new one. It is
// used for the next program: a store of which something is left fails, and one
// with a past has dirt in its free memory.
//
// Of a time of an inode the model knows between what it must lie. The clock of
// the store ticks every few milliseconds by itself; here it is made to before
// each operation, so it shows which times an operation moves (subject.go).
//
// FuzzData has one file and a slice of bytes, and more operations on the same
// few blocks.
//
// FuzzConcurrent has threads, two to four, which run operations side by side
// after some that run alone. What they returned, and what is there at the end, must
// be what the model gives for the operations in some order, one after the other,
// each somewhere between its call and its return (linearizability; porcupine looks
// for the order). concurrent_spec.go says what is not asked for, and why.
// Operations that have no inode in common are explained by themselves
// (concurrent_parts.go). A thread uses an inode only while it, or who was there
// before the threads, has a lookup of it, as the kernel does.
//
// Which errno comes first where two would do is what the store documents; the
// kernel has seen to it before it asks. Everything else is decided by tmpfs,
// tried on one.
//
// # Messages
//
// FuzzWire sends messages of the FUSE protocol to servers, by each of the loops,
// through a socket, with no mount: operations as the requests of a kernel, requests
// that no operation stands for, changed ones and any bytes, one by one or several
// before the first reply. No message may end a server or have it hang, go silent or
// allocate without bound; each request gets one reply, of the form that its opcode
// allows. Then all is removed and forgotten over the wire, and the filesystem must
// be as empty as a new one. What the operations do is for the other targets.
//
// # System calls
//
// The same programs run as system calls in a directory ([RunAt]), of any
// filesystem. FuzzMount runs them on mounted memfs, with each loop, and on tmpfs,
// and compares what each call let see, all that there is at the end, and the free
// space once everything is removed. The mounts are kept, one for each loop and
// each limits. FuzzMountData does it with the programs of FuzzData, and the slice;
// files are read and written through shared mappings, with O_DIRECT and by
// copy_file_range(2) as well.
//
// Each operation of the store has its system call, with the caller and the umask
// that it names: Tmpfile is O_TMPFILE, SetFlags is chattr(1), NoATime is O_NOATIME.
// KillPriv and TryGetAttr are steps of a server's own, LookupID and LookupParent are
// what the kernel asks for when it has nothing but a handle: they have none. A
// write is not told to be a WriteBack, which is what the kernel makes of one through
// a mapping.
//
// The calls are made by processes of their own, which stay ([Client], [Target]):
// one that waits for a server that does not answer cannot be ended otherwise than
// with the server.
//
// A program that forgets all lookups of an inode has the kernel forget what it has
// cached of the filesystem, if root runs it on a mount of memfs.
//
// What a time was set to is compared exactly. Of the others it can only be said
// that a program moved them, unless each operation waits for the next timer tick:
// then it can be said which. Some inputs of FuzzMount do.
//
// The differences that the kernel and jacobsa/fuse cause are listed in
// mount_known_linux_test.go, each with its reason. What is not listed is a finding.
//
// A server with one loop more is one entry more in memfs.Loops. The differences of
// jacobsa/fuse are not expected of it.
//
// # Other filesystems
//
// [Target] does the same with a directory on any filesystem and tmpfs, from the
// tests of that filesystem; its documentation has the few lines that it takes.
// What the directory says that it does not support is left out, and so is what
// follows where a program meets a limit, which the directory may have elsewhere. That
// is said on standard error, once. Without writing any, or to look into one trace:
//
//	go test ./fuzz -run '^$' -fuzz 'FuzzMount$' -parallel 1 -fuzzminimizetime 1x -target DIR
//	memfs replay -a DIR2 FILE DIR
//
// # How to fuzz
//
// Each of the targets in turn, those of memfs/ too, which read mount options and
// tables of mounts; or one of them:
//
//	make fuzz FUZZTIME=10m
//	go test ./fuzz -run '^$' -fuzz FuzzOps -parallel 1 -fuzzminimizetime 1x -invariants
//
// -invariants checks those of the store after each operation, and not only after
// each program. Without -fuzzminimizetime the engine spends most of its time on
// making inputs smaller byte by byte; the programs are made smaller here, by the
// operation. -shrink says how long that may take.
//
// FuzzConcurrent is meant for the race detector, and for the build tag perturb,
// with which threads let others run at lock points (inode/perturb.go):
//
//	go test ./fuzz -race -tags perturb -run '^$' -fuzz FuzzConcurrent -parallel 1 -fuzzminimizetime 1x
//
// It runs each program a few times, with the seeds from 1 on for where the threads
// yield, and those of testdata/concurrent some hundred times. A finding is made
// smaller, and a trace replayed, with many more.
//
// How fast the targets are, in programs a second, and for each second of the
// processors, which what else runs disturbs less:
//
//	go test ./fuzz -run '^$' -bench 'Ops|Data|Wire|Concurrent'
//
// # How to read a trace
//
// A finding comes with the smallest program that shows it:
//
//	operation 4: errno: ENOSPC, want EEXIST
//
//	limits blocks=1 inodes=3 atime=0
//	1 mkdir root "a"
//	2 mknod root "b"
//	3 write #2 size=1  // 1
//	4 symlink root "a" "t"*128
//
// The number of each operation stands before it, and #2 is the inode that
// operation 2 gave out. References and names come first, in the order of the
// system call; then what is not zero. "t"*128 is a string of 128 bytes. Behind
// // is what the operation returned, for the reader. The last operation is the
// one that differs; the store's answer comes first. limits has the policy for
// access times too: 0 relatime, 1 noatime, 2 strictatime.
//
// In a program with threads the operations of each have its number before theirs.
// Behind // is also when the operation was called and when it returned, since the
// threads began:
//
//	no order of the operations explains what they returned, and what is there at the end; for example errno: no error, want ENOENT
//
//	limits blocks=40 inodes=512 atime=0
//	1 mknod root "a" mode=0100644
//	2 forget #1 count=1
//	t1 3 lookup root "a"  //  1933 to  3174 ns: inode 33.136 nlink 1
//	t1 4 forget #3 count=1  //  3348 to 15430 ns: 1
//	t2 5 lookup root "a"  //  3660 to  4867 ns: inode 33.136 nlink 1
//	t2 6 getattr #5  //  5001 to 16287 ns: ESTALE
//	t3 7 unlink root "a"  //   257 to 11816 ns:
//
// Operation 5 gave the inode out, and so 6 must find it.
//
// Saved as a file it runs again, with what each operation returned:
//
//	go test ./fuzz -v -run TestReplay -replay /tmp/trace
//
// A program that hangs ends the process before it can be made smaller. Its input,
// run again as the engine says, prints the whole trace; TestReplay makes it
// smaller.
//
// Messages are a text as well (wireProgram.String), which is sent again by
//
//	go test ./fuzz -v -run TestWireSeeds -wire /tmp/messages
//
// Fixed, a trace belongs in testdata/traces, with a comment on what it shows and
// with limits of limitsTable. There it is run by go test, which compares what stands
// behind // too, and it is where fuzzing starts from. One with threads belongs in
// testdata/concurrent, with limits of concurrentLimits; messages in testdata/wire.
// (Inputs of the engine's own are not kept: they mean something else as soon as a
// table changes.) `make fuzz-cover` says how much of the code all of that covers.
//
// # Seeded defects
//
// defects/ has mistakes that a person could make in the code under test, as
// patches. `make defects` has the fuzz targets find each of them, within a minute;
// TestDefects alone sees that they still apply. One that no target finds asks for a
// better target.
//
// # How to add an operation
//
// A [Kind]; its row in syntax.go, with a weight and the fields that count; a
// case in execution.step, which calls the store and the model; and the model's
// method. For FuzzWire, a case in wireOf with its request. For FuzzConcurrent, a
// case in call.do and in specification.answer, and a place in inThreads. TestForms,
// TestMeaning and TestKinds see to the rest. A new field is a field of [Op] and one
// in syntax.go with the values worth trying.
package fuzz
