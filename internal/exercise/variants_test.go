package exercise

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// A variant is one way to do an exercise, and how its check must take it.
type variant struct {
	name string // "solution.go"
	want State
	src  string // a Go file with the function; empty for the untouched stub
}

// variants returns, in this order, the solution, the attempt that only returns
// zero values, and every mistake of the exercise's folder.
func (e Exercise) variants(root string) ([]variant, error) {
	zero, err := e.zeroAttempt(root)
	if err != nil {
		return nil, err
	}
	all := []variant{{name: "solution.go", want: Solved}, {name: "zero values", want: Wrong, src: zero}}
	for _, name := range e.Wrong {
		all = append(all, variant{name: name, want: Wrong})
	}
	for i := range all {
		if all[i].src != "" {
			continue
		}
		src, err := os.ReadFile(filepath.Join(root, e.Dir(), all[i].name))
		if err != nil {
			return nil, err
		}
		all[i].src = string(src)
	}
	return all, nil
}

// zeroAttempt writes the file of the laziest attempt: the stub's function, doing
// nothing and returning zero values. A check that lets it pass checks nothing.
func (e Exercise) zeroAttempt(root string) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, filepath.Join(root, e.Chapter, "testdata", "exercises", StubFile), nil, 0)
	if err != nil {
		return "", err
	}
	fn := f.Scope.Lookup(e.Func).Decl.(*ast.FuncDecl)
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n", f.Name.Name)
	for _, spec := range f.Imports {
		if uses(fn, spec) {
			fmt.Fprintf(&b, "import %s\n", source(fset, spec))
		}
	}
	fn.Body = nil
	fmt.Fprintf(&b, "%s {\n", source(fset, fn))
	var names []string
	var results []*ast.Field
	if fn.Type.Results != nil {
		results = fn.Type.Results.List
	}
	for _, result := range results {
		for _, name := range resultNames(result) {
			if name == "" {
				name = fmt.Sprintf("zero%d", len(names))
				fmt.Fprintf(&b, "\tvar %s %s\n", name, source(fset, result.Type))
			}
			names = append(names, name)
		}
	}
	fmt.Fprintf(&b, "\treturn %s\n}\n", strings.Join(names, ", "))
	return b.String(), nil
}

// resultNames are the names of a field of the result list; an unnamed result has
// the empty one.
func resultNames(field *ast.Field) []string {
	if len(field.Names) == 0 {
		return []string{""}
	}
	var names []string
	for _, name := range field.Names {
		names = append(names, strings.TrimPrefix(name.Name, "_"))
	}
	return names
}

// uses reports whether the signature of fn mentions the imported package.
func uses(fn *ast.FuncDecl, spec *ast.ImportSpec) bool {
	name, _ := strconv.Unquote(spec.Path.Value)
	if version := path.Base(name); len(version) == 2 && version[0] == 'v' {
		name = path.Dir(name) // math/rand/v2 is package rand
	}
	name = path.Base(name)
	if spec.Name != nil {
		name = spec.Name.Name
	}
	found := false
	ast.Inspect(fn.Type, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == name {
				found = true
			}
		}
		return true
	})
	return found
}
