//go:build !unix

package fetch

// limitFiles is for systems that can refuse a process to write long files.
func limitFiles(uint64) { panic("no such limit") }
