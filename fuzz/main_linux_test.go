package fuzz

import (
	"testing"

	"github.com/scratchfs/memfs/internal/mounttest"
)

// TestMain runs the tests, or is the client or the server of one.
func TestMain(m *testing.M) {
	Client()
	mounttest.Main(m)
}
