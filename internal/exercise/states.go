package exercise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A State is how far a reader has come with an exercise.
type State string

const (
	Todo   State = "unsolved" // the stub is untouched
	Wrong  State = "wrong"    // the check fails
	Solved State = "solved"   // the check passes
	Broken State = "broken"   // the chapter's tests do not compile, or did not get to this check
)

// A Result is an exercise and how the reader stands with it.
type Result struct {
	Exercise
	State  State  `json:"state"`
	Output string `json:"output,omitempty"` // the first and last lines of what the check, or the compiler, says; empty when solved
}

// Status runs the checks of all exercises below root against what the reader
// has written so far. It takes a few seconds after a change, and next to
// nothing when go test has the answer cached.
func Status(ctx context.Context, root string) ([]Result, error) {
	all, err := List(root)
	if err != nil {
		return nil, err
	}
	return status(ctx, root, all)
}

func status(ctx context.Context, root string, all []Exercise, flags ...string) ([]Result, error) {
	if len(all) == 0 {
		return nil, errors.New("no exercises here")
	}
	run, err := goTest(ctx, root, all, flags...)
	if err != nil {
		return nil, err
	}
	var results []Result
	for _, e := range all {
		results = append(results, run[e.Chapter].result(e))
	}
	return results, nil
}

// A testRun is what go test -json said of each chapter.
type testRun map[string]*chapterRun

// A chapterRun is the outcome of each exercise's test, by its name, and what
// belongs to none of them.
type chapterRun struct {
	tests map[string]*outcome
	rest  outcome
	bytes int // printed by all of them
}

type outcome struct {
	action string // pass, fail, skip, or nothing when the test did not end
	output excerpt
}

// untested is a run of the chapters before anything has run.
func untested(all []Exercise, chapters []string) testRun {
	run := testRun{}
	for _, c := range chapters {
		run[c] = &chapterRun{tests: map[string]*outcome{}}
	}
	for _, e := range all {
		if c := run[e.Chapter]; c != nil {
			c.tests[e.Test] = &outcome{}
		}
	}
	return run
}

func (c *chapterRun) result(e Exercise) Result {
	test := c.tests[e.Test]
	output := strings.TrimSpace(test.output.String())
	switch test.action {
	case "pass":
		return Result{e, Solved, ""}
	case "skip":
		return Result{e, Todo, output}
	case "fail":
		return Result{e, Wrong, output}
	}
	if printed, trace, ok := strings.Cut(output, "panic: test timed out after "); ok {
		limit, _, _ := strings.Cut(trace, "\n")
		return Result{e, Wrong, printed + "it had not ended after " + limit}
	}
	return Result{e, Broken, strings.TrimSpace(c.rest.output.String() + output)}
}

// goTest runs the checks of the exercises, all in one go test. Where an attempt
// prints without end the run is ended, and the other chapters run once more.
func goTest(ctx context.Context, root string, all []Exercise, flags ...string) (testRun, error) {
	var chapters []string
	for _, e := range all {
		if !slices.Contains(chapters, e.Chapter) {
			chapters = append(chapters, e.Chapter)
		}
	}
	total := testRun{}
	for len(chapters) > 0 {
		run := untested(all, chapters)
		flooded, err := run.once(ctx, root, chapters, flags)
		if err != nil {
			return nil, err
		}
		if flooded == "" {
			maps.Copy(total, run)
			break
		}
		total[flooded] = run[flooded]
		chapters = slices.DeleteFunc(chapters, func(c string) bool { return c == flooded })
	}
	return total, nil
}

// ending is how long go test may take to end after it was told to.
const ending = 5 * time.Second

// once runs go test and returns the chapter whose output made it end the run, or
// nothing. Whatever the attempts started has ended when it returns.
func (r testRun) once(ctx context.Context, root string, chapters, flags []string) (flooded string, err error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	args := append([]string{"test", "-json", "-vet=off", "-timeout=60s", "-run=^TestExercise"}, flags...)
	for _, c := range chapters {
		args = append(args, "./"+c)
	}
	cmd := exec.CommandContext(inner, "go", args...)
	dir, unlink, err := plainly(root)
	if err != nil {
		return "", err
	}
	defer unlink()
	cmd.Dir, cmd.WaitDelay = dir, ending
	end := together(cmd)
	defer end()
	events, stdout := io.Pipe()
	var stderr excerpt
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	read := make(chan error)
	go func() {
		var err error
		flooded, err = r.read(events)
		if flooded != "" {
			stop()
		}
		_, _ = io.Copy(io.Discard, events)
		read <- err
	}()
	err = cmd.Run()
	_ = stdout.Close()
	unread := <-read
	switch _, failed := errors.AsType[*exec.ExitError](err); {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case flooded != "":
		return flooded, nil
	case err != nil && !failed:
		return "", fmt.Errorf("go test: %w", err)
	case unread != nil:
		return "", fmt.Errorf("go test -json: %w\n%s", unread, stderr.String())
	}
	return "", nil
}

// plainly is a name for a directory that go takes, until unlink is called: it refuses
// one with a line end in it, but goes by a link.
func plainly(root string) (dir string, unlink func(), err error) {
	if !strings.ContainsAny(root, "\n\r") {
		return root, func() {}, nil
	}
	within, err := os.MkdirTemp("", "book")
	dir = filepath.Join(within, "book")
	if err == nil {
		err = os.Symlink(root, dir)
	}
	return dir, func() { _ = os.RemoveAll(within) }, err
}

// event is one line of go test -json. Build events name the package by
// ImportPath and test events by Package.
type event struct {
	Action, Package, ImportPath, Test, Output string
}

// flood is how many bytes the attempts of a chapter may print.
var flood = 64 << 20

// read sorts the events into r and returns the chapter that prints too much.
func (r testRun) read(stdout io.Reader) (flooded string, err error) {
	for lines := json.NewDecoder(stdout); ; {
		var e event
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return "", nil
		} else if err != nil {
			return "", err
		}
		chapter := chapterOf(e.Package + e.ImportPath)
		c := r[chapter]
		if c == nil {
			continue
		}
		of := &c.rest
		name, _, sub := strings.Cut(e.Test, "/")
		if test := c.tests[name]; test != nil {
			of = test
		}
		switch e.Action {
		case "pass", "fail", "skip":
			if !sub {
				of.action = e.Action
			}
		case "output", "build-output":
			if strings.HasPrefix(e.Output, "=== ") || strings.HasPrefix(e.Output, "--- ") {
				continue
			}
			of.output.add(e.Output)
			if c.bytes += len(e.Output); c.bytes > flood {
				of.action = "fail"
				of.output.add(fmt.Sprintf("\nit was ended after it had printed %d MB\n", flood>>20))
				return chapter, nil
			}
		}
	}
}

// chapterOf is the last element of an import path; go test writes that of a
// package under test as "path [path.test]", "path_test [path.test]" or, when a
// file does not parse, "path.test".
func chapterOf(pkg string) string {
	pkg, _, _ = strings.Cut(pkg, " ")
	pkg = strings.TrimSuffix(strings.TrimSuffix(pkg, ".test"), "_test")
	return pkg[strings.LastIndex(pkg, "/")+1:]
}
