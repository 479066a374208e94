package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// text is what a file gets.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// saveAll is a save of files with the given content.
func saveAll(content map[string]string) func(dir string) error {
	return func(dir string) error {
		for name, s := range content {
			if err := WriteFile(filepath.Join(dir, name), text(s)); err != nil {
				return err
			}
		}
		return nil
	}
}

// contents reads all that a state holds of the given names.
func contents(t *testing.T, dir string, names ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, Read(dir, func(files fs.FS) error {
		for _, name := range names {
			if data, err := fs.ReadFile(files, name); err == nil {
				found[name] = string(data)
			} else {
				require.ErrorIs(t, err, fs.ErrNotExist)
			}
		}
		return nil
	}))
	return found
}

// breakOff lets so many operations happen, and nothing after them.
func breakOff(t *testing.T, after int) {
	done := 0
	Fault = func(op Op) (int, error) {
		if done++; done > after {
			return len(op.Data) / 2, errors.New("broken off")
		}
		return math.MaxInt, nil
	}
	t.Cleanup(func() { Fault = nil })
}

// Each save is broken off after every number of operations: what is there is the
// old state or the new one, and the next save leaves nothing but that.
func TestSaveIsAllOrNothing(t *testing.T) {
	older := map[string]string{"a": "old", "b": "old, too", "c": "gone later"}
	newer := map[string]string{"a": "new", "b": "new, too", "d": "more"}
	var olds, news int
	for after := 0; ; after++ {
		dir := filepath.Join(t.TempDir(), "parent", "run")
		require.NoError(t, Save(dir, saveAll(older)))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "mine"), nil, 0o666))
		breakOff(t, after)
		failed := Save(dir, saveAll(newer), "c", "never")
		Fault = nil
		switch got := contents(t, dir, "a", "b", "c", "d", "never"); got["a"] {
		case "old":
			require.Equal(t, older, got, "after %d operations", after)
			require.Error(t, failed)
			olds++
		default:
			require.Equal(t, newer, got, "after %d operations", after)
			news++
		}
		require.NoError(t, Save(dir, saveAll(map[string]string{"e": "next"}), "d"))
		names, err := namesIn(dir)
		require.NoError(t, err)
		if failed == nil {
			require.Equal(t, []string{"a", "b", "e", "mine"}, names)
			break
		}
	}
	require.Greater(t, olds, 10)
	require.Greater(t, news, 5)
}

// A save within a save belongs to it, marks included.
func TestSaveWithinSave(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Save(dir, saveAll(map[string]string{"a": "1", "b": "1", "c": "1"})))
	require.NoError(t, Save(dir, func(into string) error {
		if err := Save(into, saveAll(map[string]string{"a": "2"}), "b", "c"); err != nil {
			return err
		}
		require.Equal(t, "1", contents(t, dir, "a")["a"])
		return WriteFile(filepath.Join(into, "b"), text("2")) // after all
	}))
	require.Equal(t, map[string]string{"a": "2", "b": "2"}, contents(t, dir, "a", "b", "c"))
}

func TestFailedSaveLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Save(dir, saveAll(map[string]string{"a": "1"})))
	require.ErrorContains(t, Save(dir, func(into string) error {
		return errors.Join(saveAll(map[string]string{"a": "2", "b": "2"})(into), errors.New("no"))
	}), "no")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "b"), 0o777))
	require.ErrorContains(t, Save(dir, saveAll(map[string]string{"a": "2", "b": "2"})), "b is a directory")
	names, err := namesIn(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, names)
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "[f]*")
	require.NoError(t, WriteFile(path, text("old")))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plain"), nil, 0o666))
	plain, err := os.Stat(filepath.Join(dir, "plain"))
	require.NoError(t, err)
	require.Equal(t, plain.Mode(), info.Mode(), "as the user's new files are")
	for after := 0; ; after++ {
		breakOff(t, after)
		failed := WriteFile(path, text("new"))
		Fault = nil
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, []string{"old", "new"}, string(data))
		if failed == nil {
			break
		}
		require.NoError(t, os.WriteFile(path, []byte("old"), 0o666))
	}
	require.NoError(t, WriteFile(path, text("newer"))) // sweeps
	names, err := namesIn(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"[f]*", "plain"}, names)
}

// What is overwritten while it is read is read again, and if that happens again it
// is an error: by a save, by another program in place, or by a file that appears.
// A name may be as long as a file system has names.
func TestLongNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("日", 85))
	unlock, err := Lock(path)
	require.NoError(t, err)
	defer unlock()
	require.NoError(t, WriteFile(path, text("whole")))
	require.FileExists(t, path)
	require.NotEqual(t, short(path+"a"), short(path+"b"))
}

func TestReadNoticesWriting(t *testing.T) {
	for name, overwrite := range map[string]func(dir string, n int) error{
		"save": func(dir string, n int) error {
			return Save(dir, saveAll(map[string]string{"a": fmt.Sprint(n), "b": fmt.Sprint(n)}))
		},
		"in place": func(dir string, n int) error {
			path := filepath.Join(dir, "a")
			when := time.Now().Add(time.Duration(n) * time.Hour)
			return errors.Join(os.WriteFile(path, []byte("x"), 0o666), os.Chtimes(path, when, when))
		},
		"removed": func(dir string, n int) error { return Save(dir, saveAll(nil), "a", "b") },
		"appears": func(dir string, n int) error { return os.WriteFile(filepath.Join(dir, "c"), nil, 0o666) },
	} {
		for _, times := range []int{1, 1000} {
			t.Run(fmt.Sprint(name, times), func(t *testing.T) {
				dir := t.TempDir()
				require.NoError(t, Save(dir, saveAll(map[string]string{"a": "0", "b": "0"})))
				reads := 0
				err := Read(dir, func(files fs.FS) error {
					_, errA := fs.ReadFile(files, "a")
					_, _ = fs.ReadFile(files, "c")
					if reads++; reads <= times {
						require.NoError(t, overwrite(dir, reads))
						if name == "appears" && reads == 2 {
							require.NoError(t, os.Remove(filepath.Join(dir, "c")))
						}
						if name == "removed" && reads == 2 {
							require.NoError(t, Save(dir, saveAll(map[string]string{"a": "0"})))
						}
					}
					_, errB := fs.ReadFile(files, "b")
					return errors.Join(errA, errB)
				})
				require.Equal(t, 2, reads)
				if times > 1 {
					require.ErrorContains(t, err, dir+" is being written to, and cannot be read now")
				} else if name != "removed" {
					require.NoError(t, err)
				}
			})
		}
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "file.json")} {
		unlock, err := Lock(path)
		require.NoError(t, err)
		_, err = Lock(path)
		require.EqualError(t, err, fmt.Sprintf("process %d is writing to %s", os.Getpid(), path))
		require.ErrorAs(t, err, new(Held))
		unlock()
		unlock, err = Lock(path)
		require.NoError(t, err)
		unlock()
	}
	names, err := namesIn(dir)
	require.NoError(t, err)
	require.Empty(t, names)

	unlock, err := Lock(dir)
	require.NoError(t, err)
	defer unlock()
	require.ErrorAs(t, Save(dir, saveAll(nil)), new(Held))
	require.NoError(t, SaveLocked(dir, saveAll(nil)))
	_, err = Lock(filepath.Join(dir, "no", "where"))
	require.ErrorContains(t, err, "locking "+filepath.Join(dir, "no", "where"))
}
