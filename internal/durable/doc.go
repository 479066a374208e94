// Package durable writes files so that nothing is lost: whatever breaks off a
// write, be it a full disk, a kill or a power cut, what was there before is still
// there, whole, or else what was to be there is.
//
//   - disk.go: the few things that are done to a disk
//   - file.go: one file
//   - state.go: several files that belong together, as one state
//   - read.go: reading a state that somebody may be writing
//   - lock.go: one writer at a time
package durable
