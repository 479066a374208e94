package fetch

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/llm-from-scratch/llm/internal/durable"
)

// How often a lock that others hold is tried. Tests are less patient.
var poll = 100 * time.Millisecond

// lock waits until nobody else holds the lock of the file at path, takes it, and
// returns a function that gives it back. It calls wait once if it has to wait.
func lock(ctx context.Context, path string, wait func()) (unlock func(), err error) {
	wait = sync.OnceFunc(wait)
	for {
		unlock, err := durable.LockAt(path, path)
		if !errors.As(err, new(durable.Held)) {
			return unlock, err
		}
		wait()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(poll):
		}
	}
}
