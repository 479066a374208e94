package fetch

import (
	"cmp"
	"context"
	"errors"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// How often a lock that others hold is tried. Tests are less patient.
var poll = 100 * time.Millisecond

// lock waits until nobody else holds the lock of the file at path, takes it, and
// returns a function that gives it back. It calls wait once if it has to wait.
//
// The system gives back the lock of a process that ends, however it ends. The file
// is removed afterwards: while it is locked, so that nobody's lock is removed, but on
// Windows, which removes no open file. Where there are no locks, as in a browser,
// there are no other processes either.
func lock(ctx context.Context, path string, wait func()) (unlock func(), err error) {
	l, wait := flock.New(path, flock.SetPermissions(0o666)), sync.OnceFunc(wait)
	for {
		locked, err := l.TryLock()
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			return func() {}, os.Remove(path)
		case err != nil:
			return nil, err
		case locked:
			mine, err := l.Stat()
			theirs, gone := os.Stat(path)
			if cmp.Or(err, gone) == nil && os.SameFile(mine, theirs) {
				return func() {
					if runtime.GOOS == "windows" {
						l.Unlock()
					}
					os.Remove(path)
					l.Unlock()
				}, nil
			}
			l.Unlock() // a file that another process removed after we had opened it
			continue
		}
		wait()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(poll):
		}
	}
}
