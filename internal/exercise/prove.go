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

// A Finding is a check that took a stub, a solution or a mistake for something
// else.
type Finding struct {
	Exercise
	Variant   string // "stub", "solution.go", "zero values", "wrong-no-scale.go"
	Got, Want State
	Output    string
}

func (f Finding) String() string {
	s := fmt.Sprintf("exercise %s (%s), %s: %s, want %s", f.Number, f.Chapter, f.Variant, f.Got, f.Want)
	if f.Output != "" {
		s += "\n\t" + strings.ReplaceAll(f.Output, "\n", "\n\t")
	}
	return s
}

// Prove runs the checks of the exercises against everything they must tell
// apart: the untouched stub is skipped, the solution passes, and the attempt
// returning zero values and every mistake fail. It calls report for each, with
// Got equal to Want when all is well, and returns how many were not.
//
// Nothing is written into the tree: go test -overlay puts the variants in the
// stubs' place, so that the proof holds in a clone where a reader has solved
// some. One go test runs a round of all chapters, with one variant of each
// exercise, because building a test costs far more than running one.
func Prove(ctx context.Context, root string, all []Exercise, report func(Finding)) (failed int, err error) {
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
	rest      [][]variant // of each exercise
}

// variant is the one of exercise i for a round; the stub is tried in round -1,
// and an exercise that has run out of variants shows its solution again.
func (p *prover) variant(i, round int) variant {
	switch {
	case round < 0:
		return variant{name: "stub", want: Todo}
	case round < len(p.rest[i]):
		return p.rest[i][round]
	}
	return p.rest[i][0]
}

func (p *prover) round(ctx context.Context, round int, report func(Finding)) (failed int, err error) {
	overlay, err := p.overlay(round)
	if err != nil {
		return 0, err
	}
	results, err := status(ctx, p.root, p.all, "-overlay="+overlay)
	if err != nil {
		return 0, err
	}
	for i, r := range results {
		v := p.variant(i, round)
		f := Finding{Exercise: r.Exercise, Variant: v.name, Got: r.State, Want: v.want, Output: r.Output}
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
		v := p.variant(i, round)
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
