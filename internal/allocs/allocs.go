// Package allocs says in tests what a step allocates.
package allocs

import "runtime"

// Step bounds what one step of training or decoding may allocate, in bytes,
// whatever the size of the model, the batch and the text: some small values that
// share out the work, and no matrix.
const Step = 64 << 10

// Bytes returns how much a call of f allocates: the least of ten calls, since a
// worker that first takes part in one of them makes its room then, once.
func Bytes(f func()) int {
	var before, after runtime.MemStats
	least := uint64(1 << 62)
	for range 10 {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return int(least)
}
