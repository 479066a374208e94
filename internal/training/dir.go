// Package training is a training run of any kind: the loop that trains, looks and
// saves, and the directory that it writes. Beside the model and what its training
// needs to go on, a directory holds the options that the run was started with, the
// log of its losses, the picture of that log, and samples. All of these are saved
// together, as one state, and are the same bytes for the same run, be it stopped
// and gone on with or not; what depends on the machine's speed is not in there.
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

// The files of a run beside those of its model and of package pretrain.
const (
	optionsFile = "run.json"
	startedFile = "started.json" // run.json as it was, for whoever changes it
	logFile     = "log.csv"
	plotFile    = "loss.svg"
	samplesFile = "samples.txt"
)

// obsolete are the files that some runs have and some have not: in the place of
// another run, a new one must not be taken for that.
var obsolete = []string{
	"classifier.json", "classifier.safetensors", "adapters.safetensors", "adapter_config.json", "adapter_model.safetensors",
	"tokenizer_config.json", "generation_config.json", "chat_template.jinja",
}

// Empty reports whether nothing is in a directory, but for what begins with a dot,
// or no such directory is there.
func Empty(path string) (bool, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	visible := func(e fs.DirEntry) bool { return !strings.HasPrefix(e.Name(), ".") }
	return !slices.ContainsFunc(entries, visible), err
}

// Free is an error unless a new run may write to path: because it is empty, or
// because force allows it to replace what is there.
func Free(path string, force bool) error {
	if empty, err := Empty(path); err != nil || empty || force {
		return err
	}
	return fmt.Errorf("%s exists: go on with its run by -resume, replace it by -force, or choose another directory by -out", path)
}

// Options are what a run depends on. They are kept in its directory, as JSON.
type Options interface{ Check() error }

// ReadOptions reads the options that the run in path was started with, and nothing
// that it did not write. Each is checked as on the command line, and whether it was
// changed since: the error names the first. Only the data and the model may have
// moved. They are known by what they hold.
func ReadOptions(path string, o Options) error {
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
			err = strictjson.Unmarshal(text, o, strictjson.Refuse)
		}
		if err == nil {
			err = o.Check()
		}
		if err == nil {
			err = unchanged(files, o)
		}
		if err != nil {
			return fmt.Errorf("%s: %v", name, err) // which is no usage error any more
		}
		return nil
	})
}

// LearnedFrom reports whether the run in path, of whatever kind, learned from data
// with that sum. Where there is no run, none did.
func LearnedFrom(path, sum string) (yes bool, err error) {
	var o struct {
		SHA256 string `json:"data_sha256"`
	}
	err = durable.Read(path, func(files fs.FS) error {
		text, err := fs.ReadFile(files, optionsFile)
		if err == nil {
			err = strictjson.Unmarshal(text, &o, strictjson.Ignore)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return o.SHA256 == sum, err
}

// unchanged compares options with those that the last save has kept.
func unchanged(files fs.FS, o Options) error {
	text, err := fs.ReadFile(files, startedFile)
	var then map[string]json.RawMessage
	if err == nil {
		err = strictjson.Unmarshal(text, &then, strictjson.Ignore)
	}
	if err != nil {
		return fmt.Errorf("what the run was started with is not known: %s: %w", startedFile, err)
	}
	delete(then, "data")
	delete(then, "model")
	if field := strictjson.Differ(then, o); field != "" {
		return fmt.Errorf("the run was started with other options: %s", field)
	}
	return nil
}

// A record is what the directory of a run tells of it.
type record struct {
	title   string // of the picture
	options []byte
	rows    []Row // the log so far
	samples string
}

// open reads the record in dir of a run that goes on after the given step: what it
// tells of later steps is cut off. It returns what is to be told of it, if something
// is missing.
func (c *record) open(dir string, step int) (note string, err error) {
	var files [3][]byte
	var notes []string
	for i, name := range []string{logFile, samplesFile, optionsFile} {
		path := filepath.Join(dir, name)
		files[i], err = os.ReadFile(path)
		if name == samplesFile && (errors.Is(err, fs.ErrNotExist) || bytes.ContainsRune(files[i], 0)) {
			notes = append(notes, path+" is missing or damaged, as after a power cut")
		}
		if err != nil && (name == optionsFile || !errors.Is(err, fs.ErrNotExist)) {
			return "", err
		}
	}
	c.rows = ReadLog(string(files[0]), step)
	c.samples, c.options = samplesUpTo(string(files[1]), step), files[2]
	if missing := step + 1 - len(c.rows); missing > 0 {
		notes = append(notes, fmt.Sprintf("%s: %d of %d rows are missing or damaged, as after a power cut", filepath.Join(dir, logFile), missing, step+1))
	}
	return strings.Join(notes, "; "), nil
}

// write writes the record to dir.
func (c *record) write(dir string) error {
	files := durable.Files{}
	for name, text := range map[string][]byte{
		optionsFile: c.options, startedFile: c.options, logFile: c.log(), plotFile: c.plot(), samplesFile: []byte(c.samples),
	} {
		files[name] = func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}
	}
	return durable.WriteFiles(dir, files)
}

const sampleMark = "=== after step "

// sample adds what the model wrote after a step. Lines of its own that look like the
// mark are set off by a space.
func (c *record) sample(step int, text string) {
	text = strings.ReplaceAll("\n\n"+strings.TrimSpace(text), "\n"+sampleMark, "\n "+sampleMark)
	c.samples += fmt.Sprintf("%s%d%s\n\n", sampleMark, step, text)
}

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
