package exercise

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompareLosses(t *testing.T) {
	book := []float64{7, 6.5, 6}
	for want, yours := range map[string][]float64{
		"yours from 7.0000 to 6.0000\nequal in every digit: your code trains the model": book,
		"equal but for rounding, 0.002 at most: your code trains the model":             {7, 6.502, 6},
		"they differ from step 2 on: the book's is 6.5000 there, and yours 6.9000":      {7, 6.9, 6.8},
		"they differ from step 3 on: the book's is 6.0000 there, and yours NaN":         {7, 6.5, math.NaN()},
		"the book took 3 steps, and yours 1":                                            {7},
	} {
		require.Contains(t, compareLosses(book, yours), want)
	}
}

// What a comment mentions needs no import.
func TestImportsOfComments(t *testing.T) {
	got := withImports("package p\n\nimport \"math\"\nimport \"slices\"\n\n// math.Exp helps.\nvar _ = slices.Max[[]int]\n", "package p\n")
	require.Equal(t, "package p\n\nimport (\n\t\"slices\"\n)\n\n// math.Exp helps.\nvar _ = slices.Max[[]int]\n", string(got))
	got = withImports("package p\n\nimport \"math\"\n\nvar _, _ = \"a//b\", math.Pi\n", "package p\n")
	require.Contains(t, string(got), "\"math\"", "a text is no comment")
}

// Every use.go of the book has declarations that a chapter has, too, and all can be used at once.
func TestUsesFit(t *testing.T) {
	root, err := Root()
	require.NoError(t, err)
	uses, dir, replace := 0, t.TempDir(), map[string]string{}
	for _, e := range listed(t, root) {
		text, err := os.ReadFile(filepath.Join(root, e.Dir(), useFile))
		if err != nil {
			continue
		}
		uses++
		names, err := e.use(root, dir, text, replace)
		require.NoError(t, err)
		require.NotEmpty(t, names)
		require.Contains(t, string(text), e.Func+"(", "%s is called", e.Func)
		var all strings.Builder
		for _, file := range replace {
			src, err := os.ReadFile(file)
			require.NoError(t, err)
			_, err = parser.ParseFile(token.NewFileSet(), file, src, 0)
			require.NoError(t, err)
			all.Write(src)
		}
		require.Regexp(t, `\nfunc (\(.*\) )?book[A-Z]`, all.String())
		require.Len(t, slices.Compact(slices.Sorted(maps.Values(replace))), len(replace), "two files in one place")
	}
	require.Positive(t, uses)
	_, _, _, err = aside(root, "gpt", &ast.FuncDecl{Name: ast.NewIdent("Nobody")}, nil)
	require.ErrorContains(t, err, "package gpt has no Nobody")
}

// One's own attention trains the model as the book's does, and a wrong one does not. The
// whole program is built three times in a directory that the build cache does not know:
// only CI does.
func TestUse(t *testing.T) {
	if !complete {
		t.Skip("skipped: CI builds the program with a solution and with a mistake")
	}
	book, err := Root()
	require.NoError(t, err)
	root := t.TempDir()
	for _, dir := range []string{"internal", "cmd", "docs/runs"} {
		require.NoError(t, os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join(book, dir))))
	}
	others, err := filepath.Glob(filepath.Join(book, "*/*"))
	require.NoError(t, err)
	for _, name := range others {
		rel, err := filepath.Rel(book, name)
		require.NoError(t, err)
		if info, err := os.Stat(name); strings.HasPrefix(rel, "ch0") || strings.HasPrefix(rel, "branches") {
			require.NoError(t, err)
			if info.IsDir() {
				require.NoError(t, os.CopyFS(filepath.Join(root, rel), os.DirFS(name)))
			} else {
				require.NoError(t, mkdirs(root, filepath.Dir(rel)))
				write(t, root, rel, read(t, book, rel))
			}
		}
	}
	write(t, root, "go.mod", read(t, book, "go.mod"))
	write(t, root, "go.sum", read(t, book, "go.sum"))
	d, said := desk(t, root, "")
	require.ErrorContains(t, d.Use(t.Context(), 3), "nothing of yours to use yet")
	require.Contains(t, said(), "Look, could be used, and is unsolved\n")
	for variant, want := range map[string]string{
		"solution.go":       "your code trains the model\n",
		"wrong-no-scale.go": "they differ from step ",
	} {
		for _, e := range d.All {
			if e.Func != "Look" {
				continue
			}
			stubs := read(t, root, filepath.Join(e.Chapter, "testdata", "exercises", StubFile))
			_, attempt, _ := strings.Cut(read(t, root, filepath.Join(e.Dir(), variant)), "\nfunc Look(")
			start := strings.Index(stubs, "\nfunc Look(")
			attempt = stubs[:start] + "\nfunc Look(" + attempt + stubs[start+strings.Index(stubs[start:], "\n}\n")+3:]
			imports := "import \"math\"\nimport \"gonum.org/v1/gonum/blas\"\nimport \"github.com/llm-from-scratch/llm/internal/f32\"\nimport "
			write(t, root, e.Chapter+"/"+StubFile, string(withImports(strings.Replace(attempt, "import ", imports, 1), stubs)))
		}
		require.NoError(t, d.Use(t.Context(), 20))
		require.Contains(t, said(), want, variant)
	}
}
