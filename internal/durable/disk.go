package durable

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Op is one thing that is about to be done to a disk.
type Op struct {
	Kind     string // create, write, sync, rename, remove, mkdir, syncdir
	Path, To string // To is where a rename goes
	Data     []byte // what is written
}

// Fault is asked before everything that this package does to a disk. Tests set it,
// to break off a write at any place: with its error nothing is done, but for the
// first bytes of a write, as many as it allows.
var Fault func(op Op) (allowed int, err error)

func before(op Op) (allowed int, err error) {
	if Fault == nil {
		return len(op.Data), nil
	}
	return Fault(op)
}

// A file is one that is being written.
type file struct{ f *os.File }

// create opens a file that is not there yet, to write to. Its permissions are those
// that the user gives to new files.
func create(path string) (file, error) {
	if _, err := before(Op{Kind: "create", Path: path}); err != nil {
		return file{}, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return file{f}, err
}

func (f file) Write(p []byte) (int, error) {
	allowed, fault := before(Op{Kind: "write", Path: f.f.Name(), Data: p})
	if fault == nil {
		return f.f.Write(p)
	}
	n, err := f.f.Write(p[:allowed])
	return n, cmp.Or(err, fault)
}

func (f file) sync() error {
	if _, err := before(Op{Kind: "sync", Path: f.f.Name()}); err != nil {
		return err
	}
	return f.f.Sync()
}

func rename(from, to string) error {
	if _, err := before(Op{Kind: "rename", Path: from, To: to}); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// remove removes a file or an empty directory, if it is there.
func remove(path string) error {
	if _, err := before(Op{Kind: "remove", Path: path}); err != nil {
		return err
	}
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func mkdir(path string) error {
	if _, err := before(Op{Kind: "mkdir", Path: path}); err != nil {
		return err
	}
	return os.Mkdir(path, 0o777)
}

// MkdirAll creates a directory and those above it, as far as they are missing.
func MkdirAll(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	above := filepath.Dir(path)
	if above != path {
		if err := MkdirAll(above); err != nil {
			return err
		}
	}
	if err := mkdir(path); err != nil {
		return err
	}
	return syncDir(above)
}

// syncDir waits until what was created, renamed and removed in a directory is on
// the disk. Windows has no such call and some file systems need none.
func syncDir(path string) error {
	if _, err := before(Op{Kind: "syncdir", Path: path}); err != nil || runtime.GOOS == "windows" {
		return err
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
