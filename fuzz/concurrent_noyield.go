//go:build !perturb

package fuzz

// perturb does nothing: without the build tag perturb no thread yields.
func perturb(uint64) {}
