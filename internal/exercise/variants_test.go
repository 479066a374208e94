package exercise

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// A variant is one way to do an exercise, and how its check must take it.
type variant struct {
	name string // "solution.go"
	want State
	src  string // a Go file with the function; empty where the dispatcher has it
}

// variants returns what can be made of every exercise, and the solution and the mistakes
// of this one's folder.
func (e Exercise) variants(root string) ([]variant, error) {
	all := []variant{
		{name: "stub", want: Todo}, {name: "zero values", want: Wrong}, {name: "half done", want: Wrong},
		{name: "panic", want: Wrong}, {name: "endless loop", want: Wrong}, {name: "solution.go", want: Solved},
	}
	for _, name := range e.Wrong {
		all = append(all, variant{name: name, want: Wrong})
	}
	for i := range all {
		if !strings.HasSuffix(all[i].name, ".go") {
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

// suffix tells the declarations of a variant from those of the others.
func (v variant) suffix() string {
	return "_of_" + strings.NewReplacer("-", "_", ".", "_").Replace(v.name)
}

// apart is the file of a variant with another name for everything that it declares.
func apart(v variant) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, v.name, v.src, 0)
	if err != nil {
		return "", err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Obj != nil && f.Scope.Objects[id.Obj.Name] == id.Obj {
			id.Name += v.suffix()
		}
		return true
	})
	return source(fset, f), nil
}

// dispatcher writes the file with the function of the stub, which asks the environment
// for the variant to be. What panics with Unsolved in its first line is the stub.
func (e Exercise) dispatcher(root string, all []variant) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, filepath.Join(root, e.Chapter, "testdata", "exercises", StubFile), nil, 0)
	if err != nil {
		return "", err
	}
	fn := f.Scope.Lookup(e.Func).Decl.(*ast.FuncDecl)
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\nimport variant_os \"os\"\nimport variant_exercise \"%s/internal/exercise\"\n", f.Name.Name, module)
	for _, spec := range f.Imports {
		if uses(fn, spec) {
			fmt.Fprintf(&b, "import %s\n", source(fset, spec))
		}
	}
	var args []string
	for _, field := range fn.Type.Params.List {
		for _, name := range field.Names {
			args = append(args, name.Name)
			if _, ok := field.Type.(*ast.Ellipsis); ok {
				args[len(args)-1] += "..."
			}
		}
	}
	fn.Body = nil
	fmt.Fprintf(&b, `%s {
	switch variant_os.Getenv("LLMBOOK_VARIANT") { case "stub": panic(variant_exercise.Unsolved)
	case "half done":
		panic(variant_exercise.Unsolved)
	case "panic":
		panic("out of the blue")
	case "endless loop":
		for { }
`, source(fset, fn))
	returns := "return "
	if fn.Type.Results == nil {
		returns = ""
	}
	for _, v := range all {
		if v.src != "" {
			fmt.Fprintf(&b, "case %q:\n%s%s(%s)\n", v.name, returns, e.Func+v.suffix(), strings.Join(args, ", "))
		}
	}
	b.WriteString("}\n" + zero(fset, fn) + "}\n")
	return b.String(), nil
}

// zero returns from fn with zero values.
func zero(fset *token.FileSet, fn *ast.FuncDecl) string {
	var b strings.Builder
	var names []string
	if fn.Type.Results != nil {
		for _, result := range fn.Type.Results.List {
			if len(result.Names) > 0 {
				return "return\n"
			}
			names = append(names, fmt.Sprintf("zero%d", len(names)))
			fmt.Fprintf(&b, "\tvar %s %s\n", names[len(names)-1], source(fset, result.Type))
		}
	}
	return b.String() + "return " + strings.Join(names, ", ") + "\n"
}

// uses reports whether the signature of fn mentions the imported package.
func uses(fn *ast.FuncDecl, spec *ast.ImportSpec) bool {
	name := importName(spec)
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
