package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// Held is the error of [Lock] when another process holds the lock.
type Held struct {
	Path    string // what is locked
	Process int    // who holds it, 0 where that cannot be known
}

func (h Held) Error() string {
	if h.Process == 0 {
		return fmt.Sprintf("another process is writing to %s", h.Path)
	}
	return fmt.Sprintf("process %d is writing to %s", h.Process, h.Path)
}

// Lock takes the lock of a file, or of a directory and all in it, and returns a
// function that gives it back. It does not wait: a lock that is taken is an error
// of type [Held].
//
// The system gives back the lock of a process that ends, however it ends. Where
// there are no locks, as in a browser, there are no other processes either.
func Lock(path string) (unlock func(), err error) {
	at := filepath.Join(filepath.Dir(path), "."+short(filepath.Base(path))+".lock")
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		at = filepath.Join(path, ".lock")
	}
	return LockAt(at, path)
}

// LockAt is [Lock] by a file of another name.
func LockAt(at, path string) (unlock func(), err error) {
	for {
		l := flock.New(at, flock.SetPermissions(0o666))
		locked, err := l.TryLock()
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			os.Remove(at)
			return func() {}, nil
		case err != nil:
			return nil, fmt.Errorf("locking %s: %w", path, err)
		case !locked:
			return nil, Held{path, holder(at)}
		case current(l, at):
			// Windows lets nobody read the first byte of a locked file.
			os.WriteFile(at, fmt.Appendf(nil, "\n%d\n", os.Getpid()), 0o666)
			return func() { release(l, at) }, nil
		}
		l.Unlock() // a file that another process removed after we had opened it
	}
}

// holder is the process that has written down that it holds a lock.
func holder(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	digits := make([]byte, 20)
	n, _ := f.ReadAt(digits, 1)
	process, _ := strconv.Atoi(strings.TrimSpace(string(digits[:n])))
	return process
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
