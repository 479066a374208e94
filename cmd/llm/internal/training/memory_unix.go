//go:build unix

package training

import (
	"fmt"
	"runtime"
	"syscall"
	"time"
)

// processorTime is what all cores together have spent on the program.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMemory says how much memory the program has had at most.
func peakMemory() string {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return ""
	}
	unit := int64(1024)
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		unit = 1
	}
	return fmt.Sprintf(", at most %d MB of memory", int64(u.Maxrss)*unit/1e6)
}
