package bench

import "time"

// What the processes of a run say to each other, as JSON over pipes.

// A job is one measurement that the client of a target is to make.
type job struct {
	Workload string
	Threads  int
	Shared   bool
	Size     int64
	Names    int64

	Warm     time.Duration // to run before measuring
	Duration time.Duration // to measure
	MaxOps   int64         // to stop after, if not 0

	Count   bool   // count requests
	Observe bool   // say when measuring begins and ends
	NoData  bool   // what is read is not what was written
	Server  int    // process that serves the target; 0: none, or not known
	Source  string // what applications work with
}

// An answer is what the client says to a job: any number of events, and then
// what it measured.
type answer struct {
	Event   string // eventBegin or eventEnd, which wait for an acknowledgement
	Error   string // why it did not work
	Samples []sample
}

const (
	eventBegin = "begin"
	eventEnd   = "end"
)

// A sample is what was measured of one part of a workload in one round.
type sample struct {
	Part    string // of a workload that has several
	Round   Round
	Latency buckets
}

// An order is what the server of a target is told: to begin to observe requests,
// or to end.
type order struct {
	Observe bool
}

// A status is what a server says when it is ready, and to an order to end.
type status struct {
	Error  string
	Counts map[string]int64 // of requests, by opcode
	Stages map[string]buckets
}
