package exercise

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
)

// A finding is a check that took a stub, a solution or a mistake for something
// else.
type finding struct {
	Exercise
	Variant   string // "stub", "solution.go", "zero values", "wrong-no-scale.go"
	Got, Want State
	Output    string
}

func (f finding) String() string {
	s := fmt.Sprintf("exercise %s (%s), %s: %s, want %s", f.Number, f.Chapter, f.Variant, f.Got, f.Want)
	if f.Output != "" {
		s += "\n\t" + strings.ReplaceAll(f.Output, "\n", "\n\t")
	}
	return s
}

// prove runs the checks of one chapter's exercises against everything they must tell
// apart: the untouched stub is skipped, the solution passes, and every other variant
// fails. It calls report for each, with Got equal to Want when all is well.
//
// Nothing is written into the tree: go test -overlay puts a file in the stubs' place in
// which each function asks the environment which of its variants to be. So one test
// binary has them all, and the proof holds in a clone where a reader has solved some.
func prove(ctx context.Context, root string, all []Exercise, report func(finding)) error {
	dir, err := os.MkdirTemp("", "exercises")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "proof.test")
	variants, err := build(ctx, root, dir, binary, all)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, e := range all {
		for _, v := range variants[i] {
			if v.name == "endless loop" && i > 0 && !complete {
				continue // takes as long as all others of the exercise
			}
			wg.Go(func() {
				slots <- struct{}{}
				f := v.try(ctx, root, binary, e)
				<-slots
				mu.Lock()
				defer mu.Unlock()
				report(f)
			})
		}
	}
	wg.Wait()
	return ctx.Err()
}

// build compiles the tests of the exercises' chapter, with all variants, and returns those.
func build(ctx context.Context, root, dir, binary string, all []Exercise) (variants [][]variant, err error) {
	chapter, err := filepath.Abs(filepath.Join(root, all[0].Chapter))
	if err != nil {
		return nil, err
	}
	clause := "package " + all[0].Package + "\n"
	replace := map[string]string{}
	add := func(name, src string) error {
		file := filepath.Join(dir, name)
		replace[filepath.Join(chapter, name)] = file
		return os.WriteFile(file, []byte(src), 0o666)
	}
	err = add(StubFile, clause)
	for _, e := range all {
		some, readErr := e.variants(root)
		if readErr != nil {
			return nil, readErr
		}
		variants = append(variants, some)
		number := "attempt_" + strings.ReplaceAll(e.Number, ".", "_")
		src, dispatchErr := e.dispatcher(root, some)
		err = first(err, dispatchErr, add(number+"_test.go", src))
		for i, v := range some {
			if v.src != "" {
				renamed, renameErr := apart(v)
				err = first(err, renameErr, add(fmt.Sprintf("%s_%d_test.go", number, i), renamed))
			}
		}
	}
	data, jsonErr := json.Marshal(map[string]any{"Replace": replace})
	overlay := filepath.Join(dir, "overlay.json")
	if err := first(err, jsonErr, os.WriteFile(overlay, data, 0o666)); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-w", "-overlay="+overlay, "-o", binary, "./"+all[0].Chapter)
	dirName, unlink, err := plainly(root)
	if err != nil {
		return nil, err
	}
	defer unlink()
	cmd.Dir = dirName
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	return variants, nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// endless is how long a loop without end may run before its test is ended.
const endless = "300ms"

// try runs the check of an exercise on one of its variants.
func (v variant) try(ctx context.Context, root, binary string, e Exercise) finding {
	limit := "60s"
	if v.name == "endless loop" {
		limit = endless
	}
	cmd := exec.CommandContext(ctx, binary, "-test.v", "-test.run=^"+e.Test+"$", "-test.timeout="+limit)
	cmd.Dir = filepath.Join(root, e.Chapter)
	cmd.Env = append(os.Environ(), "LLMBOOK_VARIANT="+v.name)
	out, _ := cmd.CombinedOutput()
	f := finding{Exercise: e, Variant: v.name, Want: v.want, Got: Broken, Output: told(out)}
	for ending, state := range map[string]State{"PASS": Solved, "SKIP": Todo, "FAIL": Wrong} {
		if bytes.Contains(out, []byte("\n--- "+ending+": "+e.Test+" (")) {
			f.Got = state
		}
	}
	if bytes.Contains(out, []byte("\npanic: test timed out after ")) {
		f.Got, f.Output = Wrong, "it had not ended"
	}
	return f
}

var frame = regexp.MustCompile(`(?m)^(=== |--- |FAIL|PASS|chapter [0-9]+: |branch [a-z]+: | +go run ).*\n`)

// told is what a test says, without what go test puts around it.
func told(out []byte) string {
	return strings.TrimSpace(indent.ReplaceAllString(frame.ReplaceAllString(string(out), ""), ""))
}
