package exercise

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// A Desk is where a reader works on the exercises from the command line.
type Desk struct {
	Root    string // of the book
	All     []Exercise
	Program string // how the reader calls it, "llm"
	In      io.Reader
	Out     io.Writer
}

// NewDesk reads the exercises of the book in or above the working directory.
func NewDesk(program string, in io.Reader, out io.Writer) (*Desk, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	all, err := List(root)
	return &Desk{root, all, program, in, out}, err
}

// ErrUnknown is that of a number that no exercise has.
var ErrUnknown = errors.New("no such exercise")

// find is the exercise of that number.
func (d *Desk) find(number string) (Exercise, error) {
	for _, e := range d.All {
		if e.Number == number {
			return e, nil
		}
	}
	return Exercise{}, fmt.Errorf("%w: %q; %s exercises shows what there is", ErrUnknown, number, d.Program)
}

// Table shows how all exercises stand.
func (d *Desk) Table(results []Result) error {
	t := tabwriter.NewWriter(d.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NUMBER\tSTATE\tTITLE\tWHERE")
	solved, next := 0, ""
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s/%s: %s\n", r.Number, r.State, r.Title, r.Chapter, StubFile, r.Func)
		if r.State == Solved {
			solved++
		} else if next == "" {
			next = fmt.Sprintf("; the next: %s exercises %s", d.Program, r.Number)
		}
	}
	fmt.Fprintf(t, "%d of %d solved%s\n", solved, len(results), next)
	return t.Flush()
}

// stands is how the reader stands with the exercise of that number.
func (d *Desk) stands(ctx context.Context, number string) (Result, error) {
	e, err := d.find(number)
	if err != nil {
		return Result{}, err
	}
	results, err := Status(ctx, d.Root, []Exercise{e})
	if err != nil {
		return Result{}, err
	}
	return results[0], nil
}

// Show shows an exercise and how it stands.
func (d *Desk) Show(ctx context.Context, number string) error {
	r, err := d.stands(ctx, number)
	if err != nil {
		return err
	}
	d.task(r.Exercise)
	return d.say(r)
}

func (d *Desk) task(e Exercise) {
	fmt.Fprintf(d.Out, "Exercise %s: %s\n%s/%s: %s\n\n%s\n\n", e.Number, e.Title, e.Chapter, StubFile, e.Func, e.Task)
}

// say is a result in words.
func (d *Desk) say(r Result) error {
	text := r.Output
	switch r.State {
	case Solved:
		text = fmt.Sprintf("exercise %s, %s: solved; %s exercises solution %s shows the book's", r.Number, r.Func, d.Program, r.Number)
	case Broken:
		text = fmt.Sprintf("exercise %s, %s: its check did not run\n%s", r.Number, r.Func, text)
	}
	_, err := fmt.Fprintln(d.Out, text)
	return err
}

// Hint shows the step-th hint to an exercise, "1" for the first.
func (d *Desk) Hint(number, step string) error {
	e, err := d.find(number)
	if err != nil {
		return err
	}
	i := strings.Index("123", step)
	if len(step) != 1 || i < 0 || i >= len(e.Hints) {
		return fmt.Errorf("%w: hint %s; exercise %s has hints 1 to %d", ErrUnknown, step, number, len(e.Hints))
	}
	d.task(e)
	_, err = fmt.Fprintf(d.Out, "Hint %d of %d: %s\n", i+1, len(e.Hints), e.Hints[i])
	if i+1 < len(e.Hints) {
		_, err = fmt.Fprintf(d.Out, "\nAnother says more: %s exercises hint %s %d\n", d.Program, number, i+2)
	}
	return err
}

// Solution shows the book's solution to an exercise that the reader has solved.
func (d *Desk) Solution(ctx context.Context, number string) error {
	r, err := d.stands(ctx, number)
	if err != nil {
		return err
	}
	if r.State != Solved {
		return fmt.Errorf("exercise %s is %s: its solution opens once your own passes; %s exercises hint %s helps", number, r.State, d.Program, number)
	}
	return d.note(r.Solution)
}

// Reset puts the stub of an exercise back, after it has asked. What was there stays
// in a file beside.
func (d *Desk) Reset(number string) error {
	e, err := d.find(number)
	if err != nil {
		return err
	}
	name := filepath.Join(d.Root, e.Chapter, StubFile)
	kept := fmt.Sprintf("%s.%s.old", name, number)
	for i := 2; ; i++ {
		if _, err := os.Lstat(kept); errors.Is(err, os.ErrNotExist) {
			break
		}
		kept = fmt.Sprintf("%s.%s.old%d", name, number, i)
	}
	fmt.Fprintf(d.Out, "Begin exercise %s anew? All of %s/%s as it is now stays in %s. [y/N] ", number, e.Chapter, StubFile, filepath.Base(kept))
	answer, _ := bufio.NewReader(d.In).ReadString('\n')
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		_, err := fmt.Fprintln(d.Out, "nothing has changed")
		return err
	}
	old, err := os.ReadFile(name) // what was saved before the answer is in it
	if err != nil {
		return err
	}
	if err := os.WriteFile(kept, old, 0o666); err != nil {
		return err
	}
	if err := os.WriteFile(name, e.reset(d.Root, string(old)), 0o666); err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.Out, "exercise %s waits for you\n", number)
	return err
}

// reset is the text of a reader's file with the stub in place of the function, which
// need not even compile.
func (e Exercise) reset(root, old string) []byte {
	old = strings.ReplaceAll(old, "\r\n", "\n")
	from, to := e.place(old)
	if from < 0 {
		from, to = len(old), len(old)
		e.Stub = "\n" + e.Stub + "\n"
	}
	text := old[:from] + e.Stub + old[to:]
	authors, _ := os.ReadFile(filepath.Join(root, e.Chapter, "testdata", "exercises", StubFile))
	return withImports(text, string(authors))
}

// nextDeclaration is how the one behind a function begins, with its comment.
var nextDeclaration = regexp.MustCompile(`\n(//.*\n)*(func|type|var|const)\b`)

// place is where the function stands in a text, with its comment, or -1. If the text does
// not parse, it goes up to the next declaration, so that what follows is not lost where a
// brace is missing.
func (e Exercise) place(text string) (from, to int) {
	fset := token.NewFileSet()
	if f, err := parser.ParseFile(fset, "", text, parser.ParseComments); err == nil {
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == e.Func {
				from = fset.PositionFor(fn.Pos(), false).Offset
				if fn.Doc != nil {
					from = fset.PositionFor(fn.Doc.Pos(), false).Offset
				}
				return from, fset.PositionFor(fn.End(), false).Offset
			}
		}
		return -1, -1
	}
	at := regexp.MustCompile(`(?m)^(//.*\n)*func ` + e.Func + `\b.*`).FindStringIndex(text)
	if at == nil {
		return -1, -1
	}
	to = len(text)
	if next := nextDeclaration.FindStringIndex(text[at[1]:]); next != nil {
		to = at[1] + next[0]
	}
	return at[0], at[0] + len(strings.TrimRight(text[at[0]:to], " \t\n"))
}

var (
	importLines = regexp.MustCompile(`(?m)^import (\((.*\n)*?\)|.*)\n+`)
	comments    = regexp.MustCompile("(?m)^([^\"`]*?)//.*$") // but for // in text
)

// withImports is a Go file with the imports of its own and of another that it uses: what
// the reader's attempt needed may be needed no more.
func withImports(text, other string) []byte {
	fset := token.NewFileSet()
	var std, rest []string
	code := comments.ReplaceAllString(importLines.ReplaceAllString(text, ""), "$1")
	for _, src := range []string{text, other} {
		f, err := parser.ParseFile(fset, "", src, parser.ImportsOnly)
		if err != nil {
			return []byte(text)
		}
		for _, spec := range f.Imports {
			line := source(fset, spec)
			name := importName(spec)
			switch used := regexp.MustCompile(`\b` + name + `\.`).MatchString(code); {
			case !used || slices.Contains(std, line) || slices.Contains(rest, line):
			case strings.Contains(line, "."):
				rest = append(rest, line)
			default:
				std = append(std, line)
			}
		}
	}
	block := "import (\n" + strings.Join(std, "\n") + "\n\n" + strings.Join(rest, "\n") + "\n)\n\n"
	if !strings.Contains(text, "\nimport") {
		return []byte(text)
	}
	at := importLines.FindStringIndex(text)
	formatted, err := format.Source([]byte(text[:at[0]] + block + importLines.ReplaceAllString(text[at[0]:], "")))
	if err != nil {
		return []byte(text)
	}
	return formatted
}

// Watch shows how all exercises stand, and then each again that has changed, whenever a
// file of them is saved, until ctx is done.
func (d *Desk) Watch(ctx context.Context) error {
	known := map[string]Result{}
	for results, err := range Follow(ctx, d.Root, d.All) {
		if err != nil {
			return err
		}
		if len(known) == 0 {
			err = errors.Join(d.Table(results), d.note("watching; save a file and see, Ctrl-C ends"))
		}
		for _, r := range results {
			if old, ok := known[r.Number]; ok && (old.State != r.State || old.Output != r.Output) {
				err = errors.Join(err, d.note(""), d.say(r))
			}
			known[r.Number] = r
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (d *Desk) note(text string) error {
	_, err := fmt.Fprintln(d.Out, text)
	return err
}
