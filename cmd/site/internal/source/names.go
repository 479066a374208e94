package source

import (
	"go/ast"
	"go/token"
	"iter"
	"strings"
)

// A Package is what the identifiers of one directory are called.
type Package struct {
	Dir, Name string
	// Names has "Softmax", "Head", "Head.Forward" and "Head.QKV", each with
	// where it is declared.
	Names map[string]Name
}

// A Name is one declared identifier.
type Name struct {
	File string // empty outside the module
	Line int
	// Symbol is how a listing that shows the name is addressed: fields are
	// shown with their type.
	Symbol string
	Field  bool
	Test   bool // declared in a test file
}

// Exported reports whether the prose of a chapter has to mention its name: that of a
// function, type, constant, variable, or method of an exported type.
func (n Name) Exported(name string) bool {
	of, method, _ := strings.Cut(name, ".")
	return !n.Field && !n.Test && ast.IsExported(of) && (method == "" || ast.IsExported(method))
}

// Packages are the module's own, by directory.
func (t *Tree) Packages() map[string]*Package { return t.packages }

// declare adds the names of one file of the module to its package.
func (t *Tree) declare(f *File) {
	p := t.packages[f.Dir]
	if p == nil {
		p = &Package{Dir: f.Dir, Name: strings.TrimSuffix(f.Package(), "_test"), Names: map[string]Name{}}
		t.packages[f.Dir] = p
	}
	p.add(f)
}

// add records what one file declares.
func (p *Package) add(f *File) {
	put := func(name, symbol string, at token.Pos, field bool) {
		if old, ok := p.Names[name]; !ok || old.Test && !f.Test {
			p.Names[name] = Name{f.Path, f.line(at), symbol, field, f.Test}
		}
	}
	for _, d := range f.ast.Decls {
		for name, at := range declares(d) {
			put(name, name, at, false)
		}
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				s := s.(*ast.TypeSpec)
				for _, member := range members(s.Type) {
					put(s.Name.Name+"."+member, s.Name.Name, s.Pos(), true)
				}
			}
		}
	}
}

// declares yields the names that a declaration declares, a method as Type.Method,
// and where.
func declares(d ast.Decl) iter.Seq2[string, token.Pos] {
	return func(yield func(string, token.Pos) bool) {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiver(d) + "." + name
			}
			yield(name, d.Pos())
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if !yield(s.Name.Name, s.Pos()) {
						return
					}
				case *ast.ValueSpec:
					for _, n := range s.Names {
						if !yield(n.Name, n.Pos()) {
							return
						}
					}
				}
			}
		}
	}
}

// members are the fields of a struct, or the methods of an interface.
func members(t ast.Expr) []string {
	var list *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return nil
	}
	var names []string
	for _, f := range list.List {
		for _, n := range f.Names {
			names = append(names, n.Name)
		}
		if len(f.Names) == 0 {
			names = append(names, baseName(f.Type))
		}
	}
	return names
}

// receiver is the name of the type that a method belongs to.
func receiver(d *ast.FuncDecl) string {
	if len(d.Recv.List) == 0 {
		return ""
	}
	return baseName(d.Recv.List[0].Type)
}

func baseName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return baseName(t.X)
	case *ast.IndexExpr:
		return baseName(t.X)
	case *ast.IndexListExpr:
		return baseName(t.X)
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.Ident:
		return t.Name
	}
	return ""
}
