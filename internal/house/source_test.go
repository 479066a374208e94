package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// A file is one parsed Go file of the project.
type file struct {
	*ast.File
	dir  string // "ch03_attention"
	name string // "ch03_attention/linear.go"
	test bool
	fset *token.FileSet
}

// at is where a node is: "ch03_attention/linear.go:12".
func (f file) at(n ast.Node) string {
	return f.name + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

// imports are the paths that the file imports, by the name it gives them.
func (f file) imports() map[string]string {
	names := map[string]string{}
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if name == "v2" || name == "v3" {
			name = path.Base(path.Dir(p))
		}
		if _, rest, numbered := strings.Cut(name, "_"); numbered && strings.HasPrefix(name, "ch0") {
			name = rest
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = p
	}
	return names
}

// files parses all Go files of the project except those below testdata and in
// hidden folders, which are no packages.
func files(t *testing.T) []file {
	t.Helper()
	all, err := parsed()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return slices.Clone(all)
}

var parsed = sync.OnceValues(func() (all []file, err error) {
	fset := token.NewFileSet()
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if name != root && (base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(base) != ".go" || strings.HasPrefix(base, ".") {
			return nil
		}
		rel, _ := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		if path.Base(rel) == "exercise_test.go" {
			return nil // the reader's, who may be in the middle of a line
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, file{f, path.Dir(rel), rel, strings.HasSuffix(rel, "_test.go"), fset})
		return nil
	})
	return all, err
})

// chapter is the number of the chapter that dir is, from 1, or 0.
func chapter(dir string) int {
	for i, c := range chapters {
		if dir == c.dir {
			return i + 1
		}
	}
	return 0
}

// woven reports whether dir is a chapter or a branch: the book shows its code.
func woven(dir string) bool { return chapter(dir) > 0 || strings.HasPrefix(dir, "branches/") }

// chapterSources are the non-test files of the chapters and branches.
func chapterSources(t *testing.T) []file {
	t.Helper()
	return slices.DeleteFunc(files(t), func(f file) bool { return f.test || !woven(f.dir) })
}

// below reports whether the import path p is one of the roots or below it.
func below(p string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return p == r || strings.HasPrefix(p, r+"/") })
}

// standard reports whether p is of the standard library: no dot in its first
// element.
func standard(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".")
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}
