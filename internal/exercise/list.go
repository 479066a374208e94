package exercise

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// StubFile is the file of a chapter that a reader edits, and the name of its
// untouched copy below testdata/exercises.
const StubFile = "exercise_test.go"

// An Exercise is one exercise of the book as its author wrote it, whatever the
// reader has done with the stub since.
type Exercise struct {
	Number   string   `json:"number"`  // "3.1", or "layers.1" in branches/layers
	Title    string   `json:"title"`   // "Scores without weights"
	Chapter  string   `json:"chapter"` // directory of the chapter, "ch03_attention", or of the branch
	Package  string   `json:"-"`       // of the chapter, "attention"
	Func     string   `json:"func"`    // the function to write, "ScaledScores"
	Test     string   `json:"-"`       // the test that checks it, "TestExercise1_ScaledScores"
	Task     string   `json:"-"`       // the stub's doc comment without the title line
	Stub     string   `json:"-"`       // the stub with its doc comment
	Hints    []string `json:"-"`       // Markdown, each says more than the one before
	Solution string   `json:"-"`       // Go declarations, with the imports they need
	Wrong    []string `json:"-"`       // names of the mistakes that the proof tries, "wrong-no-scale.go"
}

// Dir is the folder of the exercise's hint, solution and mistakes, relative to
// the module.
func (e Exercise) Dir() string {
	return filepath.Join(e.Chapter, "testdata", "exercises", e.Number)
}

const module = "github.com/llm-from-scratch/llm"

var moduleLine = regexp.MustCompile(`(?m)^module ` + regexp.QuoteMeta(module) + `\s*$`)

// Root is the module's directory: the nearest one at or above the working
// directory whose go.mod says so.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; {
		if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && moduleLine.Match(data) {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no book in %s or above; it is made from its source, so get that with\n"+
				"  git clone https://%s\nand run the command inside the clone", start, module)
		}
		dir = up
	}
}

// List reads the exercises of all chapters below root, in the book's order, and then
// those of the branches by their names. An error names the file that is missing or not
// as it should be.
func List(root string) ([]Exercise, error) {
	const copied = "/testdata/exercises/" + StubFile
	stubs, err := fs.Glob(os.DirFS(root), "ch[0-9][0-9]_*"+copied)
	more, _ := fs.Glob(os.DirFS(root), "branches/*"+copied)
	if err != nil {
		return nil, err
	}
	var all []Exercise
	for _, file := range append(stubs, more...) {
		some, err := chapterList(root, strings.TrimSuffix(file, copied), filepath.Join(root, file))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// prefix is what the numbers of a directory's exercises begin with: 3 in
// ch03_attention, and layers in branches/layers.
func prefix(dir string) string {
	if name, ok := strings.CutPrefix(dir, "branches/"); ok {
		return name
	}
	return strings.TrimPrefix(dir[len("ch"):len("ch03")], "0")
}

// chapterList reads the exercises of a directory, whose untouched stubs are in file.
func chapterList(root, dir, file string) ([]Exercise, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	all, err := readStubs(dir, file, src)
	for i := range all {
		if err := all[i].readFolder(root); err != nil {
			return nil, fmt.Errorf("exercise %s: %w", all[i].Number, err)
		}
	}
	return all, err
}

// keepsImport stands above the stubs: without it the file would not compile once all
// are solved, for nothing would use what it imports.
const keepsImport = "var _ = exercise.Unsolved"

// readStubs reads what the stubs of a chapter's file say.
func readStubs(chapter, file string, src []byte) ([]Exercise, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var all []Exercise
	for _, decl := range f.Decls {
		if g, ok := decl.(*ast.GenDecl); ok && (g.Tok == token.IMPORT || strings.HasPrefix(source(fset, g), keepsImport)) {
			continue
		}
		e := Exercise{Chapter: chapter, Package: f.Name.Name}
		if err := e.readStub(fset, decl); err != nil {
			return nil, fmt.Errorf("%s: %w", fset.PositionFor(decl.Pos(), false), err)
		}
		all = append(all, e)
	}
	return all, nil
}

var titleLine = regexp.MustCompile(`^Exercise ([0-9]+|[a-z]+)\.([0-9]+): (.+)\.\n`)

// readStub fills in what the stub says: its first line is the number and the
// title, and its body is the one panic.
func (e *Exercise) readStub(fset *token.FileSet, decl ast.Decl) error {
	f, ok := decl.(*ast.FuncDecl)
	if !ok || f.Recv != nil {
		return errors.New("only functions may stand beside the stubs")
	}
	if f.Body == nil {
		return fmt.Errorf("%s has no body", f.Name.Name)
	}
	title := titleLine.FindStringSubmatch(f.Doc.Text())
	if title == nil {
		return fmt.Errorf(`the comment of %s must begin "Exercise N.M: Title." and a blank line`, f.Name.Name)
	}
	if title[1] != prefix(e.Chapter) {
		return fmt.Errorf("exercise %s.%s is in %s", title[1], title[2], e.Chapter)
	}
	if body := source(fset, f.Body); body != "{\n\tpanic(exercise.Unsolved)\n}" {
		return fmt.Errorf("the body of %s must be panic(exercise.Unsolved) on a line of its own", f.Name.Name)
	}
	if fset.Position(f.Pos()).Line != fset.Position(f.Body.Pos()).Line {
		return fmt.Errorf("the signature of %s must fit on one line", f.Name.Name)
	}
	e.Number, e.Title, e.Func = title[1]+"."+title[2], title[3], f.Name.Name
	e.Test = "TestExercise" + title[2] + "_" + e.Func
	e.Task = strings.TrimSpace(f.Doc.Text()[len(title[0]):])
	e.Stub = source(fset, &printer.CommentedNode{Node: f, Comments: []*ast.CommentGroup{f.Doc}})
	return nil
}

// readFolder fills in what lies in the exercise's own folder.
func (e *Exercise) readFolder(root string) error {
	dir := filepath.Join(root, e.Dir())
	hint, err := os.ReadFile(filepath.Join(dir, "hint.md"))
	if err != nil {
		return err
	}
	solution, err := os.ReadFile(filepath.Join(dir, "solution.go"))
	if err != nil {
		return err
	}
	wrong, _ := fs.Glob(os.DirFS(dir), "wrong-*.go")
	if len(wrong) < 2 {
		return fmt.Errorf("%s: want two wrong-*.go or more, found %d", e.Dir(), len(wrong))
	}
	e.Wrong = wrong
	slices.Sort(e.Wrong)
	for step := range strings.SplitSeq(string(hint), "\n---\n") {
		e.Hints = append(e.Hints, strings.TrimSpace(step))
	}
	if len(e.Hints) != 3 {
		return fmt.Errorf("%s/hint.md: want three hints with a line --- between two, found %d", e.Dir(), len(e.Hints))
	}
	e.Solution = afterPackageClause(string(solution))
	return nil
}

// afterPackageClause is the part of a Go file that a page shows: all below the
// package clause.
func afterPackageClause(src string) string {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.PackageClauseOnly)
	if err != nil {
		return src
	}
	return strings.TrimSpace(src[fset.Position(f.Name.End()).Offset:])
}

// source prints a part of a file as gofmt does.
func source(fset *token.FileSet, node any) string {
	var b strings.Builder
	if err := format.Node(&b, fset, node); err != nil {
		return err.Error()
	}
	return b.String()
}

// importName is the name that a file knows an imported package by.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	name, _ := strconv.Unquote(spec.Path.Value)
	if version := path.Base(name); len(version) == 2 && version[0] == 'v' {
		name = path.Dir(name) // math/rand/v2 is package rand
	}
	return path.Base(name)
}
