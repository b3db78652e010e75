//go:build linux

package fusedev

import (
	"fmt"
	"io"
	"syscall"
)

// handshake reads INIT and answers it.
func (c *Conn) handshake(d *device) error {
	c.proto.minor = Minor
	r, err := newRequest(c, d, minBuffer, 0)
	if err != nil {
		return err
	}
	defer r.free()
	for {
		n, err := d.read(r)
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("waiting for INIT: %w", err)
		}
		errno, ok := r.decode(r.message[:n], &c.proto)
		if !ok || errno != 0 || r.Opcode != OpInit {
			return fmt.Errorf("the first message is not an INIT")
		}
		again, err := c.init(d, r)
		if !again {
			return err
		}
	}
}

// init answers an INIT, and reports whether there will be another one.
func (c *Conn) init(d *device, r *Request) (again bool, err error) {
	want := c.opts.Limits
	want.Flags &^= OverIOURing
	if c.loop == URing {
		want.Flags |= OverIOURing
	}
	i := in[InitIn](r)
	reply, err := Negotiate(i, &want)
	if err != nil {
		d.send(r, syscall.EPROTO)
		return false, fmt.Errorf("the kernel speaks FUSE %d.%d, here it is %d.%d", i.Major, i.Minor, Major, Minor)
	}
	r.begin()
	*out[InitOut](r) = reply
	r.size = InitOutSize(i.Minor)
	if err := d.send(r, 0); err != nil {
		return false, fmt.Errorf("answering INIT: %w", err)
	}
	if i.Major > Major {
		return true, nil
	}
	c.reply, c.proto = reply, reply.protocol()
	if c.loop == URing && c.proto.flags&OverIOURing == 0 {
		c.fallBack(noURing())
	}
	return false, nil
}
