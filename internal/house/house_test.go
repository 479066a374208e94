package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChaptersAreThere(t *testing.T) {
	names := map[string]map[string]bool{}
	for _, f := range files(t) {
		if names[f.dir] == nil {
			names[f.dir] = map[string]bool{}
		}
		names[f.dir][strings.TrimSuffix(f.Name.Name, "_test")] = true
	}
	for _, c := range chapters {
		assert.Equal(t, map[string]bool{c.name: true}, names[c.dir], "packages in %s", c.dir)
		for _, name := range chapterFiles {
			assert.True(t, exists(c.dir+"/"+name), "%s/%s is missing", c.dir, name)
		}
	}
	for dir := range names {
		if _, listed := branches[dir]; !strings.HasPrefix(dir, "branches/") {
			continue
		} else if !listed {
			assert.Fail(t, dir+" is not among the branches in internal/house/rules_test.go: add it with the branches that it imports")
		}
		assert.Equal(t, map[string]bool{path.Base(dir): true}, names[dir], "packages in %s", dir)
		for _, name := range branchFiles {
			assert.True(t, exists(dir+"/"+name), "%s/%s is missing", dir, name)
		}
	}
	for dir := range branches {
		assert.Contains(t, names, dir, "a branch of internal/house/rules_test.go")
	}
}

func TestImports(t *testing.T) {
	rooms := imported(t)
	for _, f := range files(t) {
		for _, p := range f.imports() {
			assert.False(t, below(p, []string{module + "/cmd"}) && !strings.HasPrefix(f.dir, "cmd/"), "%s imports a command, %s", f.name, p)
			assert.NotEqual(t, "math/rand", p, "%s: use math/rand/v2", f.name)
			if woven(f.dir) {
				assert.True(t, mayImport(rooms, f.dir, p, f.test), "%s may not import %s", f.name, p)
			}
			if mine, ok := roomImports[f.dir]; ok && !f.test {
				assert.True(t, !below(p, []string{module}) || below(p, mine), "%s may not import %s", f.name, p)
			}
			if !f.test && f.dir != "internal/golden" {
				assert.NotEqual(t, module+"/internal/golden", p, "%s: only tests import it", f.name)
			}
		}
	}
}

// imported are the imports of every directory's files outside tests.
func imported(t *testing.T) map[string][]string {
	all := map[string][]string{}
	for _, f := range files(t) {
		if !f.test {
			all[f.dir] = slices.AppendSeq(all[f.dir], maps.Values(f.imports()))
		}
	}
	return all
}

// mayImport reports whether a file of the chapter or branch dir may import p.
func mayImport(rooms map[string][]string, dir, p string, test bool) bool {
	ours, inside := strings.CutPrefix(p, module+"/")
	switch {
	case inside && ours == dir:
		return test
	case inside && chapter(ours) > 0:
		return chapter(dir) == 0 || chapter(ours) < chapter(dir)
	case inside && woven(ours):
		return slices.Contains(branches[dir], ours)
	case inside:
		return nextDoor(rooms, ours) || test && strings.HasPrefix(ours, "internal/")
	case test:
		return standard(p) || below(p, chapterLibraries) || below(p, testLibraries)
	}
	return standard(p) && !below(p, programsOnly) || below(p, chapterLibraries)
}

// nextDoor reports whether chapters may import the room dir: one of internal/
// that needs no chapter itself, and nothing else that chapters leave to programs.
func nextDoor(rooms map[string][]string, dir string) bool {
	if !strings.HasPrefix(dir, "internal/") {
		return false
	}
	for _, p := range rooms[dir] {
		ours, inside := strings.CutPrefix(p, module+"/")
		switch {
		case inside && !nextDoor(rooms, ours),
			!inside && standard(p) && below(p, programsOnly),
			!inside && !standard(p) && !below(p, chapterLibraries) && !below(p, roomLibraries):
			return false
		}
	}
	return true
}

// What a program that uses the assistant of chapter 7 has to link.
func TestChapterSevenIsAllItLinks(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard", "./"+chapters[len(chapters)-1].dir)
	cmd.Dir = root
	out, err := cmd.Output()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		require.NoError(t, err, string(e.Stderr))
	}
	require.NoError(t, err)
	seen := 0
	for list := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p struct {
			ImportPath string
			Standard   bool
		}
		if err := list.Decode(&p); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
		ours := below(p.ImportPath, chapterLibraries) || below(p.ImportPath, roomLibraries) || below(p.ImportPath, []string{module + "/internal"})
		for _, c := range chapters {
			ours = ours || p.ImportPath == module+"/"+c.dir
		}
		assert.True(t, p.Standard || ours, "chapter 7 links %s", p.ImportPath)
		assert.NotContains(t, notLinked, p.ImportPath)
	}
	require.Greater(t, seen, len(chapters))
}

func TestChaptersLeavePrintingToPrograms(t *testing.T) {
	for _, f := range chapterSources(t) {
		imports := f.imports()
		ast.Inspect(f.File, func(n ast.Node) bool {
			if pkg, name, ok := qualified(n, imports); ok {
				for _, not := range notInChapters {
					assert.False(t, strings.HasPrefix(pkg+"."+name, not), "%s: chapters do not use %s.%s", f.at(n), pkg, name)
				}
				if pkg == "rand" {
					assert.Contains(t, randNames, name, "%s: take a *rand.Rand", f.at(n))
				}
			}
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && (id.Name == "print" || id.Name == "println") {
					assert.Fail(t, f.at(n)+": chapters do not print")
				}
			}
			return true
		})
	}
}

// qualified takes a node apart that reads package.Name. The package's name is
// the last part of its path, whatever the file calls it.
func qualified(n ast.Node, imports map[string]string) (pkg, name string, ok bool) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return "", "", false
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok || imports[id.Name] == "" {
		return "", "", false
	}
	pkg = path.Base(imports[id.Name])
	if imports[id.Name] == "math/rand/v2" {
		pkg = "rand"
	}
	return pkg, sel.Sel.Name, true
}

// Misuse panics with a constant that begins with the package's name, so that a
// reader of the trace knows whose rule was broken.
func TestPanicsNameTheirPackage(t *testing.T) {
	constants := map[string]string{}
	sources := chapterSources(t)
	for _, f := range sources {
		for _, decl := range f.Decls {
			g, ok := decl.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i := range v.Values {
					constants[f.dir+"."+v.Names[i].Name] = literal(v.Values[i])
				}
			}
		}
	}
	for _, f := range sources {
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "panic" || panicExceptions[f.name] != "" {
				return true
			}
			message := literal(call.Args[0])
			if id, ok := call.Args[0].(*ast.Ident); ok {
				message = constants[f.dir+"."+id.Name]
			}
			assert.True(t, strings.HasPrefix(message, f.Name.Name+": "), "%s: panic with a constant that begins %q", f.at(n), f.Name.Name+": ")
			return true
		})
	}
}

// literal is the text of a string literal, or of the first one in a sum.
func literal(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return literal(sum.X)
	}
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		s, _ := strconv.Unquote(lit.Value)
		return s
	}
	return ""
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, f := range files(t) {
		if f.test || f.Name.Name == "main" {
			continue
		}
		for _, decl := range f.Decls {
			for _, bare := range undocumented(decl) {
				assert.Fail(t, fmt.Sprintf("%s: %s has no comment", f.at(decl), bare))
			}
		}
	}
}

// undocumented lists the exported names of a declaration that no comment covers;
// what String and Error do, everybody knows. In a group of constants or variables, the group's comment covers all.
func undocumented(decl ast.Decl) (names []string) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && d.Name.Name != "String" && d.Name.Name != "Error" && (d.Recv == nil || exportedReceiver(d.Recv)) {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if d.Doc == nil && s.Doc == nil && s.Name.IsExported() {
					names = append(names, s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if d.Doc == nil && s.Doc == nil && s.Comment == nil && name.IsExported() {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

func exportedReceiver(recv *ast.FieldList) bool {
	exported := false
	ast.Inspect(recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			exported = exported || id.IsExported()
		}
		return true
	})
	return exported
}

func TestPackagesHaveTheirOwnNames(t *testing.T) {
	for _, f := range files(t) {
		assert.NotContains(t, vagueNames, path.Base(f.dir), f.name)
		assert.NotContains(t, vagueNames, f.Name.Name, f.name)
	}
}

func TestWhoReadsTheFolderVariables(t *testing.T) {
	for _, f := range files(t) {
		imports := f.imports()
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			pkg, name, ok := qualified(call.Fun, imports)
			if !ok || pkg != "os" || name != "Getenv" && name != "LookupEnv" {
				return true
			}
			variable := literal(call.Args[0])
			if readers, ok := folderVariables[variable]; ok {
				assert.True(t, below(f.dir, readers), "%s reads %s: tests use golden.Data and golden.Load, which find a relative folder", f.at(n), variable)
			}
			return true
		})
	}
}

// Every chapter has its exercises, numbered from 1 as a branch's are, and the stubs are a
// test file of the chapter's own package, where a slip breaks only that test.
func TestEveryChapterHasExercises(t *testing.T) {
	all, err := exercise.List(root)
	require.NoError(t, err)
	numbers := map[string][]string{}
	for _, e := range all {
		numbers[e.Chapter] = append(numbers[e.Chapter], e.Number)
	}
	for i, c := range chapters {
		assert.GreaterOrEqual(t, len(numbers[c.dir]), 2, "exercises in %s", c.dir)
		for j, got := range numbers[c.dir] {
			assert.Equal(t, fmt.Sprintf("%d.%d", i+1, j+1), got)
		}
	}
	for dir := range branches {
		for j, got := range numbers[dir] {
			assert.Equal(t, fmt.Sprintf("%s.%d", path.Base(dir), j+1), got)
		}
	}
}

// The rules are able to fail.
func TestTheRulesThemselves(t *testing.T) {
	const std, testify = "strings", "github.com/stretchr/testify/require"
	ch := func(n int) string { return module + "/" + chapters[n-1].dir }
	rooms := map[string][]string{
		"internal/f32":   {"unsafe", "golang.org/x/sys/cpu"},
		"internal/flash": {module + "/internal/f32"},
		"internal/fetch": {"net/http"},
		"internal/late":  {module + "/internal/later"},
		"internal/later": {ch(1)},
		"internal/web":   {"github.com/spf13/cobra"},
	}
	for _, c := range []struct {
		n    int
		p    string
		test bool
		want bool
	}{
		{3, std, false, true},
		{3, "log", false, false},
		{3, "log", true, true},
		{3, "net/http", false, false},
		{3, "math/rand/v2", false, true},
		{3, ch(2), false, true},
		{3, ch(3), false, false},
		{3, ch(3), true, true},
		{3, ch(4), true, false},
		{3, module + "/branches/quantize", true, false},
		{3, module + "/internal/f32", false, true},
		{3, module + "/internal/flash", false, true},
		{3, module + "/internal/fetch", false, false},
		{3, module + "/internal/late", false, false},
		{3, module + "/internal/web", false, false},
		{3, module + "/internal/golden", true, true},
		{3, module + "/cmd/llm", true, false},
		{3, testify, false, false},
		{3, testify, true, true},
		{3, "gonum.org/v1/gonum/blas/blas32", false, true},
		{3, "golang.org/x/sys/cpu", false, false},
		{3, "github.com/spf13/cobra", true, false},
	} {
		require.Equal(t, c.want, mayImport(rooms, chapters[c.n-1].dir, c.p, c.test), "%v", c)
	}
	require.True(t, mayImport(rooms, "branches/quantize", ch(4), false))
	require.False(t, mayImport(rooms, "branches/quantize", module+"/branches/other", false))
	require.True(t, slices.IsSorted(programsOnly))
}

// branchCommand tells the file of cmd/llm that has the commands of a branch.
func branchCommand(name string) bool {
	branch, ok := strings.CutPrefix(name, "cmd/llm/")
	return ok && slices.Contains(branchCommands, strings.TrimSuffix(branch, ".go"))
}

// Chapters, branches and some rooms stay short, and so does every function.
func TestLengths(t *testing.T) {
	lines := map[string]int{}
	for _, f := range files(t) {
		if f.test {
			continue
		}
		length := f.fset.File(f.Pos()).LineCount() - 1
		if branchCommand(f.name) {
			assert.LessOrEqual(t, length, branchCommandLines, "%s: a command over a branch stays thin", f.name)
		} else {
			for dir := f.dir; dir != "."; dir = path.Dir(dir) {
				lines[dir] += length
				if _, room := branches[dir]; room {
					break // a package below a branch is a room of its own
				}
			}
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && !strings.HasPrefix(f.name, machineCode) {
				n := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1
				assert.LessOrEqual(t, n, screen, "%s: %s has %d lines", f.at(fn), fn.Name.Name, n)
			}
		}
	}
	for dir, n := range lines {
		most, listed := longest[dir]
		if !listed && woven(dir) {
			most = 800
		}
		assert.True(t, most == 0 || n <= most, "%s has %d lines of Go outside tests, and may have %d", dir, n, most)
		assert.True(t, chapter(dir) == 0 || n >= 200, "%s has only %d lines", dir, n)
	}
}
