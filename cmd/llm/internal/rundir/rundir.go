// Package rundir keeps what a training run writes beside its model: the options
// it was started with, the log of its losses, the picture of that log, and
// samples. All of it is the same bytes for the same run, be it stopped and gone
// on with or not; what depends on the machine's speed is not in here.
package rundir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The files of a run.
const (
	optionsFile = "run.json"
	logFile     = "log.csv"
	plotFile    = "loss.svg"
	samplesFile = "samples.txt"

	trainingFile = "training.json" // which package pretrain writes
)

// stale are the files of an earlier run that a new one must not be taken for.
// The model's own files, a minute later, replace those that are there.
var stale = []string{optionsFile, logFile, plotFile, samplesFile, trainingFile, "optimizer.safetensors",
	"config.json", "model.safetensors", "vocab.json", "merges.txt",
	"classifier.json", "classifier.safetensors", "adapters.safetensors"}

// Dir is the directory of one run.
type Dir struct {
	Path string
	Rows []Row // the log so far
}

// Free is an error unless a new run may write to path: because nothing is
// there, or because force allows it to replace what is.
func Free(path string, force bool) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) == 0 || force:
		return nil
	}
	return fmt.Errorf("%s exists: go on with its run by -resume, replace it by -force, or choose another directory by -out", path)
}

// Create makes the directory of a new run, once everything else is known to be
// in order, and writes down the run's options. Of what is there, it removes only
// the files of a run.
func Create(path string, options any) (*Dir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, err
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	text, err := json.MarshalIndent(options, "", "  ")
	if err != nil {
		return nil, err
	}
	d := &Dir{Path: path}
	return d, errors.Join(
		os.WriteFile(d.file(optionsFile), append(text, '\n'), 0o644),
		os.WriteFile(d.file(logFile), []byte(header), 0o644),
		os.WriteFile(d.file(samplesFile), nil, 0o644))
}

// Options reads the options that the run in path was started with.
func Options(path string, options any) error {
	name := filepath.Join(path, optionsFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no training run (there is no %s)", path, name)
	}
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(options); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Saved reports whether the run in path has been saved once, by
// pretrain.Trainer.Save.
func Saved(path string) bool {
	_, err := os.Stat(filepath.Join(path, trainingFile))
	return err == nil
}

// Open takes up the run in path after the given step: what its log and its
// samples say of later steps, which were not saved, is cut off.
func Open(path string, step int) (*Dir, error) {
	d := &Dir{Path: path}
	text, err := os.ReadFile(d.file(logFile))
	if err != nil {
		return nil, err
	}
	rows, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.file(logFile), err)
	}
	d.Rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Step > step })
	log := header
	for _, r := range d.Rows {
		log += r.line()
	}
	samples, err := os.ReadFile(d.file(samplesFile))
	if err != nil {
		return nil, err
	}
	return d, errors.Join(
		os.WriteFile(d.file(logFile), []byte(log), 0o644),
		os.WriteFile(d.file(samplesFile), []byte(samplesUpTo(string(samples), step)), 0o644))
}

// Sample adds a sample to samples.txt.
func (d *Dir) Sample(step int, text string) error {
	return d.append(samplesFile, fmt.Sprintf("%s%d\n\n%s\n\n", sampleMark, step, strings.TrimSpace(text)))
}

const sampleMark = "=== after step "

// samplesUpTo cuts samples off before the first of a step after the given one.
func samplesUpTo(samples string, step int) string {
	at := 0
	for line := range strings.Lines(samples) {
		var s int
		if n, _ := fmt.Sscanf(line, sampleMark+"%d", &s); n == 1 && s > step {
			break
		}
		at += len(line)
	}
	return samples[:at]
}

func (d *Dir) file(name string) string { return filepath.Join(d.Path, name) }

func (d *Dir) append(name, text string) error {
	f, err := os.OpenFile(d.file(name), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
