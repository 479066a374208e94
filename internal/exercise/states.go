package exercise

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// Status runs the checks of the exercises against what the reader has written so far.
// It takes a few seconds after a change, and next to nothing when go test has the
// answer cached. The Root of the book is root.
func Status(ctx context.Context, root string, all []Exercise) ([]Result, error) {
	return status(ctx, root, all)
}

// status runs go test once and then, without the exercise that ended it, for the
// chapters that did not get to the end of their exercises.
func status(ctx context.Context, root string, all []Exercise, flags ...string) ([]Result, error) {
	if len(all) == 0 {
		return nil, errors.New("no exercises here")
	}
	run, err := goTest(ctx, root, all, flags)
	if err != nil {
		return nil, err
	}
	for _, c := range run {
		for _, test := range c.tests {
			c.ended = c.ended || test.action == "run"
		}
	}
	var results []Result
	var again []Exercise
	for _, e := range all {
		r := run[e.Chapter].result(e)
		r.Output = strings.ReplaceAll(r.Output, root+string(filepath.Separator), "") // the page shows it
		results = append(results, r)
		if c := run[e.Chapter]; c.ended && c.tests[e.Test].action == "" {
			again = append(again, e)
		}
	}
	if len(again) == 0 || len(again) == len(all) {
		return results, nil
	}
	rest, err := status(ctx, root, again, flags...)
	for _, r := range rest {
		results[slices.IndexFunc(results, func(old Result) bool { return old.Number == r.Number })] = r
	}
	return results, err
}

// A testRun is what go test -json said of each chapter.
type testRun map[string]*chapterRun

// A chapterRun is the outcome of each exercise's test, by its name, and what
// belongs to none of them.
type chapterRun struct {
	tests map[string]*outcome
	rest  outcome
	bytes int  // printed by all of them
	ended bool // before all had run
}

type outcome struct {
	action  string // run, and then pass, fail, skip, or nothing more when the test did not end
	output  excerpt
	crash   []string // why the program ended, and where in the reader's file
	printed string   // before
}

// untested is a run of the chapters before anything has run.
func untested(all []Exercise) testRun {
	run := testRun{}
	for _, e := range all {
		if run[e.Chapter] == nil {
			run[e.Chapter] = &chapterRun{tests: map[string]*outcome{}}
		}
		run[e.Chapter].tests[e.Test] = &outcome{}
	}
	return run
}

// indent is what go test puts before the lines of a check's message.
var indent = regexp.MustCompile(`(?m)^    (exercise_check_test\.go:[0-9]+: |    )`)

func (c *chapterRun) result(e Exercise) Result {
	test := c.tests[e.Test]
	output := strings.TrimSpace(indent.ReplaceAllString(test.output.String(), ""))
	switch test.action {
	case "pass":
		return Result{e, Solved, ""}
	case "skip":
		return Result{e, Todo, output}
	case "fail":
		return Result{e, Wrong, output}
	case "run": // and never ended
		why := strings.Replace(strings.Join(test.crash, "\n   at  "), "panic: test timed out", "it had not ended", 1)
		return Result{e, Wrong, test.printed + cmp.Or(why, "the program ended before its check did")}
	}
	return Result{e, Broken, strings.TrimSpace(c.rest.output.String() + output)}
}

// running lets one go test run at a time.
var running = make(chan struct{}, 1)

// goTest runs the checks of the exercises, all in one go test, or until one of them
// prints without end. Whatever the attempts started has ended when it returns.
func goTest(ctx context.Context, root string, all []Exercise, flags []string) (testRun, error) {
	select {
	case running <- struct{}{}:
		defer func() { <-running }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	run := untested(all)
	cmd := exec.CommandContext(inner, "go", slices.Concat([]string{"test", "-json", "-vet=off", "-timeout=20s"}, flags, run.args(all))...)
	dir, unlink, err := plainly(root)
	if err != nil {
		return nil, err
	}
	defer unlink()
	cmd.Dir, cmd.WaitDelay = dir, ending
	end := together(cmd)
	defer end()
	events, stdout := io.Pipe()
	var stderr excerpt
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	read := make(chan error)
	flooded := false
	go func() {
		var err error
		if flooded, err = run.read(events); flooded {
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
		return nil, ctx.Err()
	case err != nil && !failed && !flooded:
		return nil, fmt.Errorf("go test: %w", err)
	case unread != nil:
		return nil, fmt.Errorf("go test -json: %w\n%s", unread, stderr.String())
	}
	return run, nil
}

// ending is how long go test may take to end after it was told to.
const ending = 5 * time.Second

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

// flood is how many bytes the attempts of a chapter may print: enough for a busy machine to read
// within the time that an exercise has.
var flood = 16 << 20

// read sorts the events into r, and stops at a chapter that prints too much.
func (r testRun) read(stdout io.Reader) (flooded bool, err error) {
	for lines := json.NewDecoder(stdout); ; {
		var e event
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		c := r[chapterOf(e.Package+e.ImportPath)]
		if c == nil {
			continue
		}
		of := &c.rest
		name, _, sub := strings.Cut(e.Test, "/")
		if test := c.tests[name]; test != nil {
			of = test
		}
		switch e.Action {
		case "run", "pass", "fail", "skip":
			if !sub {
				of.action = e.Action
			}
		case "output", "build-output":
			if strings.HasPrefix(e.Output, "=== ") || strings.HasPrefix(e.Output, "--- ") {
				continue
			}
			of.add(e.Output)
			if c.bytes += len(e.Output); c.bytes > flood {
				r.stopAt(of)
				return true, nil
			}
		}
	}
}

// args are the arguments of go test that say what to run.
func (r testRun) args(all []Exercise) []string {
	var names []string
	for _, e := range all {
		names = append(names, e.Test)
	}
	args := []string{"-run=^(" + strings.Join(names, "|") + ")$"}
	for _, chapter := range slices.Sorted(maps.Keys(r)) {
		args = append(args, "./"+chapter)
	}
	return args
}

// stopAt ends the run for a test that has printed too much. Those of other chapters that
// are under way are not to blame.
func (r testRun) stopAt(culprit *outcome) {
	for _, c := range r {
		c.ended = true
		for _, test := range c.tests {
			if test != culprit && test.action == "run" {
				test.action = ""
			}
		}
	}
	culprit.printed = culprit.output.String() + "\n"
	culprit.crash = []string{fmt.Sprintf("it was ended after it had printed %d MB", flood>>20)}
}

// add takes a line that was printed. When a program ends before its time, the last
// lines tell of it, and of all its goroutines.
func (o *outcome) add(line string) {
	o.output.add(line)
	switch trimmed := strings.TrimSpace(line); {
	case strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "):
		o.crash, o.printed = []string{trimmed}, strings.TrimSuffix(o.output.String(), line)
	case len(o.crash) == 1 && strings.Contains(line, "/"+StubFile+":"):
		o.crash = append(o.crash, framePlace(line))
	}
}

// chapterOf is the directory of an import path; go test writes that of a package under
// test as "path [path.test]", "path_test [path.test]" or, when a file does not parse,
// "path.test".
func chapterOf(pkg string) string {
	pkg, _, _ = strings.Cut(pkg, " ")
	return strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(pkg, ".test"), "_test"), module+"/")
}
