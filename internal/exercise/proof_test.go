package exercise

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// prove runs the checks of the exercises against everything they must tell
// apart: the untouched stub is skipped, the solution passes, and the attempt
// returning zero values and every mistake fail. It calls report for each, with
// Got equal to Want when all is well, and returns how many were not.
//
// Nothing is written into the tree: go test -overlay puts the variants in the
// stubs' place, so that the proof holds in a clone where a reader has solved
// some. One go test runs a round of all chapters, with one variant of each
// exercise, because building a test costs far more than running one.
func prove(ctx context.Context, root string, all []Exercise, report func(finding)) (failed int, err error) {
	dir, err := os.MkdirTemp("", "exercises")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	p := prover{root: root, dir: dir, all: all, rest: make([][]variant, len(all))}
	rounds := 0
	for i, e := range all {
		if p.rest[i], err = e.variants(root); err != nil {
			return 0, err
		}
		rounds = max(rounds, len(p.rest[i]))
	}
	for round := -1; round < rounds; round++ {
		bad, err := p.round(ctx, round, report)
		if err != nil {
			return failed, err
		}
		failed += bad
	}
	return failed, nil
}

type prover struct {
	root, dir string
	all       []Exercise
	rest      [][]variant // of each exercise, after the stub
}

// variant is the one of exercise i for a round, and whether it is new: the stub
// in round -1, and the solution once more when the mistakes have run out, since
// its function must be there for the tests to compile.
func (p *prover) variant(i, round int) (v variant, fresh bool) {
	switch {
	case round < 0:
		return variant{name: "stub", want: Todo}, true
	case round < len(p.rest[i]):
		return p.rest[i][round], true
	}
	return p.rest[i][0], false
}

func (p *prover) round(ctx context.Context, round int, report func(finding)) (failed int, err error) {
	overlay, err := p.overlay(round)
	if err != nil {
		return 0, err
	}
	var fresh []Exercise
	var variants []variant
	for i, e := range p.all {
		if v, ok := p.variant(i, round); ok {
			fresh, variants = append(fresh, e), append(variants, v)
		}
	}
	results, err := status(ctx, p.root, fresh, "-overlay="+overlay)
	if err != nil {
		return 0, err
	}
	for i, r := range results {
		v := variants[i]
		f := finding{Exercise: r.Exercise, Variant: v.name, Got: r.State, Want: v.want, Output: r.Output}
		if f.Got != f.Want {
			failed++
		}
		report(f)
	}
	return failed, nil
}

// overlay writes the file that tells go test what to see in a round: each
// chapter's stubs as they were or, once variants take their place, a file with
// nothing but the package clause, and one file more for each variant.
func (p *prover) overlay(round int) (string, error) {
	replace := map[string]string{}
	for i, e := range p.all {
		chapter, err := filepath.Abs(filepath.Join(p.root, e.Chapter))
		if err != nil {
			return "", err
		}
		stubs := filepath.Join(chapter, "testdata", "exercises", StubFile)
		v, _ := p.variant(i, round)
		if v.src == "" {
			replace[filepath.Join(chapter, StubFile)] = stubs
			continue
		}
		clause, err := packageClause(stubs)
		if err != nil {
			return "", err
		}
		empty := filepath.Join(p.dir, e.Chapter+".go")
		file := filepath.Join(p.dir, fmt.Sprintf("%s_%d.go", e.Number, round))
		replace[filepath.Join(chapter, StubFile)] = empty
		replace[filepath.Join(chapter, "attempt_"+strings.ReplaceAll(e.Number, ".", "_")+"_test.go")] = file
		if err := os.WriteFile(empty, clause, 0o666); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, []byte(v.src), 0o666); err != nil {
			return "", err
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(p.dir, fmt.Sprintf("overlay_%d.json", round))
	return name, os.WriteFile(name, data, 0o666)
}

// packageClause is the line of a Go file that names its package.
func packageClause(file string) ([]byte, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(src) {
		if bytes.HasPrefix(line, []byte("package ")) {
			return line, nil
		}
	}
	return nil, fmt.Errorf("%s: no package clause", file)
}
