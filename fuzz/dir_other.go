//go:build !linux

package fuzz

import (
	"context"
	"errors"
)

// RunAt runs a program as system calls in a directory, on Linux only.
func RunAt(context.Context, string, Program) (*Results, error) {
	return nil, errors.New("programs run as system calls on Linux only")
}
