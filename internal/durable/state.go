package durable

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A state that is being saved, one that is saved, and the mark of a file that the
// state does not have, before the file's name.
const (
	saving = ".saving"
	saved  = ".saved"
	gone   = ".gone."
)

// Save writes files that belong together to dir, which it creates if needed, as
// one state: a reader that opens them by [Read] finds all of them as they were, or
// all as they are now, whatever breaks the save off. The function write gets the
// directory to write them to, by [WriteFile] or by functions that save themselves.
// Of the files named obsolete, those that it does not write are removed.
//
// All files are written into a directory of their own. The moment at which they
// become the state is its renaming. What follows then, moving each file up into
// its place, is taken up by the next writer where it was broken off.
func Save(dir string, write func(into string) error, obsolete ...string) error {
	if filepath.Base(dir) == saving { // within another save
		return errors.Join(write(dir), markGone(dir, obsolete))
	}
	if err := MkdirAll(dir); err != nil {
		return err
	}
	unlock, err := Lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	return SaveLocked(dir, write, obsolete...)
}

// SaveLocked is [Save] for a caller that has the lock of dir.
func SaveLocked(dir string, write func(into string) error, obsolete ...string) error {
	if err := Recover(dir); err != nil {
		return err
	}
	into, to := filepath.Join(dir, saving), filepath.Join(dir, saved)
	err := mkdir(into)
	if err == nil {
		err = write(into)
	}
	if err == nil {
		err = settle(into, obsolete)
	}
	if err == nil {
		err = rename(into, to)
	}
	if err != nil {
		return errors.Join(err, removeAll(into))
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	return moveUp(dir)
}

// settle brings the directory of a state to the disk, with the marks that it needs
// and no others, if its files can take their places.
func settle(into string, obsolete []string) error {
	if err := markGone(into, obsolete); err != nil {
		return err
	}
	names, err := namesIn(into)
	if err != nil {
		return err
	}
	for _, name := range names {
		file, mark := strings.CutPrefix(name, gone)
		place := filepath.Join(filepath.Dir(into), file)
		if info, err := os.Lstat(place); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a directory, where a file has to go", place)
		}
		if mark && slices.Contains(names, file) {
			if err := remove(filepath.Join(into, name)); err != nil {
				return err
			}
		}
	}
	return syncDir(into)
}

// markGone marks those of the named files that a state does not have and that are
// in the directory where it is saved.
func markGone(into string, names []string) error {
	for _, name := range names {
		_, above := os.Lstat(filepath.Join(filepath.Dir(into), name))
		_, here := os.Lstat(filepath.Join(into, name))
		_, marked := os.Lstat(filepath.Join(into, gone+name))
		if above == nil && here != nil && marked != nil {
			err := writeNew(filepath.Join(into, gone+name), func(io.Writer) error { return nil })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Recover ends what a save that was broken off has begun: a state that is whole
// takes its place, and one that is not is swept away. It is for writers, which
// have the lock of dir; readers need no such thing.
func Recover(dir string) error {
	if err := removeAll(filepath.Join(dir, saving)); err != nil {
		return err
	}
	if err := sweep(dir, "."); err != nil {
		return err
	}
	return moveUp(dir)
}

// moveUp moves the files of the saved state into their places, if there is such a
// state. It may be broken off and begun again: a mark goes only when its file has
// certainly gone, and the directory only when all others are certainly in place.
func moveUp(dir string) error {
	from := filepath.Join(dir, saved)
	names, err := namesIn(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var marks []string
	for _, name := range names {
		if file, mark := strings.CutPrefix(name, gone); mark {
			marks = append(marks, filepath.Join(from, name))
			err = remove(filepath.Join(dir, file))
		} else {
			err = rename(filepath.Join(from, name), filepath.Join(dir, name))
		}
		if err != nil {
			return fmt.Errorf("%s is saved, in %s, but is not in its place yet: %w", dir, from, err)
		}
	}
	if err := errors.Join(syncDir(dir), syncDir(from)); err != nil {
		return err
	}
	for _, path := range append(marks, from) {
		if err := remove(path); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

// removeAll removes a directory of files, if it is there.
func removeAll(dir string) error {
	names, err := namesIn(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, name := range names {
		err = errors.Join(err, remove(filepath.Join(dir, name)))
	}
	return errors.Join(err, remove(dir))
}

// namesIn are the names of what is in a directory, in order.
func namesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}
