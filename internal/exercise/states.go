package exercise

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
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
	State  State
	Output string // what the check, or the compiler, says; empty when solved
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
		results = append(results, run.result(e))
	}
	return results, nil
}

// testRun is what go test -json printed: the outcome of each test and its
// lines, and for each chapter the lines that belong to no test.
type testRun struct {
	action map[string]string // "ch03_attention.TestExercise1_F" -> pass, fail, skip
	output map[string]string // the same, and "ch03_attention"
}

func (r *testRun) result(e Exercise) Result {
	test := e.Chapter + "." + e.Test
	output := strings.TrimSpace(r.output[test])
	switch r.action[test] {
	case "pass":
		return Result{e, Solved, ""}
	case "skip":
		return Result{e, Todo, output}
	case "fail":
		return Result{e, Wrong, output}
	}
	return Result{e, Broken, strings.TrimSpace(r.output[e.Chapter] + output)}
}

// goTest runs the checks of the exercises, all in one go test.
func goTest(ctx context.Context, root string, all []Exercise, flags ...string) (*testRun, error) {
	args := append([]string{"test", "-json", "-vet=off", "-timeout=60s", "-run=^TestExercise"}, flags...)
	chapters := map[string]bool{}
	for _, e := range all {
		if !chapters[e.Chapter] {
			args = append(args, "./"+e.Chapter)
		}
		chapters[e.Chapter] = true
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return nil, fmt.Errorf("go test: %w", err)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	run := &testRun{map[string]string{}, map[string]string{}}
	if err := run.read(&stdout); err != nil {
		return nil, fmt.Errorf("go test -json: %w\n%s", err, stderr.Bytes())
	}
	return run, nil
}

// event is one line of go test -json. Build events name the package by
// ImportPath and test events by Package.
type event struct {
	Action, Package, ImportPath, Test, Output string
}

func (r *testRun) read(stdout *bytes.Buffer) error {
	lines := json.NewDecoder(stdout)
	for lines.More() {
		var e event
		if err := lines.Decode(&e); err != nil {
			return err
		}
		key := chapterOf(e.Package + e.ImportPath)
		if e.Test != "" {
			key += "." + e.Test
		}
		switch e.Action {
		case "pass", "fail", "skip":
			r.action[key] = e.Action
		case "output", "build-output":
			if !strings.HasPrefix(e.Output, "=== ") && !strings.HasPrefix(e.Output, "--- ") {
				r.output[key] += e.Output
			}
		}
	}
	return nil
}

// chapterOf is the last element of an import path; go test writes that of a
// package under test as "path [path.test]", "path_test [path.test]" or, when a
// file does not parse, "path.test".
func chapterOf(pkg string) string {
	pkg, _, _ = strings.Cut(pkg, " ")
	pkg = strings.TrimSuffix(strings.TrimSuffix(pkg, ".test"), "_test")
	return pkg[strings.LastIndex(pkg, "/")+1:]
}
