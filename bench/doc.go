// Package bench measures the FUSE dispatch path: what a request costs, where
// its time goes, which loop is best on this machine, and how far that is from
// tmpfs and from other filesystems.
//
// A run is a number of rounds. In each round every workload runs on every
// target, one after the other (A B C, A B C, …), so that whatever the machine
// does meanwhile it does to all of them. Results are compared by the ratio to a
// baseline in the same round.
//
// # Processes
//
// Each target has a server and a client, processes of their own: [Run] starts
// its program again for them, so that a program that calls Run begins with
// [Child]. A process that waits for its own mount can deadlock. The directory of
// a target is touched by its client only; if that does not answer in time its
// server is killed, which aborts the connection, and both are started anew. The
// server unmounts when its standard input ends, whatever ends it.
//
// # Measuring
//
// In a first pass everything is done once. It shows what does not work, which is
// left out with the reason; what takes how long, from which follows for how long
// the rest can be repeated; and how many requests an operation takes, which the
// kernel counts. Counting, and looking at the clock between the stages of a
// request, is not done in the rounds, where it would be measured as well.
//
// The stages are those of [memfs.Observation]. On the loops of jacobsa/fuse
// reading a request includes decoding it. With uring one system call sends the
// replies and brings the next requests: its time is that of the replies, and
// there is some of reading only where there was nothing to send.
//
// In a round a workload sets up what it needs, warms up, runs, checks what it did
// and cleans up; running alone is measured. An operation ends where the next
// begins, so each includes one look at the clock (some 40 ns). That matters for
// the store alone; BenchmarkWorkload measures it without.
//
// # Comparing
//
// Nothing is thrown away, no round as an outlier either. Of the rounds the
// medians count, and of the ratios to the baseline, each taken within a round;
// confidence intervals and tests assume nothing of how rounds are distributed.
// What the machine did meanwhile is said in [Report.Noise].
//
// # More of it
//
// A target is an entry in target_linux.go, as is a loop of memfs. The target
// memfs is on the loop that memfs takes by itself, which the report names; each
// loop by itself is memfs-dev and so on. A run that names no targets leaves out
// the loop that memfs is on, which would be measured twice, and those that this
// kernel does not offer; memfs-dev, memfs-serial and memfs-goroutine have to be
// asked for, so that the others get enough rounds. A quick one has of the loops
// memfs and memfs-workers alone.
//
// A workload is an entry in workload_*_linux.go: either an operation that the
// threads of a client repeat, on anything that is a fileSystem, or something that
// is done once, such as running a program.
package bench
