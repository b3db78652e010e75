package memfs

import "github.com/scratchfs/memfs/internal/fusedev"

// Loops lists the loops that Options.Loop takes, but for LoopAuto.
func Loops() []Loop {
	return []Loop{LoopSerial, LoopGoroutine, LoopWorkers, LoopDev, LoopClone, LoopURing}
}

// own reports whether the loop is one of our own transport.
func (l Loop) own() bool {
	switch l {
	case LoopAuto, LoopDev, LoopClone, LoopURing:
		return true
	}
	return false
}

// BestLoop returns the loop that LoopAuto stands for here, and why it is not a
// better one.
func BestLoop() (Loop, error) {
	if err := fusedev.URingAvailable(); err != nil {
		return LoopClone, err
	}
	return LoopURing, nil
}
