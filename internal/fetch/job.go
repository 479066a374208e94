package fetch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	versions = 3                // of a file that changes on the server while it comes
	large    = int64(100 << 20) // bytes that take a moment to check
)

// Tests have little room.
var free = room

// get is [Get] for d.
func (d Dataset) get(ctx context.Context, dir string, report func(Report)) (string, error) {
	err := d.bring(ctx, dir, report)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err() // whatever came of it
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", d.Name, err)
	}
	return filepath.Join(dir, d.Path()), nil
}

// bring makes sure that d is in dir.
func (d Dataset) bring(ctx context.Context, dir string, report func(Report)) error {
	if d.whole(ctx, dir, report) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("%w; choose another directory", err)
	}
	unlock, err := lock(ctx, filepath.Join(dir, "."+d.Path()+".lock"), func() {
		report(Report{Into: dir, Event: "it is being fetched into " + dir + " already; waiting for that"})
	})
	if err != nil {
		return fmt.Errorf("%w; choose another directory", err)
	}
	defer unlock()
	for range versions {
		if d.whole(ctx, dir, report) { // somebody else may have brought it
			return nil
		}
		err = d.job(dir, report).run(ctx)
		if !errors.Is(err, errChanged) {
			break
		}
	}
	return err
}

// whole reports whether d is in dir, every byte of it.
func (d Dataset) whole(ctx context.Context, dir string, report func(Report)) bool {
	if !d.there(dir) {
		return false
	}
	if n, _ := d.noted(d.root(dir)).Bytes(); n >= large {
		report(Report{Into: dir, Event: "checking the " + Size(n) + " in " + filepath.Join(dir, d.Path())})
	}
	return d.check(ctx, dir) == nil
}

// A job brings what is missing.
type job struct {
	Dataset
	dir    string
	build  string // where a model is put together, to be moved to its folder when it is whole; else empty
	root   string // where the files are put: build, or where they stay
	report func(Report)
	state  Report
}

func (d Dataset) job(dir string, report func(Report)) *job {
	j := &job{Dataset: d, dir: dir, root: d.root(dir), report: report}
	j.state.Into = filepath.Join(dir, d.Folder)
	if d.Folder != "" && !exists(j.root) {
		j.build = buildFolder(dir, d)
		j.root = j.build
	}
	return j
}

func buildFolder(dir string, d Dataset) string { return filepath.Join(dir, "."+d.Folder+".part") }

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// path is where the file is put.
func (j *job) path(f File) string { return filepath.Join(j.root, f.Name) }

// A source is where a missing file is to come from: another file with the same
// bytes, or, if from is empty, the server.
type source struct {
	File
	from string
	have int64 // bytes that came earlier
}

// run brings what is missing. If the disk is full it leaves nothing behind.
func (j *job) run(ctx context.Context) error {
	files, err := j.learn(ctx)
	if err != nil {
		return err
	}
	missing, need, err := j.plan(ctx, files)
	if err != nil {
		return err
	}
	if left, ok := free(j.dir); ok && left < need-j.state.Done {
		return fmt.Errorf("%s has %s left, and %s are needed; make room, or choose another directory", j.dir, Size(left), Size(need-j.state.Done))
	}
	err = j.bringAll(ctx, missing)
	if err == nil {
		err = j.finish(files)
	}
	if _, full := errors.AsType[*diskError](err); full {
		if j.build != "" {
			os.RemoveAll(j.build)
		}
		return fmt.Errorf("%w; %s are needed in %s, and what had come is removed", err, Size(need), j.dir)
	}
	return err
}

// learn returns the files with what the server says about those that are not
// pinned.
func (j *job) learn(ctx context.Context) ([]File, error) {
	files := slices.Clone(j.noted(j.root).Files)
	for i, f := range files {
		if !f.unknown() {
			continue
		}
		err := retry(ctx, j.event, func() (further bool, err error) {
			files[i], err = f.learn(ctx)
			return false, err
		})
		if err != nil {
			return nil, fmt.Errorf("%w; try again", err)
		}
	}
	return files, nil
}

// plan finds out what is missing, where it is to come from, and how much room it
// takes.
func (j *job) plan(ctx context.Context, files []File) (missing []source, need int64, err error) {
	for _, f := range files {
		path := j.path(f)
		err := f.check(ctx, path)
		switch {
		case err == nil:
			continue
		case j.Folder != "" && j.build == "" && !errors.Is(err, fs.ErrNotExist):
			return nil, 0, fmt.Errorf("%s is another file than that of %s: %w; move it away, or choose another directory", path, j.Name, err)
		}
		s := source{File: f}
		need += f.Bytes + int64(len(f.Text))
		if f.URL != "" {
			s.from = j.elsewhere(ctx, f)
		}
		if f.URL != "" && s.from == "" {
			f.removeOthers(path)
			if info, err := os.Stat(f.part(path)); err == nil {
				s.have = min(info.Size(), f.Bytes)
			}
			j.count(s)
		}
		missing = append(missing, s)
	}
	return missing, need, nil
}

// count adds a file to what is to be fetched.
func (j *job) count(s source) {
	j.state.Done += s.have
	j.state.Total += s.Bytes
	if s.Member != "" {
		j.state.Total = -1
	}
	u, err := url.Parse(s.URL)
	if err == nil && !strings.Contains(j.state.From, u.Hostname()) {
		j.state.From = strings.TrimPrefix(j.state.From+" and "+u.Hostname(), " and ")
	}
}

// elsewhere finds a file with the bytes of f, in dir or in Dir.
func (j *job) elsewhere(ctx context.Context, f File) string {
	dirs := []string{j.dir}
	if dir, err := Dir(); err == nil && dir != j.dir {
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		for _, d := range append([]Dataset{j.Dataset}, Datasets...) {
			for _, twin := range d.noted(d.root(dir)).Files {
				if twin.SHA256 != f.SHA256 {
					continue
				}
				places := []string{filepath.Join(d.root(dir), twin.Name)}
				if d.Folder != "" {
					places = append(places, filepath.Join(buildFolder(dir, d), twin.Name))
				}
				if twin.Earlier != "" {
					places = append(places, filepath.Join(dir, twin.Earlier))
				}
				for _, path := range places {
					if path != j.path(f) && f.check(ctx, path) == nil {
						return path
					}
				}
			}
		}
	}
	return ""
}

// bringAll brings the missing files, after it has said how much there is to
// fetch.
func (j *job) bringAll(ctx context.Context, missing []source) error {
	if j.state.Total > 0 {
		j.report(j.state)
	}
	if err := os.MkdirAll(j.root, 0o777); err != nil {
		return &diskError{err}
	}
	for _, s := range missing {
		var err error
		switch {
		case s.URL == "":
			err = put(j.path(s.File), []byte(s.Text))
		case s.from != "":
			j.event("copying " + s.from)
			err = s.copy(ctx, s.from, j.path(s.File))
		default:
			err = j.fetch(ctx, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *job) event(what string) {
	r := j.state
	r.Event = what
	j.report(r)
}

// fetch downloads a file.
func (j *job) fetch(ctx context.Context, s source) error {
	path := j.path(s.File)
	part, last := s.part(path), s.have
	progress := func(done, total int64) {
		j.state.Done += done - last
		last = done
		if s.Member != "" {
			j.state.Total = total
		}
		j.report(j.state)
	}
	for {
		begun := exists(part)
		err := s.download(ctx, part, progress, j.event)
		if _, full := errors.AsType[*diskError](err); full {
			return err
		}
		if err != nil {
			return fmt.Errorf("%w; try again, or put the file there yourself: %s", err, filepath.Join(j.state.Into, s.Name))
		}
		if s.Bytes >= large {
			j.event("checking " + Size(s.Bytes))
		}
		whole, err := s.checked(ctx, part)
		if err == nil {
			err = os.Rename(whole, path)
			if err == nil && whole != part {
				os.Remove(part)
			}
			return err
		}
		if ctx.Err() != nil {
			return err
		}
		os.Remove(part)
		if _, full := errors.AsType[*diskError](err); full {
			return err
		}
		if !begun { // else the wrong bytes may be those of an earlier time
			return fmt.Errorf("what comes from %s is not the file it should be: %w", s.URL, err)
		}
		j.event("what had come is wrong; starting over")
	}
}

// finish notes what is not pinned, and gives a model's folder its name.
func (j *job) finish(files []File) error {
	var learnt []File
	for i, f := range j.Files {
		if f.unknown() {
			learnt = append(learnt, files[i])
		}
	}
	if len(learnt) > 0 {
		data, err := note(learnt)
		if err == nil {
			err = put(filepath.Join(j.root, noteFile), data)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case j.build != "":
		return os.Rename(j.build, filepath.Join(j.dir, j.Folder))
	case j.Folder != "":
		return os.RemoveAll(buildFolder(j.dir, j.Dataset))
	}
	return nil
}
