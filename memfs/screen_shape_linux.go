package memfs

import (
	"bytes"
	"fmt"
)

// shape is what a request must have behind its header for the library to decode
// it: so many bytes, in the oldest protocol that it knows, and so many names, each
// with the NUL that ends it.
type shape struct{ body, names int }

// shapes is indexed by the opcode. The others have neither.
var shapes = [...]shape{
	opLookup:      {0, 1},
	opForget:      {8, 0},
	opSetattr:     {88, 0},
	opSymlink:     {0, 2},
	opMknod:       {8, 1},
	opMkdir:       {8, 1},
	opUnlink:      {0, 1},
	opRmdir:       {0, 1},
	opRename:      {8, 2},
	opLink:        {8, 1},
	opOpen:        {8, 0},
	opRead:        {24, 0},
	opWrite:       {24, 0},
	opRelease:     {24, 0},
	opFsync:       {16, 0},
	opSetxattr:    {8, 1}, // and a value
	opGetxattr:    {8, 1},
	opListxattr:   {8, 0},
	opRemovexattr: {0, 1},
	opFlush:       {24, 0},
	opReaddir:     {24, 0},
	opReleasedir:  {24, 0},
	opFsyncdir:    {16, 0},
	opCreate:      {8, 1},
	opBatchForget: {8, 0},
	opFallocate:   {32, 0},
	opReaddirplus: {24, 0},
	opSyncfs:      {8, 0},
}

// checkShape returns what is wrong with the shape of a message, nothing if it is
// that of a request.
func (s *screen) checkShape() string {
	op := s.opcode()
	if op >= uint32(len(shapes)) {
		return ""
	}
	want := shapes[op]
	names := s.size - inHeaderSize - want.body
	switch {
	case names < 0:
		return fmt.Sprintf("opcode %d with %d bytes, want %d", op, s.size-inHeaderSize, want.body)
	case want.names == 0:
		return ""
	case names > namesMax && op != opSetxattr:
		return fmt.Sprintf("names of %d bytes", names)
	}
	b := s.start[inHeaderSize+want.body : min(s.size, len(s.start))]
	if bytes.Count(b, []byte{0}) < want.names || op != opSetxattr && b[len(b)-1] != 0 {
		return fmt.Sprintf("opcode %d with a name that does not end", op)
	}
	return ""
}
