// Package training is a training run of any kind: the loop that trains, looks and saves,
// and the directory that it writes. Beside the model a directory holds the options
// that the run was started with, the log of its losses, the picture of that log,
// and samples. All of it is the same bytes for the same run, be it stopped and gone
// on with or not; what depends on the machine's speed is not in there.
package training

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// The files of a run.
const (
	optionsFile = "run.json"
	logFile     = "log.csv"
	plotFile    = "loss.svg"
	samplesFile = "samples.txt"
	startedFile = "started.json" // run.json as it was, for whoever changes it

	trainingFile = "training.json" // which package pretrain writes
)

// obsolete are the files of an earlier run that a new one must not be taken for.
var obsolete = []string{optionsFile, logFile, plotFile, samplesFile, startedFile, trainingFile, "optimizer.safetensors",
	"config.json", "model.safetensors", "vocab.json", "merges.txt", "tokenizer.json",
	"classifier.json", "classifier.safetensors", "adapters.safetensors"}

// Dir is the directory of one run, which has its lock.
type Dir struct {
	Path    string
	Title   string // of the picture
	Rows    []Row  // the log so far
	samples string // what samples.txt holds
	options []byte // what run.json holds

	// Whether log.csv and samples.txt are those of this run, and whole, so that they
	// are added to. Otherwise the next save writes them: in the place of another run
	// nothing changes before the first, and after a failure all is there again.
	live   bool
	unlock func()
}

// Free is an error unless a new run may write to path: because nothing is
// there, or because force allows it to replace what is.
func Free(path string, force bool) error {
	names, err := visible(path)
	if err != nil || len(names) == 0 || force {
		return err
	}
	return fmt.Errorf("%s exists: go on with its run by -resume, replace it by -force, or choose another directory by -out", path)
}

// visible are the names in a directory that do not begin with a dot.
func visible(path string) (names []string, err error) {
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return names, err
}

// Create makes the directory of a new run, once everything else is known to be
// in order. What is there of another run stays until the new one is first saved.
func Create(path string, force bool, options any) (*Dir, error) {
	text, err := json.MarshalIndent(options, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := durable.MkdirAll(path); err != nil {
		return nil, err
	}
	unlock, err := durable.Lock(path)
	if err != nil {
		return nil, err
	}
	d := &Dir{Path: path, options: append(text, '\n'), unlock: unlock}
	names, err := visible(path)
	if err == nil {
		err = Free(path, force)
	}
	if err == nil && !slices.ContainsFunc(obsolete, func(name string) bool { return slices.Contains(names, name) }) {
		err = d.write(path)
		d.live = true
	}
	if err != nil {
		unlock()
		return nil, err
	}
	return d, nil
}

// write writes what is in memory of the run to dir.
func (d *Dir) write(dir string) error {
	for _, file := range []struct {
		name string
		text func() []byte
	}{
		{optionsFile, func() []byte { return d.options }},
		{logFile, d.log},
		{samplesFile, func() []byte { return []byte(d.samples) }},
		{plotFile, d.plot},
	} {
		if file.name == plotFile && len(d.Rows) == 0 {
			continue
		}
		if err := write(filepath.Join(dir, file.name), file.text()); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, text []byte) error {
	return durable.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// Options reads the options that the run in path was started with, and nothing
// that it did not write.
func Options(path string, options any) error {
	return durable.Read(path, func(files fs.FS) error {
		name := filepath.Join(path, optionsFile)
		text, err := fs.ReadFile(files, optionsFile)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s holds no training run (there is no %s)", path, name)
		}
		if bytes.Contains(text, []byte(`"Optimizer":`)) {
			return fmt.Errorf("%s is of an earlier version of this program, whose runs cannot be gone on with; begin anew, with -force or another -out", name)
		}
		if err == nil {
			err = strictjson.Unmarshal(text, options, strictjson.Refuse)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

// Open takes the run in path, to go on with it: nobody else may write there until
// it is closed, and a save that was broken off is brought to its end.
func Open(path string) (*Dir, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s holds no training run (%w)", path, err)
	}
	unlock, err := durable.Lock(path)
	if err != nil {
		return nil, err
	}
	if err := durable.Recover(path); err != nil {
		unlock()
		return nil, err
	}
	return &Dir{Path: path, unlock: unlock}, nil
}

// Close lets others write to the directory.
func (d *Dir) Close() {
	if d != nil && d.unlock != nil {
		d.unlock()
		d.unlock = nil
	}
}

// Unchanged is an error that names the first of the options, read from the run in path,
// that is not what the run was started with, as its last checkpoint has it. The data and the model may have moved: they
// are known by what they hold.
func Unchanged(path string, options any) error {
	return durable.Read(path, func(files fs.FS) error {
		text, err := fs.ReadFile(files, startedFile)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the run in %s ended before it was first saved; begin it again with -force", path)
		}
		var then map[string]json.RawMessage
		if err == nil {
			err = strictjson.Unmarshal(text, &then, strictjson.Ignore)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(path, startedFile), err)
		}
		delete(then, "data")
		delete(then, "model")
		if field := strictjson.Differ(then, options); field != "" {
			return fmt.Errorf("%s: the run was started with other options: %s", filepath.Join(path, optionsFile), field)
		}
		return nil
	})
}

// Continue goes on after the given step: what the log and the samples say of later
// steps, which were not saved, is cut off. It returns what is to be told of them,
// if something is missing.
func (d *Dir) Continue(step int) (note string, err error) {
	var old [3][]byte
	for i, name := range []string{logFile, samplesFile, optionsFile} {
		if old[i], err = os.ReadFile(d.file(name)); err != nil {
			return "", err
		}
	}
	if d.Rows, err = readable(string(old[0]), step); err != nil {
		return "", fmt.Errorf("%s: %w", d.file(logFile), err)
	}
	d.samples, d.options = samplesUpTo(string(old[1]), step), old[2]
	d.live = bytes.Equal(d.log(), old[0]) && d.samples == string(old[1])
	if !d.live {
		if err := d.write(d.Path); err != nil {
			return "", err
		}
		d.live = true
	}
	if missing := step + 1 - len(d.Rows); missing > 0 {
		note = fmt.Sprintf("%s: %d of %d rows are missing or damaged, as after a power cut; ", d.file(logFile), missing, step+1)
	}
	if strings.Contains(d.samples, "\x00") {
		note += fmt.Sprintf("%s is damaged, as after a power cut; ", d.file(samplesFile))
	}
	return strings.TrimSuffix(note, "; "), nil
}

// Save makes one state of what state writes and of the run.
func (d *Dir) Save(state func(dir string) error) error {
	err := durable.SaveLocked(d.Path, func(into string) error {
		if err := errors.Join(state(into), write(filepath.Join(into, startedFile), d.options)); err != nil {
			return err
		}
		if !d.live {
			return d.write(into)
		}
		return errors.Join(durable.Sync(d.file(logFile)), durable.Sync(d.file(samplesFile)))
	}, d.others()...)
	d.live = d.live || err == nil
	return err
}

// others are the files that do not belong to the run: all that the state does not
// have, but for those that are added to where they are.
func (d *Dir) others() []string {
	if !d.live {
		return obsolete
	}
	return slices.DeleteFunc(slices.Clone(obsolete), func(name string) bool {
		return slices.Contains([]string{optionsFile, logFile, plotFile, samplesFile}, name)
	})
}

// Sample adds a sample to samples.txt.
func (d *Dir) Sample(step int, text string) {
	d.add(samplesFile, fmt.Sprintf("%s%d\n\n%s\n\n", sampleMark, step, strings.TrimSpace(text)), &d.samples)
}

// add adds to a file, or leaves it to the next save if that cannot be.
func (d *Dir) add(name, text string, all *string) {
	if all != nil {
		*all += text
	}
	if d.live && durable.Append(d.file(name), text) != nil {
		d.live = false
	}
}

const sampleMark = "=== after step "

// samplesUpTo cuts samples off before the first of a step after the given one, or
// before what was not written to the end of its line.
func samplesUpTo(samples string, step int) string {
	at := 0
	for line := range strings.Lines(samples) {
		var s int
		if n, _ := fmt.Sscanf(line, sampleMark+"%d", &s); n == 1 && s > step || !strings.HasSuffix(line, "\n") {
			break
		}
		at += len(line)
	}
	return samples[:at]
}

func (d *Dir) file(name string) string { return filepath.Join(d.Path, name) }
