package memfs

import "github.com/scratchfs/memfs/internal/fusedev"

// observeTransport returns what Observe is to our own transport, which takes the
// times itself.
func (o *Options) observeTransport() func(fusedev.Observation) {
	if o.Observe == nil {
		return nil
	}
	return func(r fusedev.Observation) {
		o.Observe(Observation{
			Request: r.Opcode.String(),
			Read:    r.Read, Decode: r.Decode, Operation: r.Operation, Reply: r.Reply,
		})
	}
}
