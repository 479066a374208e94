package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

var free = room // tests have little

// A job brings what is missing of a dataset to dir.
type job struct {
	Dataset
	dir    string
	from   string // where some of it may be already
	report func(Report)
	state  Report
}

// get is [Get] for d.
func (d Dataset) get(ctx context.Context, dir, from string, report func(Report)) (string, error) {
	j := &job{Dataset: d, dir: dir, from: from, report: report, state: Report{Into: filepath.Join(dir, d.Folder)}}
	if err := j.bring(ctx); err != nil {
		return "", fmt.Errorf("%s: %w", d.Name, cmp.Or(ctx.Err(), err))
	}
	return filepath.Join(dir, d.Path()), nil
}

func (j *job) bring(ctx context.Context) error {
	if j.whole(ctx) {
		return nil
	}
	os.MkdirAll(j.dir, 0o777) // or the lock says why not
	unlock, err := lock(ctx, filepath.Join(j.dir, "."+j.Path()+".lock"), func() {
		j.event("it is being fetched into " + j.dir + " already; waiting for that")
	})
	if err != nil {
		return fmt.Errorf("%w; choose another directory", err)
	}
	defer unlock()
	if j.whole(ctx) { // somebody else may have brought it
		return nil
	}
	return j.run(ctx)
}

// whole reports whether the dataset is in dir, every byte of it.
func (j *job) whole(ctx context.Context) bool {
	if n := j.Bytes(); n >= 100<<20 && j.there(ctx, j.dir, false) { // takes a moment
		j.event("checking the " + Size(n) + " in " + filepath.Join(j.dir, j.Path()))
	}
	return j.there(ctx, j.dir, true)
}

func (j *job) event(what string) {
	r := j.state
	r.Event = what
	j.report(r)
}

// run brings what is missing, a model's files into a folder of their own first. If
// the disk is full it leaves nothing behind.
func (j *job) run(ctx context.Context) error {
	root, build := j.state.Into, filepath.Join(j.dir, "."+j.Folder+".part")
	if _, err := os.Lstat(root); err != nil {
		root = build
	}
	missing, need, err := j.plan(ctx, root)
	if err != nil {
		return err
	}
	if left, ok := free(j.dir); ok && left < need-j.state.Done {
		return fmt.Errorf("%s has %s left, and %s are needed; make room, or choose another directory", j.dir, Size(left), Size(need-j.state.Done))
	}
	if j.state.Total > 0 {
		j.report(j.state)
	}
	err = os.MkdirAll(root, 0o777)
	for _, f := range missing {
		if err == nil {
			err = j.fetch(ctx, f, filepath.Join(root, f.Name))
		}
	}
	switch {
	case err == nil && root == build:
		return os.Rename(build, j.state.Into)
	case full(err):
		err = fmt.Errorf("%w; %s are needed in %s, and what had come is removed", err, Size(need), j.dir)
	case err != nil:
		return err
	}
	os.RemoveAll(build)
	return err
}

// plan finds out which files are missing in root, how much room they take, and what
// of them has come earlier.
func (j *job) plan(ctx context.Context, root string) (missing []File, need int64, err error) {
	for _, f := range j.Files {
		path := filepath.Join(root, f.Name)
		err := f.check(ctx, path, true)
		switch {
		case err == nil:
			continue
		case j.Folder != "" && root == j.state.Into && !errors.Is(err, fs.ErrNotExist):
			return nil, 0, fmt.Errorf("%s is another file than that of %s: %w; move it away, or choose another directory", path, j.Name, err)
		}
		need += f.Bytes + int64(len(f.Text))
		missing = append(missing, f)
		j.state.Done += f.come(path)
		j.state.Total += f.Bytes
		if f.Member != "" {
			j.state.Total = -1
		}
		u, err := url.Parse(f.URL)
		if err == nil && !strings.Contains(j.state.From, u.Hostname()) {
			j.state.From = strings.TrimPrefix(j.state.From+" and "+u.Hostname(), " and ")
		}
	}
	return missing, need, nil
}

// fetch brings a file to path.
func (j *job) fetch(ctx context.Context, f File, path string) error {
	if f.URL == "" {
		return f.put(ctx, strings.NewReader(f.Text), path)
	}
	if file, err := j.here(f); err == nil {
		defer file.Close()
		if err := f.put(ctx, file, path); err != nil {
			return fmt.Errorf("%s cannot be used: %w", file.Name(), err)
		}
		return nil
	}
	part, last := f.beside(path, "part"), f.come(path)
	progress := func(done int64) {
		j.state.Done += done - last
		last = done
		j.report(j.state)
	}
	for {
		_, begun := os.Lstat(part)
		err := f.download(ctx, part, progress, j.event)
		if err != nil && !full(err) {
			return fmt.Errorf("%w; try again, or put the file there yourself: %s", err, filepath.Join(j.state.Into, f.Name))
		}
		if err == nil {
			err = f.place(ctx, part, path)
		}
		if ctx.Err() != nil {
			return err
		}
		os.Remove(part) // an archive that has been read, or what is wrong
		switch {
		case err == nil || full(err):
			return err
		case begun != nil: // else the wrong bytes may be those of an earlier time
			return fmt.Errorf("what comes from %s is not the file it should be: %w", f.URL, err)
		}
		j.event("what had come is wrong; starting over")
	}
}

// here opens a file that is on disk already: under its name, or with its size if the
// user named a file.
func (j *job) here(f File) (*os.File, error) {
	path := j.from
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		path = filepath.Join(path, f.Name)
	} else if err == nil && filepath.Base(path) != f.Name && info.Size() != f.Bytes {
		return nil, fs.ErrNotExist
	}
	return os.Open(path)
}
