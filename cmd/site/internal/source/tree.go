// Package source finds declarations in the module's Go files, for the pages to
// show: functions, types and groups, and examples with their output. It only parses; nothing has to compile.
package source

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

// A Tree is every Go file of the module, by its slash-separated path from Root.
type Tree struct {
	Root   string
	Module string // the path in go.mod
	Files  map[string]*File

	packages map[string]*Package
	outside  *outside

	fset    *token.FileSet // of all files
	mu      sync.Mutex     // of what follows: pages ask for it at any time
	checked map[unit]*types.Package
	objects map[types.Object]Name
	uses    map[string]map[int][]Use
}

// A File is one parsed Go file.
type File struct {
	Path  string
	Dir   string // of Path, and so of the package
	Lines []string
	Test  bool

	from string // the text that was parsed
	fset *token.FileSet
	ast  *ast.File
}

func moduleOf(gomod []byte) string {
	for line := range strings.Lines(string(gomod)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.TrimSpace(name)
		}
	}
	return ""
}

// Load parses every Go file below root. Files that do not parse are reported
// and left out: the rest of the book can still be shown.
func Load(root string) (*Tree, []error) {
	return (&Tree{Root: root, fset: token.NewFileSet()}).Reload()
}

// Reload is the tree as it is now. Files that have not changed are not parsed again,
// and one that no longer parses is reported, and stays as it was when it did.
func (before *Tree) Reload() (*Tree, []error) {
	root := before.Root
	t := &Tree{Root: root, Files: map[string]*File{}, packages: map[string]*Package{}}
	t.fset, t.checked = before.fset, map[unit]*types.Package{}
	t.objects, t.uses = map[types.Object]Name{}, map[string]map[int][]Use{}
	var problems []error
	if data, err := os.ReadFile(filepath.Join(root, "go.mod")); err == nil {
		t.Module = moduleOf(data)
	}
	for rel := range Paths(root) {
		if !strings.HasSuffix(rel, ".go") || strings.Contains("/"+rel, "/testdata/") {
			continue
		}
		f, err := t.parseAgain(authored(filepath.Join(root, filepath.FromSlash(rel))), rel, before.Files[rel])
		if err != nil {
			problems = append(problems, err)
		}
		if f != nil {
			t.Files[rel] = f
		}
	}
	if before.outside != nil && t.Module == before.Module && maps.Equal(t.Files, before.Files) {
		return before, problems
	}
	t.outside = t.listOutside(before.outside)
	for _, p := range slices.Sorted(maps.Keys(t.Files)) {
		t.declare(t.Files[p])
	}
	return t, problems
}

// parseAgain parses the file that is at rel, unless it is what it was before. With an
// error it returns that one.
func (t *Tree) parseAgain(file, rel string, before *File) (*File, error) {
	data, err := os.ReadFile(file)
	if err == nil && (before == nil || before.from != string(data)) {
		var now *File
		if now, err = parseSource(t.fset, data, rel); err == nil {
			return now, nil
		}
	}
	return before, err
}

// Paths yields the files below root, by slash-separated paths from it, but for
// symbolic links, what lies in directories that begin with . or _, which the go command
// leaves out too, or in runs, where readers train.
func Paths(root string) iter.Seq[string] {
	return func(yield func(string) bool) {
		_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			rel, relErr := filepath.Rel(root, p)
			switch {
			case err != nil || relErr != nil:
				return nil
			case d.IsDir() && rel != "." && (strings.ContainsAny(d.Name()[:1], "._") || rel == "runs"):
				return fs.SkipDir
			case d.Type().IsRegular() && !yield(filepath.ToSlash(rel)):
				return fs.SkipAll
			}
			return nil
		})
	}
}

// authored is the file to read for p: for the exercises, which readers edit,
// their untouched copy, so that a slip in an attempt does not break the book.
func authored(p string) string {
	if filepath.Base(p) == exercise.StubFile {
		copied := filepath.Join(filepath.Dir(p), "testdata", "exercises", exercise.StubFile)
		if _, err := os.Stat(copied); err == nil {
			return copied
		}
	}
	return p
}

func parse(fset *token.FileSet, file, rel string) (*File, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parseSource(fset, data, rel)
}

// parseSource parses the text of the file that is at rel.
func parseSource(fset *token.FileSet, data []byte, rel string) (*File, error) {
	from := string(data)
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	f := &File{from: from, Path: rel, Dir: path.Dir(rel), Test: strings.HasSuffix(rel, "_test.go"), fset: fset}
	f.Lines = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	var err error
	f.ast, err = parser.ParseFile(f.fset, rel, data, parser.ParseComments|parser.SkipObjectResolution)
	if list, ok := errors.AsType[scanner.ErrorList](err); ok {
		for _, e := range list { // where it is, whatever a //line comment says
			e.Pos.Filename, e.Pos.Line = rel, 1+bytes.Count(data[:e.Pos.Offset], []byte("\n"))
		}
	}
	return f, err
}

// Package is the name in the package clause.
func (f *File) Package() string { return f.ast.Name.Name }

// Imports are the paths the file imports.
func (f *File) Imports() []string {
	var paths []string
	for _, i := range f.ast.Imports {
		paths = append(paths, strings.Trim(i.Path.Value, `"`))
	}
	return paths
}

func (f *File) line(p token.Pos) int { return f.fset.PositionFor(p, false).Line }
