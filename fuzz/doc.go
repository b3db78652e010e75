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
// Which errno comes first where two would do is what the store documents; the
// kernel has seen to it before it asks. Everything else is decided by tmpfs,
// tried on one.
//
// # How to fuzz
//
//	make fuzz FUZZTIME=10m
//	go test ./fuzz -run '^$' -fuzz FuzzOps -parallel 1 -fuzzminimizetime 1x -invariants
//
// -invariants checks those of the store after each operation, and not only after
// each program. Without -fuzzminimizetime the engine spends most of its time on
// making inputs smaller byte by byte; the programs are made smaller here, by the
// operation. -shrink says how long that may take.
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
// Saved as a file it runs again, with what each operation returned:
//
//	go test ./fuzz -v -run TestReplay -replay /tmp/trace
//
// A program that hangs ends the process before it can be made smaller. Its input,
// run again as the engine says, prints the whole trace; TestReplay makes it
// smaller.
//
// Fixed, it belongs in testdata/traces, with a comment on what it shows and with
// limits of limitsTable. There it is run by go test, which compares what stands
// behind // too, and it is where fuzzing starts from. (Inputs of the engine's own
// are not kept: they mean something else as soon as a table changes.)
//
// # How to add an operation
//
// A [Kind]; its row in syntax.go, with a weight and the fields that count; a
// case in execution.step, which calls the store and the model; and the model's
// method. TestForms, TestMeaning and TestKinds see to the rest. A new field is a
// field of [Op] and one in syntax.go with the values worth trying.
package fuzz
