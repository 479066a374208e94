//go:build !unix

package training

import "time"

// used is 0 where the system does not say.
func used() (processor time.Duration, memory int64) { return 0, 0 }
