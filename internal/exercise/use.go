package exercise

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// useFile is the file of an exercise that puts the reader's function to work.
const useFile = "use.go"

// Use builds the book with what the reader has written in the place of its own
// functions, lets both learn for some steps, and compares the losses.
func (d *Desk) Use(ctx context.Context, steps int) error {
	results, err := Status(ctx, d.Root, d.All)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "use")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	replace := map[string]string{}
	for _, r := range results {
		if text, err := os.ReadFile(filepath.Join(d.Root, r.Dir(), useFile)); err != nil {
			continue
		} else if r.State != Solved && r.State != Wrong {
			_ = d.note(fmt.Sprintf("exercise %s, %s, could be used, and is %s", r.Number, r.Func, r.State))
		} else if names, err := r.use(d.Root, dir, text, replace); err != nil {
			return err
		} else {
			_ = d.note(fmt.Sprintf("exercise %s: your %s, in %s", r.Number, r.Func, names))
		}
	}
	if len(replace) == 0 {
		return errors.New("there is nothing of yours to use yet: begin one of these exercises")
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o666)
	}
	if err != nil {
		return err
	}
	book, err := d.train(ctx, dir, "book", steps)
	if err != nil {
		return err
	}
	yours, err := d.train(ctx, dir, "yours", steps, "-overlay="+filepath.Join(dir, "overlay.json"))
	if err != nil {
		return fmt.Errorf("with your code: %w", err)
	}
	return d.note(compareLosses(book, yours))
}

// use adds to the files to replace those that make the book use the reader's function,
// and says of which of its functions it takes the place.
func (e Exercise) use(root, dir string, text []byte, replace map[string]string) (names string, err error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, useFile, text, 0)
	if err != nil {
		return "", err
	}
	put := func(at string, src []byte) error {
		if replace[at] == "" {
			replace[at] = filepath.Join(dir, fmt.Sprint(len(replace), ".go"))
		}
		return os.WriteFile(replace[at], src, 0o666)
	}
	mine, err := os.ReadFile(filepath.Join(root, e.Chapter, StubFile))
	if err == nil {
		err = put(filepath.Join(root, e.Chapter, "exercise.go"), mine)
	}
	chapter := ""
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || err != nil {
			continue
		}
		var file string
		var renamed []byte
		if chapter, file, renamed, err = aside(root, f.Name.Name, fn, replace); err == nil {
			err = put(file, renamed)
			names += " " + filepath.Base(filepath.Dir(file)) + "'s " + fn.Name.Name
		}
	}
	if err == nil {
		err = put(filepath.Join(root, chapter, "use_"+strings.ReplaceAll(e.Number, ".", "_")+".go"), text)
	}
	return strings.TrimSpace(names), err
}

// aside finds the book's declaration with the receiver and the name of fn, and returns the
// text of its file with that renamed: bookForward for Forward.
func aside(root, pkg string, fn *ast.FuncDecl, replaced map[string]string) (chapter, file string, renamed []byte, err error) {
	files, _ := filepath.Glob(filepath.Join(root, "ch[0-9][0-9]_*", "*.go"))
	for _, file := range files {
		from := file
		if replaced[file] != "" {
			from = replaced[file]
		}
		text, err := os.ReadFile(from)
		if err != nil || strings.HasSuffix(file, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, text, 0)
		if err != nil || f.Name.Name != pkg {
			continue
		}
		for _, decl := range f.Decls {
			if old, ok := decl.(*ast.FuncDecl); ok && old.Name.Name == fn.Name.Name && receiver(old) == receiver(fn) {
				at := fset.Position(old.Name.Pos()).Offset
				name := "book" + strings.ToUpper(old.Name.Name[:1]) + old.Name.Name[1:]
				renamed := string(text[:at]) + name + string(text[at+len(old.Name.Name):])
				return filepath.Base(filepath.Dir(file)), file, []byte(renamed), nil
			}
		}
	}
	return "", "", nil, fmt.Errorf("package %s has no %s%s", pkg, receiver(fn), fn.Name.Name)
}

// receiver is the type of a method's receiver, or nothing.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	return source(token.NewFileSet(), fn.Recv.List[0].Type) + "."
}

// train builds the program, trains a model for some steps, and returns their losses.
func (d *Desk) train(ctx context.Context, dir, name string, steps int, flags ...string) ([]float64, error) {
	program, out := filepath.Join(dir, name), filepath.Join(dir, name+".run")
	build := exec.CommandContext(ctx, "go", append(append([]string{"build"}, flags...), "-o", program, "./cmd/llm")...)
	run := exec.CommandContext(ctx, program, "pretrain", "-steps", fmt.Sprint(steps), "-every", fmt.Sprint(steps), "-out", out)
	for _, cmd := range []*exec.Cmd{build, run} {
		cmd.Dir = d.Root
		end := together(cmd)
		text, err := cmd.CombinedOutput()
		end()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		} else if err != nil {
			var said excerpt
			said.add(string(text))
			return nil, fmt.Errorf("%w: %s", err, said.String())
		}
	}
	f, err := os.Open(filepath.Join(out, "log.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	var losses []float64
	for _, row := range rows {
		if loss, err := strconv.ParseFloat(row[1], 64); err == nil {
			losses = append(losses, loss)
		}
	}
	return losses, err
}

// rounding is how far two losses may be apart where only the order of the sums differs.
const rounding = 0.01

// compareLosses says how far the losses of two runs go together.
func compareLosses(book, yours []float64) string {
	if len(book) == 0 || len(book) != len(yours) {
		return fmt.Sprintf("the book took %d steps, and yours %d", len(book), len(yours))
	}
	last := len(book) - 1
	said := fmt.Sprintf("the book's loss goes from %.4f to %.4f in %d steps, yours from %.4f to %.4f\n", book[0], book[last], len(book), yours[0], yours[last])
	most := 0.0
	for i := range book {
		off := math.Abs(yours[i] - book[i])
		if !(off <= rounding) {
			return said + fmt.Sprintf("they differ from step %d on: the book's is %.4f there, and yours %.4f", i+1, book[i], yours[i])
		}
		most = max(most, off)
	}
	if most == 0 {
		return said + "equal in every digit: your code trains the model"
	}
	return said + fmt.Sprintf("equal but for rounding, %.1g at most: your code trains the model", most)
}
