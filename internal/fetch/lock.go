package fetch

import (
	"context"
	"errors"
	"os"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// How often a lock that others hold is tried. Tests are less patient.
var poll = 100 * time.Millisecond

// lock waits until nobody else holds the lock of the file at path, takes it, and
// returns a function that gives it back. It calls wait once if it has to wait.
//
// The system gives back the lock of a process that ends, however it ends. The
// file is empty and is removed afterwards. Where there are no locks, as in a
// browser, there are no other processes either.
func lock(ctx context.Context, path string, wait func()) (unlock func(), err error) {
	l := flock.New(path, flock.SetPermissions(0o666))
	for told := false; ; {
		locked, err := l.TryLock()
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			os.Remove(path)
			return func() {}, nil
		case err != nil:
			return nil, err
		case locked && current(l, path):
			return func() { release(l, path) }, nil
		case locked: // a file that another process removed after we had opened it
			l.Unlock()
			continue
		}
		if !told {
			told = true
			wait()
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(poll):
		}
	}
}

// current reports whether the locked file is the one that others find at path.
func current(l *flock.Flock, path string) bool {
	mine, err := l.Stat()
	if err != nil {
		return false
	}
	theirs, err := os.Stat(path)
	return err == nil && os.SameFile(mine, theirs)
}

// release removes the file while it is locked, so that nobody's lock is removed.
// Windows removes no file that is open, neither ours nor that of others.
func release(l *flock.Flock, path string) {
	if runtime.GOOS == "windows" {
		l.Unlock()
		os.Remove(path)
		return
	}
	os.Remove(path)
	l.Unlock()
}
