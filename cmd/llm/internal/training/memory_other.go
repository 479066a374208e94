//go:build !unix

package training

import "time"

// processorTime is 0 where the system does not say.
func processorTime() time.Duration { return 0 }

// peakMemory says nothing where the system does not say.
func peakMemory() string { return "" }
