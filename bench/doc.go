// Package bench measures the FUSE dispatch path: what a request costs, where
// its time goes, which loop is best on this machine, and how far that is from
// tmpfs and from other filesystems.
//
// A run is a number of rounds. In each round every workload runs on every
// target, one after the other (A B C, A B C, …), so that whatever the machine
// does meanwhile it does to all of them. Results are compared by the ratio to a
// baseline in the same round.
package bench
